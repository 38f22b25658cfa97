import Foundation
import PostgresCluster
import Synchronization
import Testing
import TruckrollCore
import TruckrollDomain
import TruckrollSync

@testable import TruckrollServer

/// Two processes' worth of storage over one database and one directory, each with connections of its own.
@Suite("Several nodes on one PostgreSQL database", .enabled(if: PostgresCluster.isAvailable, "PostgreSQL is not installed"))
struct SeveralNodesTests {
    private let cluster: PostgresCluster
    private let name = "nodes_\(UInt64.random(in: 0...(.max)))"

    init() throws { cluster = try PostgresCluster.shared() }

    /// - Parameter label: by which the node's connections are told from others'.
    private func node(_ label: String, in directory: URL) throws -> PostgresStorage {
        try PostgresStorage(url: cluster.url(as: "\(name)_\(label)"), name: name, directory: directory)
    }

    private func company() throws -> SmallCompany { try SmallCompany { try node("founder", in: $0) } }

    @Test("devices spread over two nodes see one truth, and no epoch begins where one opens after the other")
    func oneTruth() throws {
        let company = try company()
        let nodes = try ["a", "b"].map { try node($0, in: company.directory) }
        let services = try nodes.map { try company.open(in: $0) }
        defer { for (node, service) in zip(nodes, services) { try? service.close(); node.close() } }
        let tablets = try services.map { try Tablet(of: company, at: $0) }
        for round in 0..<6 {
            for (index, tablet) in tablets.enumerated() {
                try tablet.note("\(index) \(round)", of: company)
                // Each request goes wherever the proxy likes.
                let first = Mutex(round)
                try tablet.sync {
                    services[
                        first.withLock {
                            $0 += 1; return $0
                        } % 2]
                }
            }
        }
        let expected = tablets.indices.flatMap { tablet in (0..<6).map { "\(tablet) \($0)" } }.sorted()
        for service in services { #expect(try service.notes(on: company.order) == expected) }
        for (tablet, service) in zip(tablets, services.reversed()) {
            try tablet.sync { service }
            let shown = try tablet.engine.read { try $0.views("note", where: "order", equals: .reference(company.order)) }
            #expect(shown.compactMap { $0.text("text") }.sorted() == expected)
        }
        #expect(try services[0].engine.store.read { try $0.epochs() }.count == 1)
    }

    @Test("whatever backends die under two nodes, each set is admitted once and answered the same")
    func killedBackends() throws {
        let company = try company()
        let nodes = try ["a", "b"].map { try node($0, in: company.directory) }
        let services = try nodes.map { try company.open(in: $0) }
        defer { for (node, service) in zip(nodes, services) { try? service.close(); node.close() } }
        let tablets = try (0..<4).map { try Tablet(of: company, at: services[$0 % 2]) }
        for tablet in tablets { try tablet.sync { services[0] } }
        let group = DispatchGroup()
        let failures = Mutex<[String]>([])
        let isOver = Mutex(false)
        for (index, tablet) in tablets.enumerated() {
            group.enter()
            Thread {
                defer { group.leave() }
                do {
                    for round in 0..<20 {
                        try tablet.note("\(index) \(round)", of: company)
                        try tablet.sync { services[.random(in: 0...1)] }
                    }
                } catch { failures.withLock { $0.append("\(error)") } }
            }.start()
        }
        let kills = Mutex(0)
        let killing = DispatchGroup()
        killing.enter()
        let assassin = Thread {
            defer { killing.leave() }
            while !isOver.withLock({ $0 }) {
                let victim = "SELECT pid FROM pg_stat_activity WHERE application_name LIKE '\(name)\\__' ORDER BY random() LIMIT 2"
                if let killed = try? cluster.sql("SELECT count(pg_terminate_backend(pid)) FROM (\(victim)) AS victim"), let count = Int(killed) {
                    kills.withLock { $0 += count }
                }
            }
        }
        assassin.start()
        group.wait()
        isOver.withLock { $0 = true }
        killing.wait()
        #expect(failures.withLock { $0 } == [])
        #expect(kills.withLock { $0 } > 5)
        for tablet in tablets { #expect(try tablet.engine.read { try $0.outbox() }.isEmpty) }
        let expected = tablets.indices.flatMap { tablet in (0..<20).map { "\(tablet) \($0)" } }.sorted()
        #expect(try services[0].notes(on: company.order) == expected)
        // Positions have no gap, the chain of hashes holds, and each device's sets are there once.
        let found = try services[1].engine.inspect()
        #expect(found.damage.isEmpty)
        #expect(try services[0].engine.store.read { try $0.epochs() }.count == 1)
    }

    @Test("a commit at one node wakes the streams of the other, also after its listening connection was lost")
    func wakeUps() async throws {
        let company = try company()
        let nodes = try ["a", "b"].map { try node($0, in: company.directory) }
        let services = try nodes.map { try company.open(in: $0) }
        defer { for (node, service) in zip(nodes, services) { try? service.close(); node.close() } }
        let (wakeUps, _) = services[1].heads.subscribe(ReplicaID(rawValue: 9))
        var woken = wakeUps.makeAsyncIterator()
        for _ in 0..<3 {
            let tablet = try Tablet(of: company, at: services[0])
            try tablet.sync { services[0] }
            // With every wake-up that the loss of a connection itself causes there comes one more at last.
            try #require(await woken.next() != nil)
            try tablet.note("now", of: company)
            try tablet.sync { services[0] }
            try #require(await woken.next() != nil)
            _ = try cluster.sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = '\(name)_b'")
        }
    }
}
