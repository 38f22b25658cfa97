import Foundation
import GRDB
import PostgresCluster
import Testing
import TruckrollCore
import TruckrollDomain
import TruckrollStorePostgres
import TruckrollStoreSQL
import TruckrollStoreSQLite
import TruckrollSync

@testable import TruckrollServer

@Suite("Moving a tenant from its file to PostgreSQL", .enabled(if: PostgresCluster.isAvailable, "PostgreSQL is not installed"))
struct TenantMoveTests {
    private let cluster: PostgresCluster
    private let name = "move_\(UInt64.random(in: 0...(.max)))"

    init() throws { cluster = try PostgresCluster.shared() }

    private func storage(in directory: URL) throws -> PostgresStorage {
        try PostgresStorage(url: cluster.url(as: name), name: name, directory: directory)
    }

    /// What a tenant holds, as far as anybody can see it.
    private struct Content: Equatable {
        var head: Position?
        var epochs: [Epoch]
        var history: HistoryHash?
        var digests: [String: ScopeDigest] = [:]
        var records: [RecordKey: RecordHash] = [:]
        var answers: [[UInt8]]
    }

    private func content(_ service: Tenant) throws -> Content {
        try service.engine.store.read { transaction in
            let (tenant, sets) = (try transaction.tenant(), try transaction.admitted(after: .start, limit: 10_000))
            var content = Content(
                head: tenant?.head, epochs: try transaction.epochs().map(\.epoch), history: tenant?.history, answers: sets.map(\.answer))
            for key in try transaction.keys(after: nil, limit: 10_000) {
                guard let stored = try transaction.record(key) else { continue }
                content.records[key] = stored.hash
                for scope in stored.scopes { content.digests["\(scope)"] = try transaction.digest(of: scope) }
            }
            return content
        }
    }

    /// A company in a file that nobody serves, and what it holds.
    private func closedCompany() throws -> (company: SmallCompany, content: Content) {
        let company = try SmallCompany()
        let service = try company.open()
        defer { try? service.close() }
        return (company, try content(service))
    }

    @Test("copies beside the server that serves it, then switches; devices go on in the same epoch as if nothing had been")
    func moves() throws {
        let company = try SmallCompany()
        let storage = try storage(in: company.directory)
        defer { storage.close() }
        var service = try company.open()
        let tablet = try Tablet(of: company, at: service)
        try tablet.note("first", of: company)
        try tablet.sync { service }
        guard case .copied(let rows) = try TenantMove(company.home, to: storage).run() else {
            Issue.record("a server has the file")
            return
        }
        #expect(rows > 50)
        #expect(throws: EngineProblem.self) { _ = try company.open(in: storage) }
        try tablet.note("second", of: company)
        try tablet.sync { service }
        let before = try content(service)
        try service.close()
        guard case .moved = try TenantMove(company.home, to: storage).run() else {
            Issue.record("nobody has the file")
            return
        }
        let problem = #expect(throws: EngineProblem.self) { _ = try company.open() }
        #expect(problem?.code == "tenant-moved")
        service = try company.open(in: storage)
        #expect(try content(service) == before)
        try tablet.note("third", of: company)
        try tablet.sync { service }
        #expect(try service.notes(on: company.order) == ["first", "second", "third"])
        #expect(try content(service).epochs == before.epochs)
        #expect(try TenantMove(company.home, to: storage).run() == .alreadyThere)
    }

    @Test("writes only what differs when it is repeated, whatever stands in the rows")
    func repeats() throws {
        let (company, before) = try closedCompany()
        let storage = try storage(in: company.directory)
        defer { storage.close() }
        let target = try storage.target(for: company.tenant)
        // A copy of another time: rows too many, rows that are missing, and rows that say something else.
        let reader = try ServerFileReader(path: company.home.database)
        let first = try TenantCopy(storage.entities).run(from: reader, to: target, isWriting: true) { _ in }
        #expect(first.differing == first.rows)
        try target.withSession { session in
            for change in [
                "DELETE FROM record WHERE tenant = $1 AND get_byte(key, 18) % 2 = 0",
                "UPDATE admitted SET intent = 'other' WHERE tenant = $1 AND position = 2",
                "INSERT INTO scope_digest (tenant, scope, records, total) VALUES ($1, 'zzz', 0, decode(repeat('00', 16), 'hex'))",
                "UPDATE admitted SET cause = NULL WHERE tenant = $1", "DELETE FROM entity_task WHERE tenant = $1",
            ] { try session.run(change.replacing("$1", with: "/*$tenant*/"), []) }
        }
        let second = try TenantCopy(storage.entities).run(from: reader, to: target, isWriting: true) { _ in }
        #expect(second.differing > 0)
        #expect(try TenantCopy(storage.entities).run(from: reader, to: target, isWriting: true) { _ in }.differing == 0)
        try reader.close()
        guard case .moved = try TenantMove(company.home, to: storage).run() else {
            Issue.record("nobody has the file")
            return
        }
        #expect(try content(try company.open(in: storage)) == before)
    }

    @Test("goes on with the file under its new name where it was cut short just before the database had the tenant")
    func cutShort() throws {
        let (company, before) = try closedCompany()
        let storage = try storage(in: company.directory)
        defer { storage.close() }
        try FileManager.default.moveItem(atPath: company.home.database, toPath: company.home.movedDatabase)
        #expect(throws: EngineProblem.self) { _ = try company.open() }
        #expect(throws: EngineProblem.self) { _ = try company.open(in: storage) }
        guard case .moved = try TenantMove(company.home, to: storage).run() else {
            Issue.record("nobody has the file")
            return
        }
        #expect(try content(try company.open(in: storage)) == before)
    }

    @Test("one that is late writes nothing over a tenant that is there, and two do not move at a time")
    func late() throws {
        let company = try SmallCompany()
        let storage = try storage(in: company.directory)
        defer { storage.close() }
        let service = try company.open()
        var lateProblem: EngineProblem?
        var pages = 0
        // The first one copies beside the server; while it is at it, another one comes.
        _ = try TenantMove(company.home, to: storage).run { _, _ in
            pages += 1
            guard pages == 2 else { return }
            do { _ = try TenantMove(company.home, to: storage).run() } catch { lateProblem = error as? EngineProblem }
        }
        #expect(lateProblem?.code == "move-busy")
        try service.close()
        let reader = try ServerFileReader(path: company.home.database)
        _ = try TenantMove(company.home, to: storage).run()
        let present = try company.open(in: storage)
        let tablet = try Tablet(of: company, at: present)
        try tablet.note("new", of: company)
        try tablet.sync { present }
        let before = try content(present)
        // Rows of the former file, by whoever still has it open.
        let target = TenantMove.Target(store: try storage.target(for: company.tenant))
        let problem = #expect(throws: EngineProblem.self) {
            _ = try TenantCopy(storage.entities).run(from: reader, to: target, isWriting: true) { _ in }
        }
        #expect(problem?.code == "move-busy")
        #expect(try content(present) == before)
    }

    @Test("a file that is not as it was written stays where it is")
    func damaged() throws {
        let company = try SmallCompany()
        let storage = try storage(in: company.directory)
        defer { storage.close() }
        let file = try DatabaseQueue(path: company.home.database)
        try file.write { try $0.execute(sql: "UPDATE record SET hash = zeroblob(16) WHERE key = (SELECT max(key) FROM record)") }
        try file.close()
        let problem = #expect(throws: EngineProblem.self) { _ = try TenantMove(company.home, to: storage).run() }
        #expect(problem?.code == "move-damaged")
        #expect(try company.home.hasDatabase())
        #expect(throws: EngineProblem.self) { _ = try company.open(in: storage) }
        #expect(!FileManager.default.fileExists(atPath: company.home.movedDatabase))
    }
}
