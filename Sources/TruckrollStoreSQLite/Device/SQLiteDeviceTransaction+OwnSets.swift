import TruckrollCore
import TruckrollProtocol
import TruckrollStoreSQL
import TruckrollSync

extension SQLiteDeviceTransaction {
    func append(_ own: OwnSet) throws { try session.run(DeviceSQL.append, try Self.bound(own)) }

    func update(_ own: OwnSet) throws {
        guard try session.run(DeviceSQL.update, try Self.bound(own)) == 1 else {
            throw StoreProblem.failed(path: session.path, detail: "no own set \(own.set.writeID) to update")
        }
    }

    func own(_ id: WriteID) throws -> OwnSet? {
        guard id.sequence.isStorable else { return nil }
        return try session.row(DeviceSQL.own, try id.bound(), Self.ownSet)
    }

    func outbox() throws -> [OwnSet] { try session.rows(DeviceSQL.outbox, [], Self.ownSet) }
    func journal(limit: Int) throws -> [OwnSet] { try session.rows(DeviceSQL.journal, [boundLimit(limit)], Self.ownSet) }
    func newestAnswered(below replica: ReplicaID?) throws -> OwnSet? {
        // Replica numbers have 32 bits.
        try session.row(DeviceSQL.newestAnswered, [replica?.bound ?? (Int64(UInt32.max) + 1).bound], Self.ownSet)
    }
    func journal(_ replica: ReplicaID, above sequence: UInt64) throws -> [OwnSet] {
        try session.rows(DeviceSQL.journalAbove, [replica.bound, sequence.boundAsLimit], Self.ownSet)
    }
    func journal(besides replica: ReplicaID) throws -> [OwnSet] {
        try session.rows(DeviceSQL.journalBesides, [replica.bound], Self.ownSet)
    }
    func unresolved() throws -> [OwnSet] { try session.rows(DeviceSQL.unresolved, [], Self.ownSet) }

    private static func bound(_ own: OwnSet) throws -> [SQLValue] {
        var receipt = [SQLValue](repeating: .null, count: 7)
        if let answer = own.receipt {
            guard answer.writeID == own.set.writeID else {
                throw StoreProblem.unstorable(detail: "a receipt of \(answer.writeID) for \(own.set.writeID)")
            }
            receipt = [
                answer.outcome.bound, answer.setHash.bound, answer.epoch.bound, try answer.position.bound(), answer.stamp.bound,
                RemarkList.encoded(answer.remarks).bound, answer.mac.bound,
            ]
        }
        return try own.set.bound() + [
            own.hash.bound, own.intent.bound(), own.madeAt.bound, own.isSent.bound, own.isResolved.bound,
            Int64(own.standing.rawValue).bound,
        ] + receipt
    }

    private static func ownSet(_ row: inout RowReader) throws -> OwnSet {
        let set = try row.signedSet()
        var own = OwnSet(
            set: set, hash: try row.setHash(), intent: try row.text(), madeAt: try row.integer(), isSent: try row.boolean(),
            isResolved: try row.boolean())
        let standing = try row.integer()
        own.standing = try row.present(UInt8(exactly: standing).flatMap { OwnStanding(rawValue: $0) }, "a standing")
        own.receipt = try receipt(of: set.writeID, &row)
        return own
    }

    private static func receipt(of id: WriteID, _ row: inout RowReader) throws -> Receipt? {
        guard let number = try row.optionalInteger() else { return nil }
        let outcome = try row.present(UInt8(exactly: number).flatMap { Outcome(rawValue: $0) }, "an outcome")
        let hash = try row.setHash()
        let epoch = try row.epoch()
        let position = try row.position()
        let stamp = try row.stamp()
        let remarks = try row.bytes()
        return Receipt(
            writeID: id, setHash: hash, epoch: epoch, position: position, stamp: stamp, outcome: outcome,
            remarks: try row.decoding { () throws(DecodingProblem) in try RemarkList.decoded(remarks) }, mac: try row.bytes())
    }
}
