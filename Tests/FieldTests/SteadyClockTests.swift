import Foundation
import Synchronization
import Testing
import TruckrollClient
import TruckrollCore
import TruckrollDomain

@Suite("A clock that is set between syncs")
struct SteadyClockTests {
    /// A machine whose clock and restarts a test decides.
    final class Machine: Sendable {
        let state = Mutex((clock: Bench.morning, uptime: Int64(5_000_000), run: "first"))
        let file = FileManager.default.temporaryDirectory.appendingPathComponent("truckroll-clock-\(UInt64.random(in: 0 ... .max)).json")

        deinit { try? FileManager.default.removeItem(at: file) }

        /// The clock as a command begun now sees it.
        var steady: SteadyClock {
            SteadyClock(
                file: file, clock: { [self] in state.withLock { $0.clock } },
                uptime: { [self] in state.withLock { Uptime(run: $0.run, milliseconds: $0.uptime) } })
        }

        func pass(_ milliseconds: Int64) {
            state.withLock {
                $0.clock += milliseconds
                $0.uptime += milliseconds
            }
        }
    }

    private static let day: Int64 = 86_400_000

    @Test("goes on as if nobody had set it, right or wrong, until the next sync", arguments: [40 * day, -40 * day, 61_000])
    func set(by shift: Int64) {
        let machine = Machine()
        machine.steady.note()
        machine.pass(3_600_000)
        machine.state.withLock { $0.clock += shift }
        #expect(machine.steady.now() == Bench.morning + 3_600_000)
        #expect(machine.steady.wasSetBy() == shift)
        machine.pass(1_000)
        #expect(machine.steady.now() == Bench.morning + 3_601_000)
        // The next sync measures the clock as it is.
        machine.steady.note()
        #expect(machine.steady.wasSetBy() == 0)
        #expect(machine.steady.now() == Bench.morning + 3_601_000 + shift)
    }

    @Test("a sync of many replies notes it once, and one after a restart of the machine anew")
    func noted() throws {
        let machine = Machine()
        let clock = machine.steady
        clock.note()
        let first = try Data(contentsOf: machine.file)
        for _ in 0..<3 {
            machine.pass(20_000)
            clock.note()
        }
        #expect(try Data(contentsOf: machine.file) == first)
        machine.state.withLock { ($0.run, $0.uptime) = ("second", 10) }
        clock.note()
        #expect(try Data(contentsOf: machine.file) != first)
    }

    @Test("counts as it is before the first sync, after a restart of the machine, and where it was only adjusted", arguments: 0..<3)
    func asItIs(_ way: Int) {
        let machine = Machine()
        if way > 0 { machine.steady.note() }
        machine.state.withLock {
            if way == 1 { ($0.run, $0.uptime) = ("second", 10) }
            $0.clock += way == 2 ? 59_000 : Self.day
        }
        #expect(machine.steady.now() == machine.state.withLock { $0.clock })
        #expect(machine.steady.wasSetBy() == 0)
    }

    @Test("is the clock of what a device records")
    func recorded() throws {
        let machine = Machine()
        let directory = machine.file.deletingPathExtension()
        defer { try? FileManager.default.removeItem(at: directory) }
        let environment = DeviceEnvironment(
            now: { machine.state.withLock { $0.clock } }, offsetMinutes: { _ in 60 }, random: { [UInt8](repeating: 7, count: $0) },
            uptime: { machine.state.withLock { Uptime(run: $0.run, milliseconds: $0.uptime) } })
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        SteadyClock(file: directory.appendingPathComponent("clock.json"), clock: environment.now, uptime: environment.uptime).note()
        machine.state.withLock { $0.clock += 40 * Self.day }
        let client = try DeviceClient(directory: directory, environment: environment)
        #expect(try client.now().milliseconds == Bench.morning)
        #expect(client.clockWasSetBy == 40 * Self.day)
    }
}
