import TruckrollCore
import TruckrollDomain
import TruckrollProtocol
import TruckrollStoreMemory
import TruckrollSync

/// The server's whole state against a model that merges the log at once and makes everything else from scratch.
struct OracleCheck {
    let log: AdmittedLog
    let simulation: Simulation
    private let schema: Schema

    init(_ log: AdmittedLog, _ simulation: Simulation) {
        self.log = log
        self.simulation = simulation
        schema = simulation.newerSchema
    }

    func check() throws {
        let effects = try OracleWrites.effects(log, schema)
        let writes = OracleWrites(effects, schema)
        let stored = try simulation.server.store.read { transaction in
            var records: [RecordKey: StoredRecord] = [:]
            for key in try transaction.keys(after: nil, limit: .max) { records[key] = try transaction.record(key) }
            return records
        }
        try content(writes, stored)
        try MembershipCheck(schema: schema, stored: stored, simulation: simulation).check()
        try StockCheck(schema: schema, stored: stored, effects: effects).check()
        simulation.met.piecesContested += try UnitCheck(schema: schema, stored: stored, effects: effects).check()
        simulation.met.handOvers += try HandOverCheck(schema: schema, stored: stored, effects: effects).check()
        simulation.met.certificatesUnregistered += try CertificateCheck(schema: schema, stored: stored, effects: effects).check()
        simulation.met.piecesNamed += try NamedUnitCheck(schema: schema, stored: stored).check()
        simulation.met.ordersHeld += try HeldOrderCheck(schema: schema, stored: stored).check()
        simulation.met.releases += try BlanketCheck(schema: schema, stored: stored).check()
        simulation.met.plannedOrders += try AssetCheck(schema: schema, stored: stored, milliseconds: simulation.milliseconds).check()
        try WorkflowCheck(schema: schema, stored: stored).check()
        try ExceptionCheck(schema: schema, stored: stored).check()
    }

    // MARK: Records

    private func content(_ writes: OracleWrites, _ stored: [RecordKey: StoredRecord]) throws {
        guard Set(stored.keys) == writes.keys else {
            let odd = Set(stored.keys).symmetricDifference(writes.keys).sorted().prefix(3)
            throw Violation("C9", "records that only one of server and log has: \(odd.map { "\($0)" })")
        }
        var standing: [RecordKey: Set<WriteID>] = [:]
        for (place, made) in writes.fields {
            guard let entity = schema[place.key.type], let field = entity[place.field] else { continue }
            guard let entry = stored[place.key]?.record[place.field] else {
                throw Violation("I2", "\(entity.name).\(field.name) of \(place.key) is not stored")
            }
            if field.rule == .text { try OracleText.check(made, entry, "\(entity.name).\(field.name) of \(place.key)") }
            guard let expected = OracleMerge.standing(made, field) else {
                standing[place.key, default: []].insert(entry.version.writeID)
                continue
            }
            let found = try OracleMerge.standing(entry, field)
            guard found == expected else {
                throw Violation("C9", "\(entity.name).\(field.name) of \(place.key) is \(found), the log gives \(expected)")
            }
            standing[place.key, default: []].formUnion(expected.values.joined().map(\.version.writeID))
        }
        for (key, record) in stored {
            guard record.hash == RecordHash(record.record) else { throw Violation("C9", "\(key) has another hash than its bytes") }
            let seen = writes.deletions[key]
            let workflow = record.record.entries.filter { schema[key.type]?[$0.field]?.rule == .workflow }.map(\.version.writeID)
            let isDeleted = seen.map { (standing[key] ?? []).union(workflow).isSubset(of: $0) } ?? false
            guard record.isDeleted == isDeleted else {
                throw Violation("R9", "\(key) is \(record.isDeleted ? "deleted" : "there"), the log says otherwise")
            }
        }
    }
}
