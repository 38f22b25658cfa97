import ArgumentParser
import CommandSupport
import FieldCommands
import Foundation
import Testing
import TruckrollClient
import TruckrollCore
import TruckrollDomain
import TruckrollStoreSQLite
import TruckrollSync
import TruckrollTerminal

@Suite("The command line")
struct CommandTests {
    /// Runs a command in an unenrolled store or a given one.
    private func run(_ arguments: [String], store: URL) async -> (code: Int32, output: String, errors: String) {
        let (output, errors) = (Transcript(), Transcript())
        let code: Int32 = await Console.$output.withValue(output.terminal()) {
            await Console.$errors.withValue(errors.terminal()) {
                await Console.$connect.withValue({ _, _ in throw TransportProblem.offline("no network in this test", detail: "errno: 101") }) {
                    do {
                        var command = try FieldCommand.parseAsRoot(arguments + ["--store", store.path])
                        if var command = command as? any AsyncParsableCommand { try await command.run() } else { try command.run() }
                        return 0
                    } catch { return FieldCommand.exitCode(for: error).rawValue }
                }
            }
        }
        return (code, output.text, errors.text)
    }

    private func temporary() -> URL {
        FileManager.default.temporaryDirectory.appendingPathComponent("truckroll-field-tests-\(UInt64.random(in: 0 ... .max))")
    }

    @Test(
        "a device that is not enrolled says so, whatever it is asked, and leaves no folder behind",
        arguments: [["jobs"], ["status"], ["show", "1"], ["why", "a/b", "c"], ["attention"], ["part", "van"], ["sync"], ["note", "1", "text"]])
    func notEnrolled(arguments: [String]) async {
        let store = temporary()
        let result = await run(arguments, store: store)
        #expect(result.code == 1)
        #expect(result.errors.contains("error: ") && result.errors.contains("not enrolled") && result.errors.contains("--store"))
        #expect(!FileManager.default.fileExists(atPath: store.path))
    }

    @Test("an enrolment that was begun offline is not one yet")
    func begun() async {
        let store = temporary()
        defer { try? FileManager.default.removeItem(at: store) }
        #expect(await run(["enrol", "--server", "https://truckroll.example", "--code", "X"], store: store).code == 3)
        let result = await run(["jobs"], store: store)
        #expect(result.code == 1)
        #expect(result.errors.contains("not enrolled"))
    }

    @Test("enrolling without a network is offline and loses nothing")
    func offline() async {
        let result = await run(["enrol", "--server", "https://truckroll.example", "--code", "X"], store: temporary())
        #expect(result.code == 3)
        #expect(result.errors.contains("offline") && !result.errors.contains("errno"))
    }

    @Test(
        "bad usage ends with 64",
        arguments: [
            ["jobs", "--day", "x"], ["nonsense"], ["reading"], ["enrol", "--server", "x", "--code", "y"], ["sign", "1"],
            ["sign", "1", "--name", "R. Meier"], ["edit", "1"],
            ["jobs", "--clock", "noon"],
            ["note", "1", ""], ["note", "1", " \n\t"], ["new", " ", "--site", "x"], ["edit", "1", "--title", ""], ["finding", "1", ""],
            ["task", "add", "1", " "], ["task", "answer", "1", "2", ""], ["pause", "1", "--reason", " "], ["sign", "1", "--name", ""],
            ["set-fitness", "1", "due", "--reason", ""], ["certify", "1", "--asset", "a", "--supersede", " "],
            ["sign", "1", "--name", "R. Meier", "--refuse", "--reason", "no", "--strokes", "s.json"],
            ["certify", "1", "--asset", "a", "--strokes", "s.json"],
        ])
    func usage(arguments: [String]) async {
        #expect(await run(arguments, store: temporary()).code == 64)
    }

    @Test("a working day without a network: refusals end with 2, sync with 3, and JSON is JSON")
    func workingDay() async throws {
        let bench = try Bench()
        try (bench.client.engine.store as? SQLiteDeviceStore)?.close()
        func field(_ line: String) async -> (code: Int32, output: String, errors: String) {
            await run(
                line.split(separator: " ").map { String($0).replacing("_", with: " ") } + ["--clock", "2026-11-23T08:00:00+01:00"],
                store: bench.directory)
        }
        #expect(await field("jobs").output.contains("2026-0042"))
        let refusal = await field("complete 0042")
        #expect(refusal.code == 2)
        #expect(refusal.errors.contains("error: ") && refusal.errors.contains("First: accept, travel, arrive, start"))
        for line in [
            "accept 0042", "travel 0042", "arrive 0042 --place 50.9,-6.9", "start 0042", "task done 0042 1", "task answer 0042 2 permit_4711 --done",
        ] {
            #expect(await field(line).code == 0, "\(line)")
        }
        #expect(await field("reading 0042 as-found span --applied 50 --indicated -1 --asset GD-101 --cylinder CYL-50").code == 0)
        #expect(await field("reading 0042 as-found span --applied 50 --indicated 47 --asset GD-101 --cylinder NOPE").code == 2)
        #expect(await field("part use 0042 FILTER-9 --asset GD-101").output.contains("4 pcs left"))
        #expect(await field("certify 0042 --asset GD-101").code == 2)
        let sync = await field("sync")
        #expect(sync.code == 3)
        #expect(sync.errors.contains("offline: nothing is lost; 8 sets wait on this device."))
        #expect(!sync.errors.contains("errno"))
        #expect(await field("sync --verbose").errors.contains("errno: 101"))
        #expect(await field("sync --json").output.contains("errno: 101"))
        for line in [
            "jobs", "jobs --all", "show 0042", "status", "history 0042", "why 0042 state", "part van", "part depot", "task list 0042", "attention",
            "lease", "scan GD-101 --look",
        ] {
            let result = await field("\(line) --json")
            #expect(result.code == 0, "\(line): \(result.errors)")
            #expect((try? JSONValue.parse(result.output)) != nil, "\(line)")
            #expect(await field(line).code == 0, "\(line)")
        }
        let status = try JSONValue.parse(await field("status --json").output)
        #expect(status["on_this_device"]?.intValue == 8 && status["needs_attention"]?.intValue == 0)
        #expect(await field("complete 0042").code == 0)
        #expect(await field("sign 0042 --name R._Meier --strokes \(Self.strokes)").output.contains("SERVICE REPORT 2026-0042"))
        let again = await field("sign 0042 --name R._Meier --strokes \(Self.strokes)")
        #expect(again.code == 2)
        #expect(again.output.isEmpty, "a report nobody can sign is not shown")
    }

    /// The file that the help text and the tour name.
    private static let strokes = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../docs/examples/signature.json")
        .standardized
        .path

    @Test("a file without strokes is no signature", arguments: ["[]", "[[]]", "[[10, 10]]", "[[[10, 10]], [[20, 20]]]"])
    func emptyStrokes(text: String) async throws {
        let bench = try Bench(state: .work_complete)
        try (bench.client.engine.store as? SQLiteDeviceStore)?.close()
        let file = bench.directory.appending(path: "strokes.json")
        try Data(text.utf8).write(to: file)
        let result = await run(
            ["sign", "0042", "--name", "R. Meier", "--strokes", file.path, "--clock", "2026-11-23T08:00:00+01:00"], store: bench.directory)
        #expect(result.code == 2)
        #expect(result.errors.contains("nothing was signed") && result.output.isEmpty)
    }

    @Test(
        "times are those of the company's zone, wherever they were written down; it is named where the machine keeps another",
        arguments: [("2026-11-23T08:00:00+01:00", false), ("2026-11-23T07:00:00Z", true)])
    func history(clock: String, isForeign: Bool) async throws {
        let bench = try Bench { drafts, world in
            drafts.append(
                RecordDraft(
                    "note", id: World.id(60),
                    [
                        "order": world.ref(world.order), "text": .text("Called ahead"), "at": .text("2026-11-22T12:30:00-02:00"),
                        "by": world.ref(world.ben),
                    ]))
        }
        try (bench.client.engine.store as? SQLiteDeviceStore)?.close()
        let result = await run(["history", "0042", "--clock", clock], store: bench.directory)
        #expect(result.code == 0)
        #expect(result.output.contains("2026-11-22 15:30") && result.output.contains("2026-11-22 15:00"))
        #expect(result.errors.contains("Times are those of Europe/Berlin (UTC+1).") == isForeign)
        #expect(await run(["jobs", "--clock", clock], store: bench.directory).output.contains("2026-11-23 09:00–11:00"))
        // What is recorded here is dated in that zone, too.
        #expect(await run(["note", "0042", "Gate is open", "--clock", clock], store: bench.directory).code == 0)
        #expect(await run(["show", "0042", "--json", "--clock", clock], store: bench.directory).output.contains("2026-11-23T08:00:00+01:00"))
    }

    @Test("steps of one instant stand in the order of the workflow's chain, whatever their authors' numbers are")
    func ties() throws {
        let steps = ["accept", "travel", "arrive", "start", "pause"]
        let bench = try Bench()
        // Written in one second; the versions run against the chain.
        for (index, step) in steps.enumerated().reversed() {
            let before = index == 0 ? bench.world.dispatched : World.id(UInt64(70 + index - 1))
            try bench.confirm([
                RecordDraft(
                    "order_event", id: World.id(UInt64(70 + index)),
                    [
                        "order": bench.world.ref(bench.world.order), "event": .text(step), "at": .text("2026-11-23T08:00:00+01:00"),
                        "by": bench.world.ref(bench.world.ana), "seen": bench.world.ref(before),
                    ])
            ])
        }
        let history = try bench.client.job(bench.world.order).history
        #expect(history.filter { $0.kind == "order_event" }.map(\.text) == ["dispatch"] + steps)
    }

    @Test("a refusal under --json is an object on standard output, with what is missing listed")
    func jsonRefusal() async throws {
        let bench = try Bench(state: .in_progress)
        try bench.client.close()
        let result = await run(["complete", "0042", "--json", "--clock", "2026-11-23T08:00:00+01:00"], store: bench.directory)
        #expect(result.code == 2 && result.errors.contains("error: "))
        let error = try #require(try JSONValue.parse(result.output)["error"])
        #expect(error["code"]?.stringValue == "tasks-open" && error["next"]?.stringValue?.isEmpty == false)
        #expect(error["problems"]?.arrayValue?.compactMap(\.stringValue) == ["Sign in", "Calibrate GD-101"])
        let absent = await run(["show", "1", "--json"], store: temporary())
        #expect(absent.code == 1)
        #expect(try JSONValue.parse(absent.output)["error"]?["code"]?.stringValue == "store-missing")
    }

    @Test("an empty store is not taken for one that was never enrolled")
    func emptyStore() async throws {
        let store = temporary()
        try FileManager.default.createDirectory(at: store, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: store) }
        try Data().write(to: store.appendingPathComponent("device.sqlite"))
        for line in [["jobs"], ["enrol", "--server", "https://truckroll.example", "--code", "X"]] {
            let result = await run(line, store: store)
            #expect(result.code == 1)
            #expect(result.errors.contains("is empty") && result.errors.contains("from a copy"))
        }
    }

    @Test("every command teaches: its help has an example and its exit status")
    func help() {
        func check(_ command: any ParsableCommand.Type, _ path: [String]) {
            let help = FieldCommand.helpMessage(for: command)
            #expect(help.contains("EXAMPLE") && help.contains("EXIT STATUS"), "\(path)")
            for child in command.configuration.subcommands + command.configuration.groupedSubcommands.flatMap(\.subcommands) {
                check(child, path + [child.configuration.commandName ?? "?"])
            }
        }
        check(FieldCommand.self, [])
    }
}
