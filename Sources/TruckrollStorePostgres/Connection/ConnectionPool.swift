import Foundation
import Synchronization
import TruckrollStoreSQL

/// The connections of one process, at most so many at once. Whoever wants one more waits until one is free.
final class ConnectionPool: Sendable {
    private let make: @Sendable () throws -> PostgresConnection
    private let free: DispatchSemaphore
    private let patience: Duration
    private let place: String
    private let state = Mutex(State())

    private struct State: ~Copyable {
        /// Last in, first out: the warm ones are used again.
        var idle: [Idle] = []
        var isClosed = false
    }

    /// `@unchecked Sendable`: it is in the hands of whoever took it out, or of nobody.
    private final class Idle: @unchecked Sendable {
        let connection: PostgresConnection
        init(_ connection: PostgresConnection) { self.connection = connection }
    }

    /// - Parameters:
    ///   - limit: connections at once.
    ///   - patience: how long a caller waits for one.
    init(limit: Int, patience: Duration = .seconds(10), place: String, make: @escaping @Sendable () throws -> PostgresConnection) {
        free = DispatchSemaphore(value: limit)
        self.patience = patience
        self.place = place
        self.make = make
    }

    /// Runs `body` with a connection that nobody else has, and keeps it for the next one where it is sound.
    ///
    /// - Parameter begin: what comes first. An idle connection may lead to a server that has gone meanwhile: what failed on one so is begun
    ///   again on a new one.
    /// - Throws: ``StoreProblem/contended(place:detail:)`` when none was free in time, ``StoreProblem/unreachable(place:detail:)`` when none could
    ///   be made.
    func withConnection<Begun, T>(
        begin: (PostgresConnection) throws -> Begun, _ body: (PostgresConnection, Begun) throws -> T
    ) throws -> T {
        let seconds = Double(patience.components.seconds)
        guard free.wait(timeout: .now() + seconds) == .success else {
            throw StoreProblem.contended(place: place, detail: "all connections of this process were in use for \(Int(seconds)) s")
        }
        defer { free.signal() }
        let (connection, begun) = try begunConnection(begin)
        defer {
            let idle = connection.isIdle ? Idle(connection) : nil
            state.withLock { state in if let idle, !state.isClosed { state.idle.append(idle) } }
        }
        return try body(connection, begun)
    }

    func withConnection<T>(_ body: (PostgresConnection) throws -> T) throws -> T {
        try withConnection(begin: { _ in }) { connection, _ in try body(connection) }
    }

    private func begunConnection<Begun>(_ begin: (PostgresConnection) throws -> Begun) throws -> (PostgresConnection, Begun) {
        let taken = try state.withLock { state -> Idle? in
            guard !state.isClosed else { throw StoreProblem.closed(path: place) }
            return state.idle.popLast()
        }
        if let connection = taken?.connection {
            do { return (connection, try begin(connection)) } catch {
                guard !connection.isOpen else { throw error }
                dropIdle()
            }
        }
        let connection = try make()
        return (connection, try begin(connection))
    }

    /// Drops the connections that nobody uses: those after a failover lead to a server that is gone.
    func dropIdle() { state.withLock { $0.idle = [] } }

    /// Closes them all; a call that runs closes its own when it ends.
    func close() {
        state.withLock { state in
            state.isClosed = true
            state.idle = []
        }
    }
}
