import TruckrollCore
import TruckrollSync

extension SQLServerTransaction {
    package func save(_ waiting: WaitingSet) throws {
        let id = try waiting.writeID.bound()
        try session.send(ServerSQL.saveWaiting, id + [try waiting.position.bound(), waiting.isDeferred.bound])
        try session.send(ServerSQL.emptyWaiting, id)
        for key in waiting.creates { try session.send(ServerSQL.saveWaitingRecord, [id[0], key.bound, id[1]]) }
    }

    package func deleteWaiting(_ id: WriteID) throws {
        guard id.sequence.isStorable else { return }
        try session.send(ServerSQL.deleteWaiting, try id.bound())
    }

    package func waiting(_ id: WriteID) throws -> WaitingSet? {
        guard id.sequence.isStorable else { return nil }
        return try session.row(ServerSQL.waiting, try id.bound(), Self.waitingSet).map { try withRecords($0) }
    }

    package func isAnythingWaiting() throws -> Bool { try session.row(ServerSQL.isAnythingWaiting) { try $0.boolean() } ?? false }

    package func deferred(after position: Position, limit: Int) throws -> [WaitingSet] {
        try session.rows(ServerSQL.deferred, [position.rawValue.boundAsLimit, boundLimit(limit)], Self.waitingSet).map { try withRecords($0) }
    }

    package func waiting(of replica: ReplicaID, creating key: RecordKey) throws -> WaitingSet? {
        let sequence = try session.row(ServerSQL.waitingCreating, [replica.bound, key.bound]) { try $0.optionalInteger() } ?? nil
        guard let sequence = sequence.flatMap({ UInt64(exactly: $0) }) else { return nil }
        return try waiting(WriteID(replica: replica, sequence: sequence))
    }

    private func withRecords(_ waiting: WaitingSet) throws -> WaitingSet {
        var whole = waiting
        whole.creates = try session.rows(ServerSQL.waitingRecords, try waiting.writeID.bound()) { try $0.recordKey() }
        return whole
    }

    private static func waitingSet(_ row: inout RowReader) throws -> WaitingSet {
        WaitingSet(writeID: try row.writeID(), position: try row.position(), isDeferred: try row.boolean(), creates: [])
    }
}
