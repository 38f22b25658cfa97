import FaultyNetwork
import Foundation
import Synchronization
import Testing
import TruckrollClient
import TruckrollCore
import TruckrollDomain
import TruckrollSync

/// Two technicians' devices and a server, and a line between them that loses what it carries.
@Suite("A line that breaks")
struct FaultyLineTests {
    private let server: ServerProcess
    private let directory: URL
    private let line: FaultyLine
    /// Reaches the server by the line.
    private let femke: Tablet
    /// Reaches it past the line.
    private let other: Tablet

    init() throws {
        server = try ServerProcess()
        try server.start()
        directory = try ServerProcess.directory()
        line = try FaultyLine(to: server.port)
        femke = try Tablet("P0101", of: server, in: directory)
        other = try Tablet("P0101", of: server, in: directory, named: "other")
        try femke.does("server", line.url)
    }

    /// T of Protocol/consistency.md.
    private static let agreement: Duration = .seconds(30)
    /// How often the line parts and heals: `TRUCKROLL_PARTINGS`.
    private static let partings = ProcessInfo.processInfo.environment["TRUCKROLL_PARTINGS"].flatMap(Int.init) ?? 30

    /// Both devices hold the same before T is over, each note once, and nothing waits.
    private func agree(on notes: [String]) throws {
        line.set(.init())
        let begun = ContinuousClock.now
        for _ in 0..<2 { for tablet in [femke, other] { try tablet.does("sync") } }
        #expect(ContinuousClock.now - begun < Self.agreement)
        for tablet in [femke, other] {
            try tablet.does("audit")
            #expect(try tablet.notes(on: "000001") == notes.sorted())
            #expect(try tablet.read { try $0.read { try $0.outbox() } }.isEmpty)
        }
    }

    private struct Standing: Equatable {
        let position: UInt64
        let waiting: Int
    }

    private func state() throws -> Standing {
        try femke.read { client in
            try client.read { Standing(position: try $0.state().checkpoint?.position.rawValue ?? 0, waiting: try $0.outbox().count) }
        }
    }

    @Test("wherever an answer or a request is cut off, nothing of it is used, and the next visit doubles nothing", arguments: [true, false])
    func cut(isAnswer: Bool) throws {
        try femke.does("note", "000001", "whole")
        line.set(.init())
        try femke.does("sync")
        let whole = isAnswer ? line.traffic.answerBytes : line.traffic.requestBytes
        #expect(whole > 500)
        var notes = ["whole"]
        let places = (0..<16).map { whole * $0 / 16 } + [whole - 1]
        for place in places {
            notes.append("cut at \(place)")
            try femke.does("note", "000001", notes.last ?? "")
            let before = try state()
            line.set(.with { if isAnswer { $0.answerBytes = place } else { $0.requestBytes = place } })
            let result = try femke.tries("sync")
            let isCut = line.traffic.struck > 0
            line.set(.init())
            #expect(isCut || place > whole / 2, "cut at \(place)")
            guard isCut else { continue }
            #expect(result.status == 3, "cut at \(place): \(result.errors)")
            #expect(result.errors.lowercased().contains("nothing is lost"), "\(result.errors)")
            // All of an answer that came whole before it, or nothing: the set waits at the old checkpoint, or is answered at a new one.
            let after = try state()
            #expect(after == before || after.waiting == 0 && after.position > before.position, "cut at \(place): \(before), \(after)")
        }
        try agree(on: notes)
    }

    @Test("what a line changes of a request is never taken for the device's")
    func changed() throws {
        try femke.does("note", "000001", "whole")
        line.set(.init())
        try femke.does("sync")
        let whole = line.traffic.requestBytes
        var notes = ["whole"]
        var (changed, refused) = (0, 0)
        for place in stride(from: 0, to: whole, by: max(1, whole / 20)) {
            notes.append("changed at \(place)")
            try femke.does("note", "000001", notes.last ?? "")
            line.set(.with { $0.changedRequestByte = place })
            let result = try femke.tries("sync")
            changed += line.traffic.struck
            if result.status != 0 {
                refused += 1
                #expect(!result.errors.isEmpty, "changed at \(place)")
            }
        }
        #expect(changed >= 15 && refused > 0)
        try agree(on: notes)
    }

    @Test("a line that parts and heals again and again loses nothing, doubles nothing, and leaves no queue stuck")
    func partings() throws {
        let seed = UInt64.random(in: 0 ... .max)
        var number = seed
        func random(below bound: Int) -> Int {
            // Knuth's MMIX generator; its high bits are the good ones.
            number = number &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int((number >> 33) % UInt64(bound))
        }
        var notes: [String] = []
        for round in 0..<Self.partings {
            for tablet in [femke, other] {
                notes.append("\(round) of \(tablet.folder.lastPathComponent)")
                try tablet.does("note", "000001", notes.last ?? "")
            }
            let place = random(below: 6000)
            let kind = random(below: 4)
            line.set(
                .with { faults in
                    switch kind {
                    case 0: faults.isParted = true
                    case 1: faults.answerBytes = place
                    case 2: faults.requestBytes = place
                    default: break
                    }
                })
            let status = try femke.tries("sync").status
            #expect(status == 0 || status == 3, "seed \(seed), round \(round), fault \(kind)")
            if round % 3 == 0 { try other.does("sync") }
        }
        try agree(on: notes)
    }

    @Test("a server that falls silent is given up on; what waits stays, and goes when it speaks again")
    func silence() throws {
        try femke.does("note", "000001", "into silence")
        line.set(.with { $0.isSilent = true })
        let result = try femke.tries("sync")
        #expect(result.status == 3, "\(result.errors)")
        #expect(result.errors.contains("did not answer in time"), "\(result.errors)")
        #expect(try femke.read { try $0.read { try $0.outbox() } }.count == 1)
        try agree(on: ["into silence"])
    }

    /// What becomes of a device's requests.
    enum Silence: String, CaseIterable {
        /// None arrives.
        case parted
        /// All arrive, and no answer comes back.
        case deaf
        /// It is let in, and of what it brings nobody says that it came.
        case deafToSync

        var faults: FaultyLine.Faults {
            .with { faults in
                switch self {
                case .parted: faults.isParted = true
                case .deaf: faults.answerBytes = 0
                case .deafToSync: faults.unansweredPath = "/sync"
                }
            }
        }
    }

    @Test(
        "a device that watches asks little while for ten minutes no answer comes, keeps its outbox, and doubles nothing",
        arguments: Silence.allCases)
    func tenMinutes(silence: Silence) async throws {
        let notes = (0..<3).map { "written in silence \($0)" }
        for note in notes { try femke.does("note", "000001", note) }
        line.set(silence.faults)
        let clock = ImpatientClock()
        let attempts = Mutex(0)
        let client = try DeviceClient(directory: femke.folder)
        let watch = Task {
            try await client.watch(clock: clock) { device, result in
                attempts.withLock { $0 += 1 }
                #expect(throws: TransportProblem.self) { try result.get() }
                #expect((try? device.read { try $0.outbox() }.count) == notes.count)
                // The time in which a device waits for an answer is none here, so that it tries more often than it would.
                if clock.now.time > .seconds(600) { withUnsafeCurrentTask { $0?.cancel() } }
            }
        }
        try await watch.value
        let traffic = line.traffic
        // Four pauses that grow, then the longest, shortened by luck by at most a quarter.
        let most = 5 + Int(.seconds(600) / (WatchPace.longest * 0.75))
        #expect((5...most).contains(attempts.withLock { $0 }))
        switch silence {
        case .parted: #expect(traffic.requests == 0)
        // It asks for a challenge, and goes no further.
        case .deaf: #expect((1...most).contains(traffic.requests))
        // Challenge, sign-in, sync.
        case .deafToSync: #expect((1...3 * most).contains(traffic.requests) && traffic.struck > 0)
        }
        try agree(on: notes)
    }

    @Test("a device that watches hears of news though its stream has died silently, and without asking for them meanwhile")
    func deadStream() async throws {
        let news = Mutex<[String]>([])
        let client = try DeviceClient(directory: femke.folder)
        let watch = Task {
            // No poll comes in time: only the stream's end can bring the news.
            try await client.watch(poll: .seconds(3600)) { device, _ in
                let notes = (try? device.read { try $0.views("note").compactMap { $0.text("text") } }) ?? []
                news.withLock { $0 = notes }
            }
        }
        defer { watch.cancel() }
        try await until { line.traffic.streams > 0 }
        line.silenceOpenConnections()
        try other.does("note", "000001", "news")
        try other.does("sync")
        try await until { news.withLock { $0 } == ["news"] }
    }

    /// Waits for something that other processes do, for four minutes at most.
    private func until(_ isSo: () -> Bool) async throws {
        let end = ContinuousClock.now + .seconds(240)
        while !isSo() {
            try #require(ContinuousClock.now < end)
            try await Task.sleep(for: .milliseconds(100))
        }
    }
}

/// A clock for which nobody waits: whoever sleeps moves it.
private final class ImpatientClock: Clock {
    struct Instant: InstantProtocol {
        let time: Duration
        func advanced(by duration: Duration) -> Instant { Instant(time: time + duration) }
        func duration(to other: Instant) -> Duration { other.time - time }
        static func < (first: Instant, second: Instant) -> Bool { first.time < second.time }
    }

    private let time = Mutex(Duration.zero)

    var now: Instant { Instant(time: time.withLock { $0 }) }
    var minimumResolution: Duration { .zero }

    func sleep(until deadline: Instant, tolerance: Duration?) async throws {
        try Task.checkCancellation()
        time.withLock { $0 = max($0, deadline.time) }
    }
}
