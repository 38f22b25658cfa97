import FaultyNetwork
import Foundation
import PostgresCluster
import Synchronization
import Testing
import TruckrollCore
import TruckrollDomain
import TruckrollStoreSQL
import TruckrollSync

@testable import TruckrollStorePostgres

@Suite("PostgreSQL that fails", .enabled(if: PostgresCluster.isAvailable, "PostgreSQL is not installed"))
struct PostgresFaultTests {
    private let cluster: PostgresCluster
    private let name = "faults_\(UInt64.random(in: 0...(.max)))"
    private let tenant = TenantID(high: 3, low: 4)

    init() throws { cluster = try PostgresCluster.shared() }

    /// - Parameter url: by default one by whose application name this test's connections are told from others'.
    private func database(_ url: String? = nil, connections: Int = 4) throws -> PostgresDatabase {
        try PostgresDatabase(
            url: url ?? cluster.url(as: name), name: name, schema: TestSchemas.load(), connections: connections)
    }

    /// Ends this test's connections, as an administrator or a failover does.
    private func killAll() throws -> Int {
        let connection = try PostgresConnection(to: cluster.url, schema: name)
        let killed = try connection.run(
            "SELECT count(pg_terminate_backend(pid, 5000)) FROM pg_stat_activity WHERE application_name = $1", [BoundValue(.text(name))])
        guard case .integer(let count) = killed.value(0, 0) else { return 0 }
        return Int(count)
    }

    @Test("a backend that is killed in the midst of a transaction leaves nothing of it, and the next call finds another")
    func killed() throws {
        let store = try database().store(of: tenant)
        let problem = #expect(throws: StoreProblem.self) {
            try store.write { transaction in
                try transaction.insert(Make.admitted(1, Make.write(2, 1)))
                #expect(try killAll() > 0)
                try transaction.insert(Make.admitted(2, Make.write(2, 2)))
            }
        }
        #expect(problem?.code == "store-unreachable")
        #expect(try store.read { try $0.admitted(after: .start, limit: 9) }.isEmpty)
        try store.write { try $0.insert(Make.admitted(1, Make.write(2, 1))) }
        #expect(try store.read { try $0.admitted(after: .start, limit: 9) }.count == 1)
    }

    @Test("a backend that is killed just before its commit: nobody claims that it was kept")
    func killedBeforeCommit() throws {
        let store = try database().store(of: tenant)
        let problem = #expect(throws: StoreProblem.self) {
            try store.write { transaction in
                try transaction.insert(Make.admitted(1, Make.write(2, 1)))
                #expect(try killAll() > 0)
            }
        }
        #expect(problem?.code == "store-outcome-unknown")
        #expect(try store.read { try $0.admitted(after: .start, limit: 9) }.isEmpty)
    }

    @Test("idle connections to a server that was restarted are replaced without anybody noticing")
    func restarted() throws {
        let store = try database().store(of: tenant)
        try store.write { try $0.insert(Make.admitted(1, Make.write(2, 1))) }
        #expect(try killAll() > 0)
        try store.write { try $0.insert(Make.admitted(2, Make.write(2, 2))) }
        #expect(try store.read { try $0.admitted(after: .start, limit: 9) }.count == 2)
    }

    @Test(
        "a line that breaks at any byte around a commit: what was said to be kept is, what was said not to be is not",
        .enabled(if: PostgresCluster.isOurs, "the server was named, and its port is not known"))
    func cutAnywhere() throws {
        let port = try #require(cluster.port)
        let line = try FaultyLine(to: port)
        let direct = try database().store(of: tenant)
        let url = "postgresql://postgres@127.0.0.1:\(line.port)/postgres"
        let far = try database(url, connections: 1).store(of: tenant)
        // Warm: everything is prepared, and what follows is the transaction alone.
        var position: UInt64 = 1
        func write() throws { try far.write { try $0.insert(Make.admitted(position, Make.write(2, position))) } }
        try write()
        line.set(.init())
        position += 1
        try write()
        let whole = line.traffic
        var outcomes: [String: Int] = [:]
        let cuts =
            stride(from: 0, through: whole.requestBytes, by: 7).map { cut in FaultyLine.Faults.with { $0.requestBytes = cut } }
            + stride(from: 0, through: whole.answerBytes, by: 3).map { cut in FaultyLine.Faults.with { $0.answerBytes = cut } }
        for faults in cuts {
            // A connection of its own, warm again.
            line.set(.init())
            position += 1
            try write()
            line.set(faults)
            position += 1
            let outcome: String
            do {
                try write()
                outcome = "kept"
            } catch let problem as StoreProblem { outcome = problem.code }
            // A writer waits until the server is through with the one before.
            let isThere = try direct.write { try $0.admitted(Make.write(2, position)) != nil }
            outcomes[outcome, default: 0] += 1
            switch outcome {
            case "kept": #expect(isThere)
            case "store-outcome-unknown": break
            default: #expect(!isThere, "\(outcome)")
            }
        }
        // The cuts reached every part of a transaction.
        #expect(outcomes.keys.contains("store-outcome-unknown") && outcomes.keys.contains("store-unreachable"), "\(outcomes)")
    }
}
