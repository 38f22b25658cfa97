import Foundation
import PostgresCluster
import Synchronization
import Testing
import TruckrollCore
import TruckrollDomain
import TruckrollStorePostgres
import TruckrollSync

/// A sequence gives out positions in the order of asking, so that a reader who goes on from the highest it has seen misses whoever
/// commits later. Here positions are taken under the tenant's lock.
@Suite("Positions on PostgreSQL", .enabled(if: PostgresCluster.isAvailable, "PostgreSQL is not installed"))
struct PostgresPositionTests {
    private final class Tail: Sendable {
        let seen = Mutex<[UInt64]>([])
        let failures = Mutex<[String]>([])
    }

    /// `TRUCKROLL_POSITIONS=100000` makes it a long run.
    private static let total = ProcessInfo.processInfo.environment["TRUCKROLL_POSITIONS"].flatMap { UInt64($0) } ?? 6_400

    @Test("32 writers that dawdle inside their transactions: a reader behind them misses none and sees none twice")
    func writers() throws {
        let writers = 32
        let stores = try (0...writers).map { _ in try PostgresCluster.database("positions", TestSchemas.load()) }
        let tenant = TenantID(high: .random(in: 0...(.max)), low: 1)
        let perWriter = Self.total / UInt64(writers)
        let tail = Tail()
        let first = try stores[0].store(of: tenant)
        var start = Make.tenant
        start.head = .start
        try first.write { [start] in try $0.save(start) }
        let finished = Mutex(0)
        let group = DispatchGroup()
        for writer in 1...writers {
            group.enter()
            let thread = Thread {
                defer {
                    finished.withLock { $0 += 1 }
                    group.leave()
                }
                var random = SplitMix(seed: UInt64(writer))
                do {
                    let store = try stores[writer].store(of: tenant)
                    var sequence: UInt64 = 0
                    while sequence < perWriter {
                        let batch = min(random.number(1...50), perWriter - sequence)
                        try store.write { transaction in
                            guard var state = try transaction.tenant() else { return }
                            for _ in 0..<batch {
                                sequence += 1
                                state.head = state.head.next
                                try transaction.insert(Make.admitted(state.head.rawValue, Make.write(UInt32(100 + writer), sequence)))
                                if random.chance(2) { usleep(UInt32(random.number(0...5_000))) }
                            }
                            try transaction.save(state)
                        }
                    }
                } catch { tail.failures.withLock { $0.append("writer \(writer): \(error)") } }
            }
            thread.start()
        }
        group.enter()
        let reader = Thread {
            defer { group.leave() }
            do {
                var last = Position.start
                while true {
                    let areDone = finished.withLock { $0 } == writers
                    let news = try first.read { try $0.admitted(after: last, limit: 500) }
                    tail.seen.withLock { $0 += news.map(\.position.rawValue) }
                    last = news.last?.position ?? last
                    if areDone, news.isEmpty { return }
                }
            } catch { tail.failures.withLock { $0.append("reader: \(error)") } }
        }
        reader.start()
        group.wait()
        #expect(tail.failures.withLock { $0 } == [])
        #expect(tail.seen.withLock { $0 } == Array(1...perWriter * UInt64(writers)))
    }
}
