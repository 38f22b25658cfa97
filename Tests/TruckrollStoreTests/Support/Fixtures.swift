import Foundation
import Testing
import TruckrollCore
import TruckrollDomain
import TruckrollProtocol
import TruckrollSync

/// Values that differ from one another wherever two could be confused.
enum Make {
    static func id(_ number: UInt64) -> RecordID { RecordID(high: 0x0199_0000_0000_7000, low: 0x8000_0000_0000_0000 | number) }
    static func device(_ number: UInt64) -> DeviceID { DeviceID(high: 0xDE, low: number) }
    static func key(_ number: UInt64, type: UInt16 = 22, _ facet: Facet = .common) -> RecordKey {
        RecordKey(type: EntityType(rawValue: type), id: id(number), facet: facet)
    }
    static func stamp(_ number: UInt64, replica: UInt32 = 7) -> Stamp {
        Stamp(milliseconds: 1_760_000_000_000 + number, counter: 3, replica: ReplicaID(rawValue: replica))
    }
    static func hash(_ byte: UInt8) -> SetHash { SetHash(bytes: [UInt8](repeating: byte, count: 32)) }
    static func history(_ byte: UInt8) -> HistoryHash { HistoryHash(bytes: [UInt8](repeating: byte, count: 32)) }
    static func write(_ replica: UInt32, _ sequence: UInt64) -> WriteID {
        WriteID(replica: ReplicaID(rawValue: replica), sequence: sequence)
    }
    static func set(_ id: WriteID) -> SignedSet {
        SignedSet(writeID: id, body: [1, 2, UInt8(truncatingIfNeeded: id.sequence)], algorithm: .ed25519, signature: [9, 8])
    }

    /// With a field and an entity type that no schema knows.
    static func record(_ key: RecordKey, _ text: String = "x") -> Record {
        let version = TruckrollCore.Version(stamp: stamp(1), sequence: 1)
        return Record(
            key: key,
            entries: [
                FieldEntry(field: FieldID(rawValue: 2), version: version, value: Value.text(text).encoded),
                FieldEntry(field: FieldID(rawValue: 65_000), version: version, value: [0xFF, 0x00, 0x01]),
            ])
    }
    /// With the entity's fields set to these values, each once.
    static func record(_ entity: Entity, _ number: UInt64, _ values: [String: Value], _ facet: Facet = .common) throws -> Record {
        let version = TruckrollCore.Version(stamp: stamp(1), sequence: 1)
        let entries = try values.map { name, value in
            let field = try #require(entity[name])
            let write = FieldWrite(field: field.id, value: value)
            return try Merge.apply(write, version: version, to: nil, rule: field.rule, lattice: field.lattice).entry
        }
        return Record(key: RecordKey(type: entity.type, id: id(number), facet: facet), entries: entries)
    }
    static func stored(_ record: Record) -> StoredRecord {
        StoredRecord(
            record: record, positions: record.entries.map { _ in Position(rawValue: 4) }, scopes: [], edges: [], hash: RecordHash(record),
            isDeleted: false)
    }
    static func stored(_ key: RecordKey, _ text: String = "x", scopes: [Scope] = [], edges: [Edge] = []) -> StoredRecord {
        let record = record(key, text)
        return StoredRecord(
            record: record, positions: [Position(rawValue: 4), Position(rawValue: UInt64.max)], scopes: scopes, edges: edges,
            hash: RecordHash(record), isDeleted: false)
    }

    static let tenant = TenantState(
        tenant: TenantID(high: 1, low: .max), epoch: Epoch(rawValue: .max - 1), head: Position(rawValue: 12), history: history(3),
        serverReplica: ReplicaID(rawValue: 1), serverSequence: 5, serverHash: hash(4), serverStamp: stamp(5), nextReplica: .max,
        instance: [1, 0, 2], durable: Position(rawValue: 11))

    static func replica(_ number: UInt32, device: UInt64 = 1) -> ReplicaRow {
        ReplicaRow(
            replica: ReplicaID(rawValue: number), device: self.device(device), user: id(1), role: .dispatcher, algorithm: .ed25519,
            publicKey: [], name: "Ünï ' \" ; tablet", series: "ACME-2026-D07", enrolledAt: -5, lastBaseEpoch: Epoch(rawValue: 1 << 63))
    }

    static func admitted(_ position: UInt64, _ id: WriteID, cause: String? = nil, origin: Origin? = nil, outcome: Outcome = .applied)
        -> AdmittedSet
    {
        AdmittedSet(
            position: Position(rawValue: position), set: set(id), hash: hash(1), stamp: stamp(position), claimed: stamp(position + 1),
            outcome: outcome, user: self.id(3), intent: "complete", cause: cause, origin: origin, answer: [], history: history(9),
            admittedAt: 77)
    }

    static func log(_ scope: String, _ number: UInt64, at position: UInt64, entered: UInt64 = 1, live: Bool = true) -> ScopeLogRow {
        ScopeLogRow(
            scope: Scope(scope), key: key(number), position: Position(rawValue: position), entered: Position(rawValue: entered),
            isLive: live)
    }
    static func view(
        _ replica: UInt32, _ scope: String, weight: Int = 1, added: UInt64 = 1, dropped: UInt64? = nil, scopeClass: ScopeClass = .first,
        classed: UInt64? = nil
    ) -> ViewScopeRow {
        ViewScopeRow(
            replica: ReplicaID(rawValue: replica), scope: Scope(scope), weight: weight, added: Position(rawValue: added),
            dropped: dropped.map { Position(rawValue: $0) }, scopeClass: scopeClass, classed: classed.map { Position(rawValue: $0) })
    }
    static func edge(_ parent: String, _ child: String, source: UInt64 = 1, from: Int64? = nil, until: Int64? = nil, active: Bool = true)
        -> EdgeRow
    {
        EdgeRow(
            edge: Edge(parent: Scope(parent), child: Scope(child), windowAround: from), source: key(source), from: from, until: until,
            isActive: active)
    }

    static func own(_ id: WriteID, answered outcome: Outcome? = nil, resolved: Bool = false) -> OwnSet {
        let receipt = outcome.map { outcome in
            Receipt(
                writeID: id, setHash: hash(2), epoch: Epoch(rawValue: .max), position: Position(rawValue: 9), stamp: stamp(4),
                outcome: outcome,
                remarks: [
                    Remark(
                        code: "guard-failed", op: 2, field: .max, text: "nul \0 and é", serverValue: .list([.text("a"), .null]),
                        remedies: ["retry", ""]),
                    Remark(code: "late", text: ""),
                ], mac: [5])
        }
        return OwnSet(
            set: set(id), hash: hash(6), intent: "use-part", madeAt: -3, isSent: outcome != nil, standing: outcome == nil ? .waiting : .answered,
            receipt: receipt, isResolved: resolved)
    }
}

extension Position: ExpressibleByIntegerLiteral {
    public init(integerLiteral value: UInt64) { self.init(rawValue: value) }
}

extension ReplicaID: ExpressibleByIntegerLiteral {
    public init(integerLiteral value: UInt32) { self.init(rawValue: value) }
}

struct Interruption: Error, Equatable {}
