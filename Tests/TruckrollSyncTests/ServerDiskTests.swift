import Foundation
import GRDB
import Testing
import TruckrollCore
import TruckrollDomain
import TruckrollProtocol
import TruckrollSync

/// A server over a file of which the disk gives back other bytes than were written.
@Suite("A server's rows that the disk has changed", .enabled(if: !World.isOnPostgres, "they lie in a file of SQLite"))
struct ServerDiskTests {
    private let company: Company
    private var world: World { company.world }

    init() throws {
        company = try Company()
        _ = try company.note(by: company.anna)
        try world.sync(company.anna)
    }

    /// Changes the rows by the statement, behind the server's back.
    private func strike(_ sql: String, _ arguments: StatementArguments) throws {
        let queue = try DatabaseQueue(path: world.directory.appendingPathComponent("server.sqlite").path)
        try queue.writeWithoutTransaction { db in
            try db.execute(sql: sql, arguments: arguments)
            guard db.changesCount == 1 else { throw Surprise("\(sql) changed \(db.changesCount) rows") }
        }
        try queue.close()
    }

    private func strike(_ entity: String, _ id: RecordID) throws {
        let key = RecordKey(type: try world.schema.entity(entity).type, id: id)
        try strike("UPDATE record SET entries = CAST(substr(entries, 1, length(entries) - 1) || x'7E' AS BLOB) WHERE key = ?", [Data(key.encoded)])
    }

    /// Changes one bit of what stands there, behind the server's back.
    private func flip(_ column: String, of id: WriteID) throws {
        let queue = try DatabaseQueue(path: world.directory.appendingPathComponent("server.sqlite").path)
        try queue.write { db in
            let place: StatementArguments = [Int64(id.replica.rawValue), Int64(id.sequence)]
            var bytes = try #require(
                try Data.fetchOne(db, sql: "SELECT \(column) FROM admitted WHERE replica = ? AND sequence = ?", arguments: place))
            bytes[bytes.count - 1] ^= 1
            try db.execute(sql: "UPDATE admitted SET \(column) = ? WHERE replica = ? AND sequence = ?", arguments: [bytes] + place)
        }
        try queue.close()
    }

    @Test(
        "an inspection says what is not as it was written",
        arguments: [
            ("body", "its bytes do not have their hash"), ("signature", "its signature is not its device's"),
            ("history", "does not follow from the one before it"),
        ])
    func inspection(column: String, words: String) throws {
        #expect(try world.server.inspect().damage.isEmpty)
        let own = try #require(try company.anna.engine.read { try $0.journal(limit: 1) }.first)
        // Two, so that the key fits one of them.
        _ = try company.note(by: company.anna)
        try world.sync(company.anna)
        let position = try #require(try world.server.store.read { try $0.admitted(own.set.writeID) }).position
        try flip(column, of: own.set.writeID)
        let damage = try world.server.inspect().damage
        #expect(damage.first?.words == words && damage.first?.name == "\(position)", "\(damage)")
    }

    @Test(
        "an inspection names what records would not be found by, or wrongly",
        arguments: [
            (
                "UPDATE admitted SET answer = x'0804' WHERE position = (SELECT max(position) FROM admitted WHERE cause IS NULL)",
                "its answer is not the one it was given"
            ),
            ("UPDATE entity_service_order SET state = 'closed'", "the column does not find the records with the value"),
            ("DELETE FROM entity_task", "the column does not find the records with the value"),
            (
                "DELETE FROM edge WHERE (parent, child, source) IN (SELECT parent, child, source FROM edge WHERE child LIKE 'order:%' LIMIT 1)",
                "its edges are others than its fields say"
            ),
            (
                "DELETE FROM scope_log WHERE (scope, key) IN (SELECT scope, key FROM scope_log WHERE scope LIKE 'order:%' LIMIT 1)",
                "does not have it as it is"
            ),
            (
                "UPDATE scope_log SET position = 1 WHERE (scope, key) IN (SELECT scope, key FROM scope_log WHERE scope LIKE 'order:%' LIMIT 1)",
                "does not have it as it is"
            ),
        ])
    func places(sql: String, words: String) throws {
        #expect(try world.server.inspect().damage.isEmpty)
        try strike(sql, [])
        let damage = try world.server.inspect().damage
        #expect(!damage.isEmpty && damage.allSatisfy { $0.words.contains(words) }, "\(damage)")
    }

    @Test("a device's changed key is named, and not each of its sets")
    func key() throws {
        _ = try company.note(by: company.anna)
        try world.sync(company.anna)
        try strike(
            "UPDATE replica SET public_key = CAST(x'04' || substr(public_key, 3) || x'11' AS BLOB) WHERE replica = ?",
            [Int64(company.anna.replica.rawValue)])
        #expect(try world.server.inspect().damage.map(\.kind) == [.replica])
    }

    @Test("a scope whose sum is another is named")
    func scope() throws {
        let name = Scope("order", company.order).name
        try strike("UPDATE scope_digest SET records = records + 1 WHERE scope = ?", [name])
        #expect(try world.server.inspect().damage.map(\.name) == [name])
    }

    @Test(
        "a set that waits is not judged by changed bytes: it goes on waiting until its device brings it whole, and then takes effect",
        arguments: ["body", "signature"])
    func waiting(column: String) throws {
        let newer = Schema.current + 1
        let note = world.id()
        let fields: [String: Value] = [
            "order": .reference(company.order), "text": .text("later"), "at": .text("2026-11-23T09:00:00Z"), "by": .reference(company.annaUser),
        ]
        try company.forge(
            [try #require(try world.schema.creation(of: RecordDraft("note", id: note, fields)).first)], schemaVersion: newer, by: company.anna)
        let id = try #require(try company.anna.engine.read { try $0.outbox() }.last).set.writeID
        // What builds on its record waits with it.
        try company.forge([Op(kind: .patch, key: RecordKey(type: try world.schema.entity("note").type, id: note))], by: company.anna)
        let child = WriteID(replica: id.replica, sequence: id.sequence + 1)
        try world.sync(company.anna)
        for waiting in [id, child] { #expect(try world.server.store.read { try $0.waiting(waiting)?.isDeferred } == true) }
        try flip(column, of: id)
        let grown = ServerEngine(
            schema: try Schema(documents: Schema.documents, version: newer), store: world.server.store, security: world.server.security)
        try grown.takeUpDeferred(at: world.moment)
        #expect(try world.server.store.read { try $0.waiting(id)?.isDeferred } == true)
        #expect(try world.serverValue("note", note, "text") == .null)
        let reply = try grown.sync(try company.anna.engine.nextRequest(), replica: company.anna.replica, at: world.moment)
        #expect(reply.receipts.map(\.outcome) == [Outcome.applied, .applied].map { UInt32($0.rawValue) })
        for waiting in [id, child] { #expect(try world.server.store.read { try $0.waiting(waiting) } == nil) }
        #expect(try world.serverValue("note", note, "text") == .text("later"))
        #expect(try world.server.inspect().damage.isEmpty)
    }

    @Test("stock that cannot be read keeps a lease from running out, and nobody else from anything")
    func stock() throws {
        try world.commit(company.anna, "lease") { editor in
            try editor.create(
                "lease",
                [
                    "kind": .text("depot_stock"), "location": .reference(company.depot), "part": .reference(company.part), "amount": .text("1"),
                    "user": .reference(editor.user),
                ])
        }
        try world.sync(company.anna)
        let lease = try #require(try world.serverRecords("lease").first)
        #expect(lease.text("state") == "granted")
        let balance = try #require(try world.serverRecords("balance").first { $0.reference("location") == company.depot })
        // Who holds it as it is needs nothing of it.
        for device in [company.dora, company.ben] { try world.sync(device) }
        try strike("balance", balance.id)
        world.milliseconds += 40 * 86_400_000
        _ = try world.server.tick(at: world.moment)
        #expect(try world.serverValue("lease", lease.id, "state") == .text("granted"))
        let fresh = world.id()
        try company.createOrder(fresh, "SO-7", "Another")
        #expect(try world.serverValue("service_order", fresh, "number") == .text("SO-7"))
    }

    @Test("an appointment or an order that cannot be read holds up nobody when its window moves", arguments: ["appointment", "service_order"])
    func window(entity: String) throws {
        let appointment = try #require(try world.serverRecords("appointment").first?.id)
        try strike(entity, entity == "appointment" ? appointment : company.order)
        world.milliseconds += 40 * 86_400_000
        _ = try world.server.tick(at: world.moment)
        let fresh = world.id()
        try company.createOrder(fresh, "SO-7", "Another")
        try world.sync(company.ben)
        #expect(try world.serverValue("service_order", fresh, "number") == .text("SO-7"))
    }
}
