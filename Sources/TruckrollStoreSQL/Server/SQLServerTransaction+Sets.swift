import TruckrollCore
import TruckrollSync

extension SQLServerTransaction {
    package func insert(_ admitted: AdmittedSet) throws {
        try session.insert(
            ServerSQL.insertAdmittedIfNew, Self.bound(admitted),
            taken: "write \(admitted.set.writeID), position \(admitted.position) or cause \(admitted.cause ?? "")")
    }

    package func insert(_ admitted: [AdmittedSet]) throws { try session.send(ServerSQL.insertAdmitted, each: admitted.map { try Self.bound($0) }) }

    private static func bound(_ admitted: AdmittedSet) throws -> [SQLValue] {
        let origin = try admitted.origin.map { try $0.writeID.bound() + [$0.hash.bound] } ?? [.null, .null, .null]
        return [try admitted.position.bound()] + (try admitted.set.bound()) + [
            admitted.hash.bound, admitted.stamp.bound, admitted.claimed.bound, admitted.outcome.bound, admitted.user.bound,
            try admitted.intent.bound(), try (admitted.cause?.bound()).orNull,
        ] + origin + [admitted.answer.bound, admitted.history.bound, admitted.admittedAt.bound]
    }

    package func replace(_ set: SignedSet) throws {
        guard set.writeID.sequence.isStorable else { return }
        try session.send(ServerSQL.replaceSet, [set.body.bound, set.algorithm.bound, set.signature.bound] + set.writeID.bound())
    }

    package func admitted(_ id: WriteID) throws -> AdmittedSet? {
        guard id.sequence.isStorable else { return nil }
        return try session.row(ServerSQL.admittedByID, try id.bound(), Self.admittedSet)
    }

    package func admitted(at position: Position) throws -> AdmittedSet? {
        guard position.rawValue.isStorable else { return nil }
        return try session.row(ServerSQL.admittedAt, [try position.bound()], Self.admittedSet)
    }

    package func admitted(cause: String) throws -> AdmittedSet? {
        try session.row(ServerSQL.admittedByCause, [try cause.bound()], Self.admittedSet)
    }

    package func admitted(origin: Origin) throws -> AdmittedSet? {
        guard origin.writeID.sequence.isStorable else { return nil }
        return try session.row(ServerSQL.admittedByOrigin, try origin.writeID.bound() + [origin.hash.bound], Self.admittedSet)
    }

    package func admitted(goneOnFrom number: WriteID) throws -> [AdmittedSet] {
        guard number.sequence.isStorable else { return [] }
        return try session.rows(ServerSQL.admittedByOriginNumber, try number.bound(), Self.admittedSet)
    }

    package func admitted(after position: Position, limit: Int) throws -> [AdmittedSet] {
        try session.rows(ServerSQL.admittedAfter, [position.rawValue.boundAsLimit, boundLimit(limit)], Self.admittedSet)
    }

    package func lastPosition(admittedBefore milliseconds: Int64) throws -> Position? {
        try session.row(ServerSQL.lastPosition, [milliseconds.bound]) { try $0.position() }
    }

    package func admitted(outcomes: [Outcome], limit: Int) throws -> [AdmittedSet] {
        guard !outcomes.isEmpty else { return [] }
        return try session.rows(
            ServerSQL.admittedByOutcome(outcomes.count), outcomes.map(\.bound) + [boundLimit(limit)], Self.admittedSet)
    }

    static func admittedSet(_ row: inout RowReader) throws -> AdmittedSet {
        AdmittedSet(
            position: try row.position(), set: try row.signedSet(), hash: try row.setHash(), stamp: try row.stamp(),
            claimed: try row.stamp(), outcome: try row.outcome(), user: try row.recordID(), intent: try row.text(),
            cause: try row.optionalText(), origin: try origin(&row), answer: try row.bytes(),
            history: try row.historyHash(), admittedAt: try row.integer())
    }

    private static func origin(_ row: inout RowReader) throws -> Origin? {
        let replica = try row.optionalInteger()
        let sequence = try row.optionalInteger()
        guard let hash = try row.optionalBytes() else { return nil }
        let writeID = WriteID(
            replica: ReplicaID(rawValue: try row.present(replica.flatMap { UInt32(exactly: $0) }, "a replica")),
            sequence: try row.present(sequence.flatMap { UInt64(exactly: $0) }, "a sequence"))
        return Origin(writeID: writeID, hash: SetHash(bytes: hash))
    }
}
