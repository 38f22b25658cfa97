import TruckrollCore
import TruckrollSync

extension MemoryServerTransaction {
    func insert(_ admitted: AdmittedSet) throws {
        try begin(.insertAdmitted)
        try Storable.check(admitted.position)
        try Storable.check(admitted.set.writeID.sequence)
        try Storable.check(admitted.intent)
        if let cause = admitted.cause { try Storable.check(cause) }
        if let origin = admitted.origin { try Storable.check(origin.writeID.sequence) }
        try Storable.hold(admitted.position > .start && admitted.set.writeID.sequence > 0, "positions and sequences start at 1")
        try Storable.hold(
            admitted.hash.bytes.count == 32 && admitted.history.bytes.count == 32 && admitted.origin?.hash.bytes.count ?? 32 == 32,
            "a hash has 32 bytes")
        try store.tables.admitted.insert(admitted)
        undoLog.append(.admitted(admitted.position))
    }

    func replace(_ set: SignedSet) throws {
        try begin(.replaceSet)
        guard let former = store.tables.admitted.replace(set) else { return }
        undoLog.append(.signedSet(former))
    }

    func admitted(_ id: WriteID) throws -> AdmittedSet? { store.tables.admitted.with(id) }
    func admitted(at position: Position) throws -> AdmittedSet? { store.tables.admitted.at(position) }

    func admitted(cause: String) throws -> AdmittedSet? {
        try Storable.check(cause)
        return store.tables.admitted.with(cause: cause)
    }

    func admitted(origin: Origin) throws -> AdmittedSet? { store.tables.admitted.with(origin: origin) }

    func admitted(goneOnFrom number: WriteID) throws -> [AdmittedSet] { store.tables.admitted.goneOn(from: number) }

    func admitted(after position: Position, limit: Int) throws -> [AdmittedSet] { store.tables.admitted.after(position, limit: limit) }

    func lastPosition(admittedBefore milliseconds: Int64) throws -> Position? { store.tables.admitted.lastPosition(before: milliseconds) }

    func admitted(outcomes: [Outcome], limit: Int) throws -> [AdmittedSet] { store.tables.admitted.with(outcomes, limit: limit) }
}
