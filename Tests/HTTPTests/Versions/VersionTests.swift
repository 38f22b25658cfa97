import Foundation
import Synchronization
import Testing
import TruckrollClient
import TruckrollCore
import TruckrollDomain
import TruckrollProtocol
import TruckrollServer
import TruckrollStoreSQLite
import TruckrollSync

@Suite("Old and new versions together")
struct VersionTests {
    private func taskKey(_ company: SmallCompany) throws -> RecordKey {
        RecordKey(type: try Schema.load().entity("task").type, id: company.task)
    }

    private func entry(_ service: Tenant, _ company: SmallCompany, _ field: UInt32) throws -> [UInt8]? {
        let key = try taskKey(company)
        return try service.engine.store.read { try $0.record(key)?.record[FieldID(rawValue: field)].map { Array($0.value) } }
    }

    /// A device of the next release says what this one does not know.
    private func writeNews(_ company: SmallCompany, _ service: Tenant, _ port: Int) async throws {
        let tablet = try Tablet(of: company, at: service, schema: try NextRelease.schema())
        try await tablet.sync(over: try tablet.transport(port, protocols: 1...2))
        try tablet.commit { try $0.patch("task", company.task, ["estimate": .integer(45), "state": .text("blocked_by_customer")]) }
        try await tablet.sync(over: try tablet.transport(port, protocols: 1...2))
        #expect(try tablet.engine.read { try $0.outbox() }.isEmpty)
    }

    private func older(_ company: SmallCompany, _ service: Tenant, _ port: Int) async throws -> OlderClient {
        let client = OlderClient(port: port, tenant: company.tenant) { UInt64(company.clock.now) }
        try await client.enrol(try service.makeEnrolmentCode(user: "T1").code)
        try await client.signIn()
        return client
    }

    @Test("the first release's client syncs both ways with a newer server, and keeps byte for byte what it does not know")
    func olderClient() async throws {
        let company = try SmallCompany()
        let key = try taskKey(company).encoded
        try await company.serve(schema: try NextRelease.schema(), protocols: 1...2) { port, service in
            try await writeNews(company, service, port)
            let client = try await older(company, service, port)
            try await client.sync()
            for field in [2, 8, NextRelease.estimate] {
                let stored = try #require(try entry(service, company, field))
                #expect(client.records[key]?[UInt64(field)]?.value == stored, "field \(field)")
            }
            let before = try entry(service, company, NextRelease.estimate)
            try client.write("Look twice", to: 2, of: key)
            let outcomes = try await client.sync()
            #expect(outcomes == [UInt64(Outcome.applied.rawValue)])
            #expect(client.waiting == 0)
            let task = try company.stored(service, "task", company.task)
            #expect(task.text("title") == "Look twice")
            #expect(task.text("state") == "blocked_by_customer")
            #expect(try entry(service, company, NextRelease.estimate) == before)
            // What others write goes on arriving, and its digests agree.
            try await writeNews(company, service, port)
            try await client.sync()
            #expect(try client.records[key]?[8]?.value == entry(service, company, 8))
        }
    }

    @Test("a client older than the oldest may bring what it holds, and is told to upgrade when it asks for more")
    func tooOld() async throws {
        let company = try SmallCompany()
        let key = try taskKey(company).encoded
        let met = Mutex<OlderClient?>(nil)
        try await company.serve(protocols: 1...2) { port, service in
            let client = try await older(company, service, port)
            try await client.sync()
            try client.write("Kept over the upgrade", to: 2, of: key)
            met.withLock { $0 = client }
        }
        try await company.serve(protocols: 2...3) { port, service in
            let former = try #require(met.withLock { $0 })
            let client = OlderClient(former, port: port)
            try await client.signIn()
            let outcomes = try await client.sync()
            #expect(outcomes == [UInt64(Outcome.applied.rawValue)])
            #expect(client.waiting == 0)
            #expect(try company.stored(service, "task", company.task).text("title") == "Kept over the upgrade")
            let refused = await #expect(throws: OlderClient.Refused.self) { try await client.sync() }
            #expect(refused?.status == 426)
            #expect(refused?.code == "upgrade-required")

            // The same of this project's own library: all that reads is refused, the outbox goes.
            let tablet = try Tablet(of: company, at: service)
            let transport = try tablet.transport(port)
            for read in [
                { _ = try await transport.audit(PBAuditRequest()) }, { _ = try await transport.repair(PBRepairRequest()) },
                { for try await _ in transport.stream(after: .start) {} },
            ] as [() async throws -> Void] {
                let document = try await problem { try await read() }
                #expect(document.status == 426)
                #expect(document.code == "upgrade-required")
            }
            let versions = try #require(await transport.versions())
            #expect(versions.isTooOld(1) && versions.upgrade(protocolVersion: 1, schemaVersion: 1) == .required)
            let carried = try await transport.carry(PBCarryRequest()).receipts.count
            #expect(carried == 0)
        }
    }

    @Test("a newer client speaks what an older server knows; what that cannot take yet waits there and takes effect after its upgrade")
    func newerClient() async throws {
        let company = try SmallCompany()
        let next = try NextRelease.schema()
        let met = Mutex<Tablet?>(nil)
        try await company.serve { port, service in
            let tablet = try Tablet(of: company, at: service, schema: next)
            let transport = try tablet.transport(port, protocols: 1...2)
            try await tablet.sync(over: transport)
            let versions = await transport.versions()
            #expect(versions == SpokenVersions(protocolVersion: 1, schemaVersion: Schema.current, oldestProtocol: 1))
            #expect(versions?.upgrade(protocolVersion: 2, schemaVersion: next.version) == .server)
            try tablet.commit { try $0.patch("task", company.task, ["estimate": .integer(30)]) }
            try tablet.commit { try $0.patch("task", company.task, ["title": .text("Known to both")]) }
            try await tablet.sync(over: transport)
            #expect(try tablet.engine.read { try $0.outbox() }.map(\.standing) == [.deferred])
            #expect(try company.stored(service, "task", company.task).text("title") == "Known to both")
            met.withLock { $0 = tablet }
        }
        try await company.serve(schema: next, protocols: 1...2) { port, service in
            let tablet = try #require(met.withLock { $0 })
            let transport = try tablet.transport(port, protocols: 1...2)
            let audit = try await tablet.sync(over: transport, auditing: true)
            #expect(audit?.differing.isEmpty == true)
            #expect(try tablet.engine.read { try $0.outbox() }.isEmpty)
            #expect(try company.stored(service, "task", company.task).integer("estimate") == 30)
            let spoken = await transport.versions()?.protocolVersion
            #expect(spoken == 2)
        }
    }

    @Test("a client that no longer speaks what the server knows says so and keeps its outbox")
    func serverTooOld() async throws {
        let company = try SmallCompany()
        try await company.serve { port, service in
            let tablet = try Tablet(of: company, at: service)
            try tablet.commit {
                try $0.create(
                    "note",
                    [
                        "order": .reference(company.order), "text": .text("Kept"), "at": .text("2026-11-23T08:00:00Z"),
                        "by": .reference(company.technician),
                    ])
            }
            let document = try await problem { try await tablet.sync(over: try tablet.transport(port, protocols: 2...3)) }
            #expect(document.code == "server-too-old")
            #expect(!document.next.isEmpty)
            #expect(try tablet.engine.read { try $0.outbox() }.map(\.standing) == [.waiting])

            // A set of a newer protocol is not given to a server that would quarantine it for good.
            var body = try Wire.decode(PBChangeSetBody.self, try #require(try tablet.engine.read { try $0.outbox() }.first).set.body)
            body.protocolVersion = 2
            var request = PBSyncRequest()
            var set = PBSignedSet()
            set.body = data(try Wire.encode(body))
            request.push = [set]
            let newer = request
            let held = try await problem { _ = try await tablet.transport(port, protocols: 1...2).sync(newer) }
            #expect(held.code == "server-too-old")
            try await tablet.sync(over: try tablet.transport(port, protocols: 1...2))
            #expect(try tablet.engine.read { try $0.outbox() }.isEmpty)
        }
    }

    @Test("a value this app does not know is shown as it came, and nothing this app does erases it")
    func unknownValue() async throws {
        let company = try SmallCompany()
        try await company.serve(schema: try NextRelease.schema(), protocols: 1...2) { port, service in
            try await writeNews(company, service, port)
            let tablet = try Tablet(of: company, at: service)
            try await tablet.sync(over: try tablet.transport(port))
            #expect(try tablet.engine.read { try $0.view("task", company.task)?.text("state") } == "blocked_by_customer")
            try tablet.commit { try $0.patch("task", company.task, ["remark": .text("Waits")]) }
            let audit = try await tablet.sync(over: try tablet.transport(port), auditing: true)
            #expect(audit?.differing.isEmpty == true)
            let task = try company.stored(service, "task", company.task)
            #expect(task.text("state") == "blocked_by_customer" && task.text("remark") == "Waits" && task.integer("estimate") == 45)
        }
    }

    @Test("a program put back to an older schema refuses the database and leaves it as it is")
    func downgrade() throws {
        let company = try SmallCompany()
        try company.open(schema: try NextRelease.schema()).close()
        let file = URL(fileURLWithPath: company.home.database)
        let before = try Data(contentsOf: file)
        let problem = #expect(throws: EngineProblem.self) { try company.open() }
        #expect(problem?.code == "store-newer")
        #expect(problem?.next.contains("Update this program") == true)
        #expect(try Data(contentsOf: file) == before)
        try company.open(schema: try NextRelease.schema()).close()
        SchemaMark(of: company.home.database).remove()
        try company.open().close()
    }

    @Test(
        "who should be updated follows from what both said",
        arguments: [
            (1, 1, 1, 1, 1, .none), (2, 1, 1, 2, 1, .none), (1, 1, 2, 1, 1, .required), (1, 2, 1, 1, 1, .recommended), (1, 1, 1, 2, 1, .server),
            (1, 1, 1, 1, 2, .server), (1, 0, 1, 1, 5, .none), (1, 9, 2, 1, 1, .required),
        ] as [(UInt32, UInt32, UInt32, UInt32, UInt32, SpokenVersions.Upgrade)])
    func upgrade(spoken: UInt32, serverSchema: UInt32, oldest: UInt32, newest: UInt32, schema: UInt32, expected: SpokenVersions.Upgrade) {
        let versions = SpokenVersions(protocolVersion: spoken, schemaVersion: serverSchema, oldestProtocol: oldest)
        #expect(versions.upgrade(protocolVersion: newest, schemaVersion: schema) == expected)
    }
}
