import Foundation
import TruckrollSimulation

/// Many seeds over a few threads.
struct Series {
    struct Result {
        var played = 0
        var met = Occurrences()
        var failures: [SeedRun] = []
    }

    let seeds: Range<UInt64>
    let jobs: Int
    let options: SimulationOptions
    let world: StartingWorld

    /// - Parameter progress: called after each seed, with the number played so far and what broke in this one.
    func run(keepGoing: Bool, progress: @escaping @Sendable (Int, SeedRun) -> Void) -> Result {
        let state = State(next: seeds.lowerBound)
        let (seeds, options, world) = (seeds, options, world)
        DispatchQueue.concurrentPerform(iterations: jobs) { _ in
            while let seed = state.take(below: seeds.upperBound, keepGoing: keepGoing) {
                var options = options
                let isReal = options.realSignatures
                options.seed = seed
                options = SimulationOptions(
                    seed: seed, devices: options.devices, hours: options.hours, actsPerHour: options.actsPerHour, faults: options.faults,
                    realSignatures: isReal && self.options.seed % 20 != 0 ? true : nil)
                let run = SeedRun.play(options, world)
                progress(state.add(run), run)
            }
        }
        return state.result
    }

    private final class State: @unchecked Sendable {
        private let lock = NSLock()
        private var next: UInt64
        private(set) var result = Result()

        init(next: UInt64) { self.next = next }

        func take(below end: UInt64, keepGoing: Bool) -> UInt64? {
            lock.withLock {
                guard next < end, keepGoing || result.failures.isEmpty else { return nil }
                defer { next += 1 }
                return next
            }
        }

        func add(_ run: SeedRun) -> Int {
            lock.withLock {
                result.played += 1
                result.met = result.met + run.met
                if run.violation != nil { result.failures.append(run) }
                return result.played
            }
        }
    }
}
