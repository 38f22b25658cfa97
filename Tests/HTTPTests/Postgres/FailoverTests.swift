import Foundation
import PostgresCluster
import Synchronization
import Testing
import TruckrollCore
import TruckrollDomain
import TruckrollProtocol
import TruckrollStoreSQL
import TruckrollSync

@testable import TruckrollServer

/// A primary and a standby of the test's own; the node knows both.
@Suite("Failover of the database server", .enabled(if: PostgresCluster.canStart, "PostgreSQL is not installed"))
struct FailoverTests {
    private let primary: PostgresInstance

    init() throws { primary = try PostgresInstance() }

    private func storage(_ servers: [PostgresInstance], in directory: URL) throws -> PostgresStorage {
        try PostgresStorage(url: PostgresInstance.url(of: servers), directory: directory)
    }

    private func epochs(_ service: Tenant) throws -> [Epoch] { try service.engine.store.read { try $0.epochs().map(\.epoch) } }

    @Test("to a synchronous standby: whatever was acknowledged is there before any device comes back, and a new epoch begins")
    func synchronous() throws {
        try primary.start()
        let standby = try PostgresInstance(standbyOf: primary, named: "second")
        try standby.start()
        try primary.sql("ALTER SYSTEM SET synchronous_standby_names = 'second'")
        try primary.sql("SELECT pg_reload_conf()")
        let company = try SmallCompany { try storage([primary, standby], in: $0) }
        let node = try storage([primary, standby], in: company.directory)
        defer { node.close() }
        let service = try company.open(in: node)
        let tablet = try Tablet(of: company, at: service)
        try tablet.sync { service }
        let before = try epochs(service)
        // The server crashes while a device records and syncs as fast as it can, which then is out of reach.
        struct OutOfReach: Error {}
        let (acknowledged, isReachable) = (Box([String]()), Box(true))
        let done = DispatchGroup()
        done.enter()
        Thread {
            defer { done.leave() }
            for number in 0... {
                let isAnswered: Void? = try? {
                    try tablet.note("\(number)", of: company)
                    try tablet.sync {
                        guard isReachable.value else { throw OutOfReach() }
                        return service
                    }
                }()
                guard isAnswered != nil else { return }
                acknowledged.value.append("\(number)")
            }
        }.start()
        while acknowledged.value.count < 20 { usleep(1_000) }
        primary.crash()
        isReachable.value = false
        done.wait()
        try standby.promote()
        // The node finds the new primary, and the new epoch, by itself.
        #expect(Set(try service.notes(on: company.order)).isSuperset(of: acknowledged.value))
        try tablet.note("after", of: company)
        try tablet.sync { service }
        let all = try tablet.engine.read { try $0.views("note").compactMap { $0.text("text") } }.sorted()
        #expect(try service.notes(on: company.order) == all)
        #expect(Set(all).isSuperset(of: acknowledged.value + ["after"]))
        #expect(try epochs(service).count == before.count + 1)
        #expect(try tablet.engine.read { try $0.outbox() }.isEmpty)
        #expect(try service.engine.inspect().damage.isEmpty)
    }

    @Test("to an asynchronous standby that lacks acknowledged sets: their devices bring them back, and the old primary is shut out")
    func asynchronous() throws {
        try primary.start()
        let standby = try PostgresInstance(standbyOf: primary, named: "second")
        try standby.start()
        let company = try SmallCompany { try storage([primary, standby], in: $0) }
        let (one, other) = (try storage([primary, standby], in: company.directory), try storage([primary, standby], in: company.directory))
        defer { for node in [one, other] { node.close() } }
        let services = try [one, other].map { try company.open(in: $0) }
        let tablets = try services.map { try Tablet(of: company, at: $0) }
        for (tablet, service) in zip(tablets, services) {
            try tablet.note("early", of: company)
            try tablet.sync { service }
        }
        try standby.catchUp(with: primary)
        standby.crash()
        for (tablet, service) in zip(tablets, services) {
            try tablet.note("lost", of: company)
            try tablet.sync { service }
            #expect(try tablet.engine.read { try $0.outbox() }.isEmpty)
        }
        let before = try epochs(services[0])
        primary.crash()
        try standby.start()
        try standby.promote()
        // One node meets the new primary; meanwhile the old one comes back, and the other node still knows it first.
        try tablets[0].sync { services[0] }
        try primary.start()
        #expect(try services[0].notes(on: company.order) == ["early", "early", "lost"])
        try tablets[1].sync { services[1] }
        for service in services { #expect(try service.notes(on: company.order) == ["early", "early", "lost", "lost"]) }
        #expect(try epochs(services[0]).count == before.count + 1)
        // Nobody uses the old primary again, also who knows no other.
        let problem = #expect(throws: StoreProblem.self) { _ = try storage([primary], in: company.directory) }
        #expect(problem?.code == "store-fenced")
        let lost = try primary.sql("SELECT count(*) FROM truckroll.epoch")
        #expect(lost == "\(before.count)")
        for service in services { #expect(try service.engine.inspect().damage.isEmpty) }
    }

    @Test("a commit whose wait for the standby was cancelled is not acknowledged")
    func cancelled() throws {
        try primary.start()
        let company = try SmallCompany { try storage([primary], in: $0) }
        let node = try storage([primary], in: company.directory)
        defer { node.close() }
        let service = try company.open(in: node)
        let tablet = try Tablet(of: company, at: service)
        try tablet.sync { service }
        // From here on commits wait for a standby that is not there.
        primary.crash()
        try primary.start("synchronous_standby_names=nobody")
        try tablet.note("waits", of: company)
        let (isOver, done) = (Box(false), DispatchGroup())
        done.enter()
        Thread {
            defer { done.leave() }
            while !isOver.value {
                _ = try? primary.sql("SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE wait_event = 'SyncRep'")
                usleep(20_000)
            }
        }.start()
        let replica = try #require(try tablet.engine.read { try $0.identity() }).replica
        var conversation = SyncConversation(tablet.engine)
        guard case .sync(let request) = try conversation.next() else { return }
        let problem = #expect(throws: ServiceProblem.self) { _ = try service.sync(request, replica: replica) }
        #expect(problem?.code == "store-outcome-unknown")
        isOver.value = true
        done.wait()
        primary.crash()
        try primary.start()
        // It had been kept; repeated, it is recognised.
        try tablet.sync { service }
        #expect(try service.notes(on: company.order) == ["waits"])
    }

    @Test("two standbys promoted side by side take one number, and are told apart: what the second lacks comes back from devices")
    func sideBySide() throws {
        try primary.start()
        let standbys = try ["second", "third"].map { try PostgresInstance(standbyOf: primary, named: $0) }
        for standby in standbys { try standby.start() }
        let company = try SmallCompany { try storage([primary], in: $0) }
        let (first, both) = (
            try storage([primary, standbys[0]], in: company.directory), try storage([primary] + standbys.reversed(), in: company.directory)
        )
        defer { for node in [first, both] { node.close() } }
        let services = try [first, both].map { try company.open(in: $0) }
        let tablet = try Tablet(of: company, at: services[0])
        try tablet.note("before", of: company)
        try tablet.sync { services[0] }
        for standby in standbys { try standby.catchUp(with: primary) }
        let before = try epochs(services[0])
        primary.crash()
        for standby in standbys { try standby.promote() }
        let numbers = try standbys.map { try $0.sql("SELECT substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8)") }
        #expect(numbers[0] == numbers[1])
        try tablet.note("between", of: company)
        try tablet.sync { services[0] }
        #expect(try services[0].notes(on: company.order) == ["before", "between"])
        // The other node meets the other standby first, whose history has gone another way.
        try tablet.sync { services[1] }
        #expect(try services[1].notes(on: company.order) == ["before", "between"])
        #expect(try epochs(services[1]).count == before.count + 1)
        #expect(try standbys[1].sql("SELECT count(*) FROM truckroll.epoch") == "\(before.count + 1)")
        // From then on nobody uses the first any more.
        let problem = #expect(throws: ServiceProblem.self) { _ = try services[0].sync(PBSyncRequest(), replica: ReplicaID(rawValue: 3)) }
        #expect(problem?.code == "store-fenced")
        #expect(try services[1].engine.inspect().damage.isEmpty)
    }

    @Test("a server that hangs without ending its connections is given up, and the next one is taken")
    func hung() throws {
        try primary.start()
        let standby = try PostgresInstance(standbyOf: primary, named: "second")
        try standby.start()
        let company = try SmallCompany { try storage([primary], in: $0) }
        let node = try PostgresStorage(url: PostgresInstance.url(of: [primary, standby]), directory: company.directory, patience: .seconds(1))
        defer { node.close() }
        let service = try company.open(in: node)
        let tablet = try Tablet(of: company, at: service)
        try tablet.note("before", of: company)
        try tablet.sync { service }
        try standby.catchUp(with: primary)
        try primary.freeze()
        let replica = try #require(try tablet.engine.read { try $0.identity() }).replica
        let problem = #expect(throws: ServiceProblem.self) { _ = try service.sync(PBSyncRequest(), replica: replica) }
        #expect(problem?.status == 503)
        try standby.promote()
        try tablet.note("after", of: company)
        try tablet.sync { service }
        #expect(try service.notes(on: company.order) == ["after", "before"])
        try primary.thaw()
        #expect(try primary.sql("SELECT count(*) FROM truckroll.entity_note") == "1")
        #expect(try service.notes(on: company.order) == ["after", "before"])
    }

    @Test("a node that is still connected to a primary that was replaced writes nothing more there")
    func splitBrain() throws {
        try primary.start()
        let standby = try PostgresInstance(standbyOf: primary, named: "second")
        try standby.start()
        let company = try SmallCompany { try storage([primary], in: $0) }
        // Each node can reach one server only.
        let old = try storage([primary], in: company.directory)
        let former = try company.open(in: old)
        let tablet = try Tablet(of: company, at: former)
        try tablet.note("before", of: company)
        try tablet.sync { former }
        try standby.catchUp(with: primary)
        try standby.promote()
        let new = try storage([standby], in: company.directory)
        defer { for node in [old, new] { node.close() } }
        let present = try company.open(in: new)
        try tablet.note("between", of: company)
        let head = try primary.sql("SELECT head FROM truckroll.tenant")
        let problem = #expect(throws: ServiceProblem.self) { _ = try former.sync(PBSyncRequest(), replica: ReplicaID(rawValue: 3)) }
        #expect(problem?.code == "store-fenced")
        #expect(try primary.sql("SELECT head FROM truckroll.tenant") == head)
        try tablet.sync { present }
        #expect(try present.notes(on: company.order) == ["before", "between"])
        #expect(try primary.sql("SELECT head FROM truckroll.tenant") == head)
    }
}

/// A value that two threads share.
private final class Box<Value: Sendable>: Sendable {
    private let content: Mutex<Value>
    init(_ value: Value) { content = Mutex(value) }
    var value: Value {
        get { content.withLock { $0 } }
        set { content.withLock { $0 = newValue } }
    }
}
