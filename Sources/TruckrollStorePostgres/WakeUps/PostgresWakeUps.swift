import Foundation
import Synchronization
import TruckrollCore

/// Tells the processes of one database of each other's commits, by LISTEN and NOTIFY.
///
/// A wake-up is a hint. What was committed since the last one goes out in one, outside the transactions that committed it: a NOTIFY within
/// a transaction makes all that notify wait for each other at their commits. Where a wake-up is lost, with the process that owed it or with
/// the connection it came by, whoever listens looks by itself after some seconds.
public final class PostgresWakeUps: Sendable {
    private let channel: String
    /// Tells one's own wake-ups from those of others.
    private let name = String(UInt64.random(in: 0...(.max)), radix: 36)
    private let database: PostgresDatabase
    private let wake: @Sendable (TenantID?) -> Void
    private let state = Mutex(State())
    private let signal = DispatchSemaphore(value: 0)
    /// Ends the pause of who could not listen.
    private let closing = DispatchSemaphore(value: 0)
    private let ended = DispatchGroup()
    /// Whoever wants to have told waits for who is telling.
    private let telling = Mutex<Void>(())

    private struct State {
        var moved: Set<TenantID> = []
        var isClosed = false
    }

    /// Begins to listen.
    ///
    /// - Parameter wake: called with the tenant of which another process has committed something; with `nil` when it may have been any of
    ///   them, as nobody listened for a while.
    public init(_ database: PostgresDatabase, wake: @escaping @Sendable (TenantID?) -> Void) {
        self.database = database
        self.wake = wake
        channel = database.channel
        let works: [(String, @Sendable () -> Void)] = [("listening", { @Sendable in self.listen() }), ("notifying", { @Sendable in self.notify() })]
        for (label, work) in works {
            ended.enter()
            let thread = Thread { [ended] in
                work()
                ended.leave()
            }
            thread.name = "truckroll.\(label)"
            thread.start()
        }
    }

    /// Tells the other processes, soon and together with what else was committed meanwhile.
    public func moved(_ tenant: TenantID) {
        let isFirst = state.withLock { $0.moved.insert(tenant).inserted && $0.moved.count == 1 }
        if isFirst { signal.signal() }
    }

    /// Tells what is still to be told, and ends.
    public func close() {
        state.withLock { $0.isClosed = true }
        signal.signal()
        closing.signal()
        ended.wait()
    }

    private var isClosed: Bool { state.withLock { $0.isClosed } }

    // MARK: Telling

    /// Tenants in one notification, whose payload has at most 8,000 bytes.
    private static let tenantsAtOnce = 200

    private func notify() {
        repeat {
            signal.wait()
            tell()
        } while !isClosed
    }

    /// Tells what is still to be told now.
    public func tell() { telling.withLock { _ in tellAll() } }

    private func tellAll() {
        let moved = state.withLock { state in
            defer { state.moved = [] }
            return Array(state.moved)
        }
        for start in stride(from: 0, to: moved.count, by: Self.tenantsAtOnce) {
            let tenants = moved[start..<min(moved.count, start + Self.tenantsAtOnce)].map(\.description).joined(separator: " ")
            // Where this fails, the others look by themselves.
            _ = try? database.pool.withConnection(begin: { try $0.script("SELECT pg_notify('\(channel)', '\(name) \(tenants)')") }) { _, _ in }
        }
    }

    // MARK: Listening

    /// How long nobody looks by itself while the connection seems to be there, and while it is not.
    private static let (patience, impatience): (Double, Double) = (30, 2)

    private func listen() {
        while !isClosed {
            do {
                let connection = try database.connect()
                try connection.script("LISTEN \(channel)")
                // What was committed before is of no further notification.
                wake(nil)
                try hear(connection)
            } catch {
                wake(nil)
                _ = closing.wait(timeout: .now() + Self.impatience)
            }
        }
    }

    private func hear(_ connection: PostgresConnection) throws {
        var looked = ContinuousClock.now
        while !isClosed {
            for payload in try connection.notifications(within: 200) {
                let words = payload.split(separator: " ")
                guard words.first.map({ $0 != name }) ?? false else { continue }
                for tenant in words.dropFirst().compactMap({ TenantID(String($0)) }) { wake(tenant) }
            }
            guard ContinuousClock.now - looked > .seconds(Self.patience) else { continue }
            // A line that is dead shows only when something is sent.
            try connection.readBranch()
            // A server that was replaced tells nothing any more.
            guard try !database.isLeft(connection.timeline) else { return }
            wake(nil)
            looked = .now
        }
    }
}
