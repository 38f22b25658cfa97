import Foundation
import GRDB
import Testing
import TruckrollCore
import TruckrollDomain
import TruckrollProtocol
import TruckrollSync

/// A server over a file of which the disk gives back other bytes than were written.
@Suite("A server's rows that the disk has changed")
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

    @Test(
        "an inspection says what is not as it was written",
        arguments: [
            ("UPDATE admitted SET body = CAST(body || x'00' AS BLOB)", "its bytes do not have their hash"),
            (
                "UPDATE admitted SET signature = CAST(substr(signature, 1, length(signature) - 1) || x'00' AS BLOB)",
                "its signature is not its device's"
            ),
            ("UPDATE admitted SET history = zeroblob(32)", "does not follow from the one before it"),
        ])
    func inspection(sql: String, words: String) throws {
        #expect(try world.server.inspect().damage.isEmpty)
        let own = try #require(try company.anna.engine.read { try $0.journal(limit: 1) }.first)
        let position = try #require(try world.server.store.read { try $0.admitted(own.set.writeID) }).position
        try strike("\(sql) WHERE position = ?", [Int64(position.rawValue)])
        let damage = try world.server.inspect().damage
        #expect(damage.first?.words == words && damage.first?.name == "\(position)", "\(damage)")
    }

    @Test("a scope whose sum is another is named")
    func scope() throws {
        let name = Scope("order", company.order).name
        try strike("UPDATE scope_digest SET records = records + 1 WHERE scope = ?", [name])
        #expect(try world.server.inspect().damage.map(\.name) == [name])
    }

    @Test("a set that waits is not judged by changed bytes: it goes on waiting, and takes effect when they are whole again")
    func waiting() throws {
        try company.event(company.anna, .accept)
        let id = try #require(try company.anna.engine.read { try $0.outbox() }.first).set.writeID
        let newer = Schema.current + 1
        try company.forge([], schemaVersion: newer, by: company.anna)
        try world.sync(company.anna)
        let later = WriteID(replica: id.replica, sequence: id.sequence + 1)
        #expect(try world.server.store.read { try $0.waiting(later)?.isDeferred } == true)
        let body = try #require(try world.server.store.read { try $0.admitted(later) }).set.body
        let place: StatementArguments = [Int64(later.replica.rawValue), Int64(later.sequence)]
        try strike("UPDATE admitted SET body = CAST(substr(body, 1, length(body) - 1) || x'00' AS BLOB) WHERE replica = ? AND sequence = ?", place)
        let grown = ServerEngine(
            schema: try Schema(documents: Schema.documents, version: newer), store: world.server.store, security: world.server.security)
        try grown.takeUpDeferred(at: world.moment)
        #expect(try world.server.store.read { try $0.waiting(later)?.isDeferred } == true)
        try strike("UPDATE admitted SET body = ? WHERE replica = ? AND sequence = ?", [Data(body)] + place)
        try grown.takeUpDeferred(at: world.moment)
        #expect(try world.server.store.read { try $0.waiting(later) } == nil)
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
