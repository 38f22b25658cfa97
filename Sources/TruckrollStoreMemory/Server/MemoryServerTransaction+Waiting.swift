import TruckrollCore
import TruckrollSync

extension MemoryServerTransaction {
    func save(_ waiting: WaitingSet) throws {
        try begin(.saveWaiting)
        let id = waiting.writeID
        try Storable.check(id.sequence)
        try Storable.check(waiting.position)
        undoLog.append(.waiting(id, store.tables.waiting.updateValue(waiting, forKey: id)))
    }

    func deleteWaiting(_ id: WriteID) throws {
        try begin(.deleteWaiting)
        undoLog.append(.waiting(id, store.tables.waiting.removeValue(forKey: id)))
    }

    func isAnythingWaiting() throws -> Bool { !store.tables.waiting.isEmpty }
    func waiting(_ id: WriteID) throws -> WaitingSet? { store.tables.waiting[id] }

    func deferred(after position: Position, limit: Int) throws -> [WaitingSet] {
        let sets = store.tables.waiting.values.filter { $0.isDeferred && $0.position > position }.sorted { $0.position < $1.position }
        return Array(sets.prefix(max(0, limit)))
    }

    func waiting(of replica: ReplicaID, creating key: RecordKey) throws -> WaitingSet? {
        guard !store.tables.waiting.isEmpty else { return nil }
        return store.tables.waiting.values.filter { $0.writeID.replica == replica && $0.creates.contains(key) }
            .min { $0.writeID.sequence < $1.writeID.sequence }
    }
}
