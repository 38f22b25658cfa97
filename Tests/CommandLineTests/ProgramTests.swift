import ArgumentParser
import CertificateCommands
import CommandEntry
import DispatchCommands
import FieldCommands
import ServerCommands
import SimulateCommands
import Testing
import TruckrollDomain
import TruckrollTerminal

@Suite("How programs end")
struct ProgramTests {
    @Test(
        "what only a running command finds wrong is told with the usage of that command",
        arguments: [["board", "--day", "2026-13-40"], ["assign", "S-1", "Weber", "--at", "25:99", "--minutes", "60"]])
    func usage(arguments: [String]) async {
        let ending = await Program.run(DispatchCommand.self, arguments + ["--store", "/nonexistent/store"])
        #expect(ending.status == 64)
        #expect(ending.errors.contains("truckroll-dispatch \(arguments[0])"), "\(ending.errors)")
        #expect(!ending.errors.contains("<subcommand>"))
    }

    @Test("wrong use is an object on standard output where JSON was asked for, and nothing there where it was not", arguments: [true, false])
    func wrongUse(isJSON: Bool) async throws {
        let ending = await Program.run(FieldCommand.self, ["jobs", "--day", "x"] + (isJSON ? ["--json"] : []))
        #expect(ending.status == 64 && ending.errors.contains("--day"))
        guard isJSON else { return #expect(ending.output.isEmpty) }
        let error = try #require(try JSONValue.parse(ending.output)["error"])
        #expect(error["code"]?.stringValue == "usage" && error["message"]?.stringValue?.contains("--day") == true)
        #expect(error["next"] != nil && error["problems"]?.arrayValue?.isEmpty == true)
    }

    @Test(
        "every program says its version",
        arguments: [FieldCommand.self, DispatchCommand.self, ServerCommand.self, CertificateCommand.self, SimulateCommand.self]
            as [any ParsableCommand.Type])
    func version(program: any ParsableCommand.Type) async {
        let ending = await Program.run(program, ["--version"])
        #expect(ending.status == 0 && ending.output == "\(SoftwareRelease.version)\n" && ending.errors.isEmpty)
    }

    @Test(
        "no line of a command's usage is wider than a terminal, and none breaks an option from its value",
        arguments: [["reading", "--help"], ["reading"], ["part", "use", "--help"], ["labour", "--help"], ["certify", "--help"]])
    func width(arguments: [String]) async {
        let ending = await Program.run(FieldCommand.self, arguments)
        let lines = (ending.output + ending.errors).split(separator: "\n")
        #expect(lines.contains { $0.lowercased().hasPrefix("usage: truckroll-field \(arguments[0])") })
        for line in lines { #expect(line.count <= 80, "\(line)") }
        #expect(lines.allSatisfy { !$0.hasSuffix("--applied") && !$0.hasSuffix("--indicated") && !$0.hasSuffix("--asset") })
    }

    @Test("help goes to standard output and is no error")
    func help() async {
        let ending = await Program.run(ServerCommand.self, ["users", "--help"])
        #expect(ending.status == 0 && ending.output.contains("List the users") && ending.errors.isEmpty)
    }

    @Test(
        "an argument that is no UTF-8 is refused, not mended", arguments: [[0x61, 0xFF], [0xC3], [0xED, 0xA0, 0x80]] as [[UInt8]])
    func encoding(bytes: [UInt8]) throws {
        let arguments = [Array("note".utf8), bytes, Array("--json".utf8)]
        let problem = try #require(Program.refusal(of: arguments))
        #expect(problem.status == 64 && problem.errors.contains("Argument 2"))
        #expect(try JSONValue.parse(problem.output)["error"]?["code"]?.stringValue == "usage")
        #expect(Program.refusal(of: [Array("nötig".utf8)]) == nil)
    }

    @Test("several problems are listed apart from the message")
    func problems() throws {
        let json = JSONValue.problem(code: "tasks-open", "It cannot be completed: 2 tasks are open.\n· Sign in\n· Calibrate", next: "Do each.")
        #expect(json["error"]?["message"]?.stringValue == "It cannot be completed: 2 tasks are open.")
        #expect(json["error"]?["problems"]?.arrayValue?.compactMap(\.stringValue) == ["Sign in", "Calibrate"])
        #expect(json["error"]?["next"]?.stringValue == "Do each.")
    }
}
