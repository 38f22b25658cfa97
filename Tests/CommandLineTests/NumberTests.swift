import ArgumentParser
import FieldCommands
import Foundation
import ServerCommands
import SimulateCommands
import Testing

@Suite("Numbers on command lines")
struct NumberTests {
    private func status(_ command: any ParsableCommand.Type, _ arguments: [String]) -> Int32 {
        do {
            var parsed = try command.parseAsRoot(arguments)
            guard parsed is SimulateCommand else { return 0 }
            try parsed.run()
            return 0
        } catch { return command.exitCode(for: error).rawValue }
    }

    @Test(
        "a port that is none is bad usage, and never cut to one that is",
        arguments: ["-1", "65536", "99999", "73616", "9223372036854775807", "99999999999999999999", "80a", "", "8e1"])
    func port(_ port: String) {
        #expect(status(ServerCommand.self, ["serve", "--data", "x", "--port=\(port)"]) == 64)
    }

    @Test(
        "a decimal is told what is wrong with it: a comma by the same number with a point",
        arguments: [
            ("47,5", "Use a point: 47.5."), ("-0,5", "Use a point: -0.5."), ("1,000,5", "47.5"), ("many", "47.5"),
            ("1,000", "1.000 for a fraction, or 1000"),
            ("0,125", "Use a point: 0.125."), ("-0,125", "Use a point: -0.125."),
        ])
    func decimal(_ text: String, words: String) {
        let arguments = ["reading", "SO-1", "as-found", "zero", "--asset", "GD-101", "--applied", "0", "--indicated", text]
        do {
            _ = try FieldCommand.parseAsRoot(arguments)
            Issue.record("\(text) was taken")
        } catch {
            #expect(FieldCommand.exitCode(for: error).rawValue == 64)
            #expect(FieldCommand.message(for: error).contains(words))
        }
    }

    @Test("a set that is none is bad usage", arguments: ["banana", "3", "3/", "3/0", "3/1/2", "-1/2"])
    func set(_ set: String) {
        #expect(status(ServerCommand.self, ["release", "--data", "x", "--set=\(set)"]) == 64)
    }

    @Test("ports from 0 to 65535 are taken", arguments: ["0", "1", "8080", "65535"])
    func goodPort(_ port: String) {
        #expect(status(ServerCommand.self, ["serve", "--data", "x", "--port", port]) == 0)
    }

    @Test(
        "a simulation nobody can play is bad usage, and no trap",
        arguments: [
            ["--seed", "18446744073709551615"], ["--seed", "18446744073709551615", "--runs", "1"], ["--seed", "18446744073709551600"],
            ["--seed=-1"], ["--runs", "0"], ["--runs=-1"], ["--runs", "9223372036854775807"], ["--devices", "1"],
            ["--devices", "9223372036854775807"],
            ["--hours", "0"], ["--hours", "9223372036854775807"], ["--acts-per-hour", "9223372036854775807"], ["--acts-per-hour", "0"],
            ["--jobs", "0"], ["--jobs", "9223372036854775807"],
        ])
    func simulation(_ arguments: [String]) {
        #expect(status(SimulateCommand.self, arguments) == 64)
    }

    @Test(
        "a file to replay that no failing seed left is bad usage, and no trap",
        arguments: [
            nil, "", "{}", #"{"seed":1,"devices":-1,"hours":1,"realSignatures":false,"steps":[]}"#,
            #"{"seed":1,"devices":2,"hours":9223372036854775807,"realSignatures":false,"steps":[]}"#,
            #"{"seed":1,"devices":2,"hours":1,"realSignatures":false,"steps":[{"pause":1,"device":-1,"action":{"tick":{}}}]}"#,
            #"{"seed":1,"devices":2,"hours":1,"realSignatures":false,"steps":[{"pause":9223372036854775807,"device":1,"action":{"tick":{}}}]}"#,
            #"{"seed":1,"devices":2,"hours":1,"realSignatures":false,"steps":[{"pause":1,"device":1,"action":{"moveClock":{"_0":9223372036854775807}}}]}"#,
        ])
    func replay(_ content: String?) throws {
        let file = FileManager.default.temporaryDirectory.appendingPathComponent("truckroll-replay-\(UInt64.random(in: 0 ... .max)).json")
        defer { try? FileManager.default.removeItem(at: file) }
        if let content { try Data(content.utf8).write(to: file) }
        #expect(status(SimulateCommand.self, ["--replay", file.path]) == 64)
    }

    @Test(
        "numbers no reading has are bad usage",
        arguments: [
            ["--channel", "0"], ["--channel=-1"], ["--channel", "65"], ["--t90=-1"], ["--t90", "3601"], ["--t90", "9223372036854775807"],
            ["--humidity", "101"], ["--humidity=-1"], ["--flow", "0"], ["--flow", "1000"], ["--pressure", "0"], ["--pressure", "2000"],
            ["--temperature=-300"], ["--temperature", "200"],
        ])
    func reading(_ option: [String]) {
        let reading = ["reading", "2026-0042", "--asset", "GD-101", "as-found", "span", "--applied", "50", "--indicated", "47"]
        #expect(status(FieldCommand.self, reading + option) == 64)
        #expect(status(FieldCommand.self, reading + ["--humidity", "45.5", "--flow", "0.5", "--pressure", "1013", "--temperature=-20"]) == 0)
    }
}
