import ArgumentParser
import Testing

@testable import DispatchCommands

struct ArgumentTests {
    @Test(
        "bad usage is refused with 64 before anything is opened",
        arguments: [
            ["assign", "S-1"], ["assign", "S-1", "Weber"], ["assign", "S-1", "Weber", "--at", "09:00"],
            ["assign", "S-1", "Weber", "--at", "09:00", "--minutes", "0"],
            ["assign", "S-1", "Weber", "--at", "09:00", "--minutes", "-9223372036854775808"],
            ["move", "S-1"], ["unassign", "S-1", "--day", "today"], ["cancel", "S-1"], ["list", "--state", "lost"], ["list", "--clock", "noon"],
            ["create", "--customer", "C"], ["status", "--store", ""], ["why", "S-1"], ["cancel", "S-1", "--reason", " "], ["resolve", "1f2e", "\n"],
            ["create", "--customer", "C", "--kind", "repair", "--title", ""],
            ["create", "--customer", "C", "--kind", "repair", "--title", "\u{a0} "],
            ["create", "--customer", "C", "--kind", "repair", "--title", "T", "--task", ""],
            ["create", "--customer", "C", "--kind", "repair", "--title", "T", "--due", "soon"],
            ["assign", "S-1", "Weber", "--at", "25:99", "--minutes", "60"], ["move", "S-1", "--at", "9.30"], ["board", "--day", "someday"],
            ["assign", "S-1", "Weber", "--at", "09:00", "--day", "2026-02-30", "--minutes", "60"],
        ])
    func refusals(arguments: [String]) {
        let error = #expect(throws: (any Error).self) { try DispatchCommand.parseAsRoot(arguments) }
        #expect(error.map { DispatchCommand.exitCode(for: $0).rawValue } == 64)
    }

    @Test(
        "what the help shows can be parsed",
        arguments: [
            ["assign", "S12", "Weber", "--at", "09:30", "--minutes", "120"], ["reassign", "S12", "--from", "Weber", "--to", "Novak"],
            ["move", "S12", "--day", "tomorrow", "--at", "13:00"], ["unassign", "S12", "Weber"],
            ["list", "--state", "needs_replan", "--state", "on_hold"],
        ])
    func acceptances(arguments: [String]) throws { _ = try DispatchCommand.parseAsRoot(arguments) }

    @Test("every verb's help has an example and its exit status")
    func help() {
        for command in DispatchCommand.configuration.subcommands {
            let text = command.configuration.discussion
            #expect(text.contains("EXAMPLE") && text.contains("EXIT STATUS: 0") && text.contains("JSON: "), "\(command)")
        }
    }
}
