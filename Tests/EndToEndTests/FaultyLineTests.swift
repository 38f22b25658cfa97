import Foundation
import Testing
import TruckrollClient
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

    /// Both devices hold the same, each note once, and nothing waits.
    private func agree(on notes: [String]) throws {
        line.set(.none)
        for _ in 0..<2 { for tablet in [femke, other] { try tablet.does("sync") } }
        for tablet in [femke, other] {
            try tablet.does("audit")
            #expect(try tablet.notes(on: "000001") == notes.sorted())
            #expect(try tablet.read { try $0.read { try $0.outbox() } }.isEmpty)
        }
    }

    @Test("wherever an answer or a request is cut off, nothing of it is used, and the next visit doubles nothing", arguments: [true, false])
    func cut(isAnswer: Bool) throws {
        try femke.does("note", "000001", "whole")
        line.set(.none)
        try femke.does("sync")
        let whole = isAnswer ? line.carried.answered : line.carried.asked
        #expect(whole > 500)
        var notes = ["whole"]
        var broken = 0
        let places = (0..<16).map { whole * $0 / 16 } + [whole - 1]
        for place in places {
            notes.append("cut at \(place)")
            try femke.does("note", "000001", notes.last ?? "")
            let before = try #require(try femke.json("status")["checkpoint"] as? [String: Any])
            line.set(isAnswer ? .answerCut(after: place) : .requestCut(after: place))
            let result = try femke.tries("sync")
            line.set(.none)
            guard result.status != 0 else { continue }
            broken += 1
            #expect(result.status == 3, "cut at \(place): \(result.errors)")
            #expect(result.errors.contains("Nothing is lost") || result.errors.contains("nothing is lost"), "\(result.errors)")
            let after = try #require(try femke.json("status")["checkpoint"] as? [String: Any])
            if place < whole / 2 { #expect(after as NSDictionary == before as NSDictionary, "cut at \(place)") }
        }
        #expect(broken >= places.count - 3, "cuts break visits")
        try agree(on: notes)
    }

    @Test("what a line changes of a request is never taken for the device's")
    func changed() throws {
        try femke.does("note", "000001", "whole")
        line.set(.none)
        try femke.does("sync")
        let whole = line.carried.asked
        var notes = ["whole"]
        for place in stride(from: 0, to: whole, by: max(1, whole / 20)) {
            notes.append("changed at \(place)")
            try femke.does("note", "000001", notes.last ?? "")
            line.set(.requestChanged(at: place))
            let result = try femke.tries("sync")
            if result.status != 0 { #expect(!result.errors.isEmpty, "changed at \(place)") }
        }
        try agree(on: notes)
    }

    @Test("a line that parts and heals again and again loses nothing, doubles nothing, and leaves no queue stuck")
    func partings() throws {
        var random = SystemRandomNumberGenerator()
        var notes: [String] = []
        for round in 0..<30 {
            for tablet in [femke, other] {
                notes.append("\(round) of \(tablet.folder.lastPathComponent)")
                try tablet.does("note", "000001", notes.last ?? "")
            }
            let place = Int.random(in: 0..<6000, using: &random)
            line.set([.parted, .answerCut(after: place), .requestCut(after: place), .none].randomElement(using: &random) ?? .none)
            let status = try femke.tries("sync").status
            #expect(status == 0 || status == 3)
            if round % 3 == 0 { try other.does("sync") }
        }
        try agree(on: notes)
    }

    @Test("a server that falls silent is given up on; what waits stays, and goes when it speaks again")
    func silence() throws {
        try femke.does("note", "000001", "into silence")
        line.set(.silence)
        let result = try femke.tries("sync")
        #expect(result.status == 3, "\(result.errors)")
        #expect(result.errors.contains("did not answer in time"), "\(result.errors)")
        #expect(try femke.read { try $0.read { try $0.outbox() } }.count == 1)
        try agree(on: ["into silence"])
    }

    @Test("a device that watches hears of news though its stream has died silently")
    func deadStream() throws {
        let watch = Process()
        watch.executableURL = ServerProcess.executable("truckroll-field")
        watch.arguments = ["sync", "--watch", "--store", femke.store]
        watch.standardOutput = FileHandle.nullDevice
        try watch.run()
        defer {
            watch.terminate()
            watch.waitUntilExit()
        }
        // The stream stands when bytes of it have come.
        let begin = Date()
        while line.carried.answered < 500, Date().timeIntervalSince(begin) < 60 { usleep(200_000) }
        usleep(2_000_000)
        line.silenceOpenConnections()
        try other.does("note", "000001", "news")
        try other.does("sync")
        usleep(1_000_000)
        #expect(try femke.notes(on: "000001").isEmpty, "the stream is dead")
        // By a new connection it hears of them; on one it had kept it has to give up first.
        let end = Date().addingTimeInterval(200)
        var heard: [String] = []
        while heard.isEmpty, Date() < end {
            usleep(1_000_000)
            heard = (try? femke.notes(on: "000001")) ?? []
        }
        #expect(heard == ["news"])
    }
}
