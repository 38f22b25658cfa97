import ArgumentParser
import Foundation
import TruckrollDomain
import TruckrollSimulation

/// `truckroll-simulate`: plays seeds until one breaks a promise.
public struct SimulateCommand: ParsableCommand {
    public static let configuration = CommandConfiguration(
        commandName: "truckroll-simulate",
        abstract: "Play whole working days of a server and its devices, with everything that can go wrong.",
        discussion: """
            Each seed is one company's day: the real engines of server and devices in one process, virtual time, and a network, \
            clocks and disks that fail as the seed says. At the end everybody comes online, and every promise is checked against \
            a model made from scratch. A seed that fails is shrunk to its shortest list of steps and printed; it fails again \
            in the same way whenever it is played.

              truckroll-simulate --runs 1000
              truckroll-simulate --seed 4711 --runs 1 --steps
              truckroll-simulate --runs 200 --faults network,crash --devices 3 --hours 4
              truckroll-simulate --replay failing.json

            EXIT STATUS: 0 no promise was broken, 1 one was, 64 bad usage.
            """,
        version: SoftwareRelease.version)

    @Option(help: "The first seed.") var seed: UInt64 = 1
    @Option(help: "How many seeds, counting up.") var runs = 100
    @Option(help: "Devices at the beginning.") var devices = 5
    @Option(help: "Hours of virtual time in which people work.") var hours = 8
    @Option(help: "What people do in an hour on one device.") var actsPerHour = 20
    @Option(help: "The faults to play, separated by commas: \(Fault.allCases.map(\.rawValue).joined(separator: ", ")); all or none.")
    var faults = "all"
    @Option(help: "Threads.") var jobs = 1
    @Flag(help: "Use real signatures in every seed, not in one of twenty.") var signatures = false
    @Flag(help: "Print the steps of each seed.") var steps = false
    @Flag(help: "Do not shrink a failing seed.") var noShrink = false
    @Flag(help: "Go on after a failing seed.") var keepGoing = false
    @Flag(help: "Print JSON.") var json = false
    @Option(help: "Play the steps of a file that a failing seed left.") var replay: String?
    @Option(help: "Where a failing seed leaves its steps.") var output = "simulation-failure.json"

    public init() {}

    public func validate() throws {
        for (name, value, bounds) in [
            ("--runs", runs, 1...1_000_000_000), ("--devices", devices, Self.devicesPlayed), ("--hours", hours, Self.hoursPlayed),
            ("--acts-per-hour", actsPerHour, 1...1000), ("--jobs", jobs, 1...1024),
        ] where !bounds.contains(value) {
            throw ValidationError("\(name) is from \(bounds.lowerBound) to \(bounds.upperBound).")
        }
        guard !seed.addingReportingOverflow(UInt64(runs)).overflow else {
            throw ValidationError("--seed and --runs together stay below \(UInt64.max).")
        }
        _ = try chosenFaults()
    }

    /// What one process can play.
    static let devicesPlayed = 2...200
    static let hoursPlayed = 1...1000

    private func chosenFaults() throws -> Set<Fault> {
        if faults == "all" { return Set(Fault.allCases) }
        if faults == "none" { return [] }
        return Set(
            try faults.split(separator: ",").map { name in
                guard let fault = Fault(rawValue: String(name)) else {
                    throw ValidationError("“\(name)” is no fault. There are \(Fault.allCases.map(\.rawValue).joined(separator: ", ")).")
                }
                return fault
            })
    }

    public func run() throws {
        if let replay { return try play(file: replay) }
        let world = try StartingWorld(devices: devices)
        if steps {
            for seed in seed..<(seed + UInt64(runs)) {
                var generator = StepGenerator(options: try options(seed))
                print("seed \(seed)")
                for step in generator.steps() { print("  \(step.words)") }
            }
        }
        let series = Series(seeds: seed..<(seed + UInt64(runs)), jobs: jobs, options: try options(seed), world: world)
        let start = ContinuousClock.now
        let (isQuiet, runs) = (json, runs)
        let result = series.run(keepGoing: keepGoing) { done, run in
            // A series that is cut off has told what it found.
            if let violation = run.violation {
                FileHandle.standardError.write(Data("seed \(run.options.seed) broke \(violation)\n".utf8))
            }
            if !isQuiet, done % 100 == 0 { FileHandle.standardError.write(Data("\(done) of \(runs) seeds\r".utf8)) }
        }
        let seconds = Double((ContinuousClock.now - start).components.seconds) + Double((ContinuousClock.now - start).components.attoseconds) / 1e18
        try report(result, seconds)
        for failure in result.failures { try explain(failure, world) }
        if !result.failures.isEmpty { throw ExitCode(1) }
    }

    private func options(_ seed: UInt64) throws -> SimulationOptions {
        SimulationOptions(
            seed: seed, devices: devices, hours: hours, actsPerHour: actsPerHour, faults: try chosenFaults(),
            realSignatures: signatures ? true : nil)
    }

    private func report(_ result: Series.Result, _ seconds: Double) throws {
        let rate = Double(result.played) / seconds * 3600 / Double(jobs)
        guard !json else {
            var object: [String: Any] = [
                "seeds": result.played, "failures": result.failures.map { "\($0.options.seed)" }, "seconds": seconds, "seeds_per_core_and_hour": rate,
            ]
            for (name, path) in Occurrences.fields { object[name] = result.met[keyPath: path] }
            print(String(decoding: try JSONSerialization.data(withJSONObject: object, options: [.sortedKeys, .prettyPrinted]), as: UTF8.self))
            return
        }
        print("\(result.played) seeds in \(String(format: "%.1f", seconds)) s, \(Int(rate)) a core and hour; \(result.failures.count) failed")
        for name in Occurrences.fields.keys.sorted() {
            guard let path = Occurrences.fields[name] else { continue }
            print("  \(name.split(separator: "_").joined(separator: " ")): \(result.met[keyPath: path])")
        }
    }

    private func explain(_ failure: SeedRun, _ world: StartingWorld) throws {
        guard let violation = failure.violation else { return }
        print("seed \(failure.options.seed) broke \(violation)")
        guard !noShrink else { return }
        let small = failure.shrunk(world)
        print(
            "shrunk to \(small.steps.count) steps on \(Set(small.steps.map { $0.device % devices }).count) devices: \(small.violation.map { "\($0)" } ?? "")"
        )
        for step in small.steps { print("  \(step.words)") }
        let file = StepFile(
            seed: failure.options.seed, devices: devices, hours: hours, realSignatures: failure.options.realSignatures, steps: small.steps)
        try JSONEncoder().encode(file).write(to: URL(fileURLWithPath: output))
        print("truckroll-simulate --replay \(output) plays it again.")
    }

    private func play(file: String) throws {
        let stored = try StepFile(path: file)
        let world = try StartingWorld(devices: stored.devices)
        let options = SimulationOptions(
            seed: stored.seed, devices: stored.devices, hours: stored.hours, realSignatures: stored.realSignatures)
        let run = SeedRun.play(options, world, steps: stored.steps, picturing: steps)
        for line in run.picture { print(line) }
        for step in stored.steps { print("  \(step.words)") }
        print(run.violation.map { "broke \($0)" } ?? "nothing was broken")
        if run.violation != nil { throw ExitCode(1) }
    }
}

/// A list of steps with what it takes to play it.
struct StepFile: Codable {
    let seed: UInt64
    let devices: Int
    let hours: Int
    let realSignatures: Bool
    let steps: [Step]
}

extension StepFile {
    /// Reads the file that a failing seed left.
    ///
    /// - Throws: `ValidationError` when there is none, or its numbers are not what a seed is played with.
    init(path: String) throws {
        guard let content = FileManager.default.contents(atPath: path) else {
            throw ValidationError("There is no file \(path). Name the one that a failing seed left.")
        }
        guard let file = try? JSONDecoder().decode(StepFile.self, from: content), SimulateCommand.devicesPlayed.contains(file.devices),
            SimulateCommand.hoursPlayed.contains(file.hours), file.steps.allSatisfy(\.isPlayable)
        else { throw ValidationError("\(path) is not a file that a failing seed left. Name another one, or play the seed itself.") }
        self = file
    }
}

extension Step {
    /// Milliseconds of a thousand days: no step takes longer.
    private static let longest: Int64 = 86_400_000_000

    /// Whether its numbers are such as a generator makes.
    var isPlayable: Bool {
        guard device >= 0, (0...Self.longest).contains(pause) else { return false }
        return switch action {
        case .moveClock(let milliseconds): milliseconds.magnitude <= Self.longest.magnitude * 100
        case .crashDevice(let write), .crashServer(let write): write >= 0
        default: true
        }
    }
}
