import Foundation
import Synchronization
import Testing
import TruckrollClient
import TruckrollCore
import TruckrollDomain
import TruckrollProtocol
import TruckrollSync

@Suite("A clock that is set between syncs")
struct SteadyClockTests {
    /// A machine whose clock and restarts a test decides.
    final class Machine: Sendable {
        let state = Mutex((clock: Bench.morning, uptime: Int64(5_000_000), run: "first"))
        let reading = Mutex<[UInt8]>([])

        var uptime: Uptime { state.withLock { Uptime(run: $0.run, milliseconds: $0.uptime) } }

        /// The clock as a command begun now sees it.
        var steady: SteadyClock {
            let clock = SteadyClock(clock: { [self] in state.withLock { $0.clock } }, uptime: { [self] in uptime })
            clock.goOn(from: reading.withLock { $0 })
            return clock
        }

        var environment: DeviceEnvironment {
            DeviceEnvironment(
                now: { [self] in state.withLock { $0.clock } }, offsetMinutes: { _ in 60 }, random: { [UInt8](repeating: 7, count: $0) },
                uptime: { [self] in uptime })
        }

        func note() {
            let reading = steady.reading()
            self.reading.withLock { $0 = reading }
        }

        func set(by milliseconds: Int64) { state.withLock { $0.clock += milliseconds } }

        func pass(_ milliseconds: Int64) {
            state.withLock {
                $0.clock += milliseconds
                $0.uptime += milliseconds
            }
        }
    }

    /// A server that answers syncs with what a test says, and is gone after that.
    private final class Script: SyncTransport {
        let replies = Mutex<[PBSyncReply]>([])

        private struct Unasked: Error {}

        func open() async throws {}
        func sync(_ request: PBSyncRequest) async throws -> PBSyncReply {
            guard let reply = replies.withLock({ $0.isEmpty ? nil : $0.removeFirst() }) else { throw TransportProblem.offline("the line broke") }
            return reply
        }
        func versions() async -> SpokenVersions? { nil }
        func enrol(_ request: PBEnrolRequest) async throws -> PBEnrolment { throw Unasked() }
        func challenge(_ request: PBChallengeRequest) async throws -> PBChallenge { throw Unasked() }
        func signIn(_ request: PBSignInRequest) async throws -> PBSignIn { throw Unasked() }
        func audit(_ request: PBAuditRequest) async throws -> PBAuditReply { throw TransportProblem.offline("the line broke") }
        func devices(_ request: PBDevicesRequest) async throws -> PBDevicesReply { throw Unasked() }
        func availability(_ request: PBAvailabilityRequest) async throws -> PBAvailabilityReply { throw Unasked() }
        func repair(_ request: PBRepairRequest) async throws -> PBRepairReply { throw Unasked() }
        func carry(_ request: PBCarryRequest) async throws -> PBCarryReply { throw Unasked() }
        func newReplica(_ request: PBReplicaRequest) async throws -> PBEnrolment { throw Unasked() }
        func putAttachment(sha256: [UInt8], content: AttachmentContent, onProgress: (@Sendable (Int) -> Void)?) async throws { throw Unasked() }
        func hasAttachment(sha256: [UInt8]) async throws -> Bool { throw Unasked() }
        func getAttachment(sha256: [UInt8]) async throws -> [UInt8] { throw Unasked() }
        func fetchAttachment(sha256: [UInt8], into path: String) async throws { throw Unasked() }
        func fetchSegment(sha256: [UInt8], through path: String) async throws -> [UInt8] { throw Unasked() }
        func stream(after position: Position) -> AsyncThrowingStream<HeadEvent, any Error> { AsyncThrowingStream { $0.finish() } }
    }

    private static let day: Int64 = 86_400_000

    @Test("goes on as if nobody had set it, right or wrong, until the next sync", arguments: [40 * day, -40 * day, 61_000])
    func set(by shift: Int64) {
        let machine = Machine()
        machine.note()
        machine.pass(3_600_000)
        machine.set(by: shift)
        #expect(machine.steady.now() == Bench.morning + 3_600_000)
        #expect(machine.steady.wasSetBy() == shift)
        machine.pass(1_000)
        #expect(machine.steady.now() == Bench.morning + 3_601_000)
        // The next sync measures the clock as it is.
        machine.note()
        #expect(machine.steady.wasSetBy() == 0)
        #expect(machine.steady.now() == Bench.morning + 3_601_000 + shift)
    }

    @Test(
        "counts as it is before the first sync, after a restart of the machine, where it was only adjusted, and where the uptime went back",
        arguments: 0..<4)
    func asItIs(_ way: Int) {
        let machine = Machine()
        if way > 0 { machine.note() }
        machine.state.withLock {
            if way == 1 { ($0.run, $0.uptime) = ("second", 10) }
            if way == 3 { $0.uptime = 10 }
            $0.clock += way == 2 ? 59_000 : Self.day
        }
        #expect(machine.steady.now() == machine.state.withLock { $0.clock })
        #expect(machine.steady.wasSetBy() == 0)
    }

    @Test("counts as it is where the reading is none, or beyond all numbers", arguments: ["", "{}", reading(.max), reading(.min)])
    func unreadable(_ reading: String) {
        let machine = Machine()
        machine.reading.withLock { $0 = Array(reading.utf8) }
        #expect(machine.steady.wasSetBy() == 0)
    }

    private static func reading(_ clock: Int64) -> String { #"{"uptime":{"run":"first","milliseconds":-9223372036854775808},"clock":\#(clock)}"# }

    // MARK: What a device records

    /// The reply of a server whose clock is right.
    private func reply(_ machine: Machine, ahead: Int64) -> PBSyncReply {
        var reply = PBSyncReply()
        reply.serverTime = UInt64(machine.state.withLock { $0.clock } - ahead)
        return reply
    }

    private func madeAt(_ bench: Bench) throws -> Int64 {
        _ = try bench.client.addNote("when?", to: bench.world.order)
        return try #require(bench.client.read { try $0.outbox() }.last).madeAt
    }

    @Test("is noted by whatever reply tells the server's time, also where the sync then comes to nothing", arguments: [40 * day, -40 * day, 0])
    func recorded(ahead: Int64) async throws {
        let (machine, script) = (Machine(), Script())
        let bench = try Bench(environment: machine.environment, transport: script)
        // No reply answers it, so the sync gives up after the first.
        _ = try bench.client.addNote("waits", to: bench.world.order)
        machine.set(by: ahead)
        script.replies.withLock { $0 = [reply(machine, ahead: ahead)] }
        await #expect(throws: (any Error).self) { try await bench.client.sync() }
        #expect(try madeAt(bench) == Bench.morning)
        #expect(bench.client.clockWasSetBy == 0)
        machine.pass(3_600_000)
        for (shift, sum) in [(Self.day, Self.day), (-3 * Self.day, -2 * Self.day)] {
            machine.set(by: shift)
            #expect(try madeAt(bench) == Bench.morning + 3_600_000)
            #expect(bench.client.clockWasSetBy == sum)
            // So it is for the next command.
            let next = try bench.client.read { try $0.state() }
            let steady = SteadyClock(clock: machine.environment.now, uptime: machine.environment.uptime)
            steady.goOn(from: next.clockReading)
            #expect(steady.wasSetBy() == sum)
        }
    }

    @Test("is not taken anew by a reply whose offset is not: times stay as they were")
    func otherHistory() async throws {
        let (machine, script) = (Machine(), Script())
        let bench = try Bench(environment: machine.environment, transport: script)
        script.replies.withLock { $0 = [reply(machine, ahead: 0)] }
        try await bench.client.sync()
        machine.set(by: 40 * Self.day)
        var changed = reply(machine, ahead: 40 * Self.day)
        changed.historyChanged.epoch = 77
        script.replies.withLock { $0 = [changed] }
        await #expect(throws: (any Error).self) { try await bench.client.sync() }
        #expect(try madeAt(bench) == Bench.morning)
        #expect(bench.client.clockWasSetBy == 40 * Self.day)
    }
}
