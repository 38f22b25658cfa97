import TruckrollCore
import TruckrollDomain
import TruckrollProtocol
import TruckrollStoreMemory
import TruckrollSync

/// Every device holds what the server holds of its view, byte for byte (C9, I1).
struct ReplicaCheck {
    let simulation: Simulation

    init(_ simulation: Simulation) { self.simulation = simulation }

    func check() throws {
        for device in simulation.devices where !device.isRevoked { try check(device) }
    }

    private func check(_ device: SimulatedDevice) throws {
        let replica = try device.identity().replica
        let isForger = try simulation.ledger.forgers.contains(device.identity().device)
        let expected: [RecordKey: StoredRecord] = try simulation.server.store.read { transaction in
            let view = try Set(transaction.viewScopes(replica).map(\.scope))
            var records: [RecordKey: StoredRecord] = [:]
            for key in try transaction.keys(after: nil, limit: .max) {
                guard var stored = try transaction.record(key) else { continue }
                stored.scopes = stored.scopes.filter(view.contains)
                if !stored.scopes.isEmpty { records[key] = stored }
            }
            return records
        }
        try device.store.read { transaction in
            let keys = try transaction.confirmedKeys(after: nil, limit: .max)
            // What builds on a forged set waits with it for a person: it is shown meanwhile, and what it names stays.
            let pinned = isForger ? try Self.named(by: transaction.outbox().filter { $0.standing == .deferred }) : []
            for key in keys {
                guard let confirmed = try transaction.confirmed(key) else { continue }
                if confirmed.scopes.isEmpty, expected[key] == nil, pinned.contains(key.id) { continue }
                guard let stored = expected[key] else { throw Violation("C12", "\(device.name) still holds \(key), outside its view") }
                guard confirmed.record == stored.record else {
                    throw Violation(
                        "C9", "\(device.name) holds another \(key): \(Difference.text(confirmed.record, stored.record, simulation.newerSchema))")
                }
                guard confirmed.scopes.sorted() == stored.scopes else { throw Violation("C9", "\(device.name) has \(key) in other scopes") }
                guard confirmed.hash == RecordHash(confirmed.record) else { throw Violation("C9", "\(device.name) keeps a wrong hash of \(key)") }
            }
            if let missing = Set(expected.keys).subtracting(keys).min() {
                throw Violation("C9", "\(device.name) lacks \(missing)")
            }
            let waits = try isForger && transaction.outbox().allSatisfy { $0.standing == .deferred }
            guard try waits || transaction.overlayKeys().isEmpty else {
                throw Violation("C5", "\(device.name) shows something that is not confirmed")
            }
        }
    }
}

extension ReplicaCheck {
    /// The records that sets write or refer to.
    private static func named(by sets: [OwnSet]) throws -> Set<RecordID> {
        var named: Set<RecordID> = []
        for own in sets {
            for op in try ChangeSet(decodingBody: own.set.body).ops {
                named.insert(op.key.id)
                named.formUnion(op.writes.compactMap(\.value.reference))
            }
        }
        return named
    }
}

/// What differs between two records, for a reader.
enum Difference {
    static func text(_ a: Record, _ b: Record, _ schema: Schema) -> String {
        let fields = Set(a.entries.map(\.field) + b.entries.map(\.field)).sorted()
        return fields.filter { a[$0] != b[$0] }.map { field in
            let name = schema[a.key.type]?[field]?.name ?? "\(field)"
            return "\(schema[a.key.type]?.name ?? "?").\(name) \(side(a[field])) / \(side(b[field]))"
        }.joined(separator: "; ")
    }

    private static func side(_ entry: FieldEntry?) -> String {
        guard let entry else { return "absent" }
        let value = (try? Value(decoding: entry.value)).map { "\($0)" } ?? "unreadable"
        return "\(entry.version) \(value)"
    }
}
