import TruckrollCore
import TruckrollProtocol
import TruckrollSync

extension MemoryDeviceTransaction {
    func append(_ own: OwnSet) throws {
        try begin(.appendOwnSet)
        try check(own)
        guard store.tables.own[own.set.writeID] == nil else { throw MemoryStoreProblem.taken(detail: "write \(own.set.writeID)") }
        undoLog.append(.own(own.set.writeID, store.tables.own.set(own.set.writeID, own)))
    }

    func update(_ own: OwnSet) throws {
        try begin(.updateOwnSet)
        try check(own)
        guard store.tables.own[own.set.writeID] != nil else {
            throw MemoryStoreProblem.failed(detail: "no own set \(own.set.writeID) to update")
        }
        undoLog.append(.own(own.set.writeID, store.tables.own.set(own.set.writeID, own)))
    }

    private func check(_ own: OwnSet) throws {
        let id = own.set.writeID
        if let receipt = own.receipt {
            guard receipt.writeID == id else { throw MemoryStoreProblem.unstorable(detail: "a receipt of \(receipt.writeID) for \(id)") }
            try Storable.check(receipt.position)
        }
        try Storable.check(id.sequence)
        try Storable.check(own.intent)
        try Storable.hold(id.sequence > 0, "sequences start at 1")
        try Storable.hold(own.hash.bytes.count == 32 && own.receipt?.setHash.bytes.count ?? 32 == 32, "a hash has 32 bytes")
    }

    func own(_ id: WriteID) throws -> OwnSet? { store.tables.own[id] }
    func outbox() throws -> [OwnSet] { store.tables.own.outbox }
    func journal(limit: Int) throws -> [OwnSet] { store.tables.own.journal(limit: limit) }
    func newestAnswered(below replica: ReplicaID?) throws -> OwnSet? { store.tables.own.newestAnswered(below: replica) }
    func journal(_ replica: ReplicaID, above sequence: UInt64) throws -> [OwnSet] { store.tables.own.journal(replica, above: sequence) }
    func journal(besides replica: ReplicaID) throws -> [OwnSet] { store.tables.own.journal(besides: replica) }
    func unresolved() throws -> [OwnSet] { store.tables.own.unresolved }
}
