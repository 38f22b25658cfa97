import Dispatch
import Foundation
import Synchronization

/// A few threads of its own for calls that block, so that neither the network's nor the language's threads ever wait for a disk.
///
/// They are not the system's shared queues, whose threads somebody else's blocking call could hold.
final class BlockingPool: Sendable {
    private let line: Line

    /// - Parameter waiting: calls that may wait for a thread.
    init(label: String, threads: Int, waiting: Int) {
        let line = Line(threads: threads, waiting: waiting)
        self.line = line
        for index in 0..<threads {
            let thread = Thread { line.work() }
            thread.name = "\(label).\(index)"
            thread.start()
        }
    }

    deinit { line.close() }

    /// Runs `work` on one of the threads.
    ///
    /// - Throws: ``ServiceProblem/overloaded`` at once when too many calls wait already, else what `work` throws.
    func run<Value: Sendable>(_ work: @escaping @Sendable () throws -> Value) async throws -> Value {
        try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Value, any Error>) in
            if !line.add({ continuation.resume(with: Result(catching: work)) }) {
                continuation.resume(throwing: ServiceProblem.overloaded)
            }
        }
    }
}

/// The calls that wait for a thread, in the order they came. The semaphore counts them, and the closings.
private final class Line: Sendable {
    private struct State {
        var jobs: [@Sendable () -> Void] = []
        var first = 0
        var running = 0
    }

    private let state = Mutex(State())
    private let signal = DispatchSemaphore(value: 0)
    private let threads: Int
    private let waiting: Int

    init(threads: Int, waiting: Int) {
        self.threads = threads
        self.waiting = waiting
    }

    /// Whether the job was taken on. Jobs that run count against the threads, not against those that wait.
    func add(_ job: @escaping @Sendable () -> Void) -> Bool {
        let added = state.withLock { state in
            guard state.jobs.count - state.first + state.running < threads + waiting else { return false }
            state.jobs.append(job)
            return true
        }
        if added { signal.signal() }
        return added
    }

    /// What each thread does until the line is closed and empty.
    func work() {
        while true {
            signal.wait()
            guard let job = take() else { return }
            job()
            state.withLock { $0.running -= 1 }
        }
    }

    /// Lets the threads end once nothing waits any more.
    func close() {
        for _ in 0..<threads { signal.signal() }
    }

    private func take() -> (@Sendable () -> Void)? {
        state.withLock { state in
            guard state.first < state.jobs.count else { return nil }
            let job = state.jobs[state.first]
            state.first += 1
            state.running += 1
            // The front of the array is given back now and then, not every time.
            if state.first == state.jobs.count || state.first >= 256 {
                state.jobs.removeFirst(state.first)
                state.first = 0
            }
            return job
        }
    }
}
