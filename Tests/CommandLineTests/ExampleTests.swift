import ArgumentParser
import CertificateCommands
import DispatchCommands
import FieldCommands
import Foundation
import ServerCommands
import Testing

@Suite("Commands that people copy")
struct ExampleTests {
    private static let programs: [String: any ParsableCommand.Type] = [
        "truckroll-field": FieldCommand.self, "truckroll-dispatch": DispatchCommand.self, "truckroll-server": ServerCommand.self,
        "truckroll-certificates": CertificateCommand.self,
    ]

    /// The commands of the code blocks of the README: a line each, those within a loop as well.
    private static func tour() -> [String] {
        let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../README.md").standardized
        let text = (try? String(contentsOf: file, encoding: .utf8)) ?? ""
        let lines = text.split(separator: "\n").map { line -> String in
            guard line.hasPrefix("for "), let start = line.range(of: "; do "), let end = line.range(of: "; done") else { return String(line) }
            return String(line[start.upperBound..<end.lowerBound]).replacing("$task", with: "1")
        }
        return lines.filter { line in programs.keys.contains { line.hasPrefix("\($0) ") } }
    }

    /// The commands that the help of a program and of all its commands shows.
    private static func examples(of command: any ParsableCommand.Type) -> [String] {
        let children = command.configuration.subcommands + command.configuration.groupedSubcommands.flatMap(\.subcommands)
        // A backslash at the end of a line goes on with the next, as in a shell.
        let own = command.configuration.discussion.replacing(" \\\n", with: " ").split(separator: "\n").map {
            $0.trimmingCharacters(in: .whitespaces)
        }
        return own.filter { line in programs.keys.contains { line.hasPrefix("\($0) ") } } + children.flatMap { examples(of: $0) }
    }

    /// Words as a shell cuts them, without what redirects or goes into the background.
    private static func words(_ line: String) -> [String] {
        var (words, word, isQuoted, isOpen): ([String], String, Bool, Bool) = ([], "", false, false)
        for character in line {
            switch character {
            case "\"": (isQuoted, isOpen) = (!isQuoted, true)
            case " " where !isQuoted:
                if isOpen || !word.isEmpty { words.append(word) }
                (word, isOpen) = ("", false)
            default: word.append(character)
            }
        }
        if isOpen || !word.isEmpty { words.append(word) }
        return Array(words.prefix { $0 != "<" && $0 != ">" && $0 != "&" })
    }

    private func refusal(_ line: String) -> String? {
        let words = Self.words(line)
        guard let program = words.first.flatMap({ Self.programs[$0] }) else { return "no program" }
        do { _ = try program.parseAsRoot(Array(words.dropFirst())) } catch { return program.message(for: error) }
        return nil
    }

    @Test("every command of the README's tour can be given as it is printed", arguments: tour())
    func readme(line: String) { #expect(refusal(line) == nil) }

    @Test("the tour goes on to the customer's signature and the certificate")
    func complete() {
        for verb in ["reading", "task", "complete", "sign", "certify"] { #expect(Self.tour().contains { $0.hasPrefix("truckroll-field \(verb) ") }) }
    }

    @Test(
        "no line of an example is wider than the narrowest terminal, which would wrap it into two commands",
        arguments: programs.values.map { $0 }.flatMap { exampleLines(of: $0) })
    func width(line: String) {
        #expect(line.count < 80)
        let words = line.split(separator: " ")
        #expect(words.last != "\\" || words.dropLast().last?.hasPrefix("--") == false, "an option stays with its value")
    }

    /// The lines of the help texts that begin a command or go on with one.
    private static func exampleLines(of command: any ParsableCommand.Type) -> [String] {
        let children = command.configuration.subcommands + command.configuration.groupedSubcommands.flatMap(\.subcommands)
        // A file of strokes is shown in the same way, and is no command.
        return command.configuration.discussion.split(separator: "\n").map(String.init).filter { $0.hasPrefix("  ") && !$0.contains("[[") }
            + children.flatMap { exampleLines(of: $0) }
    }

    @Test(
        "every example of a help text is a command of its program",
        arguments: programs.values.map { $0 }.flatMap { examples(of: $0) })
    func help(line: String) { #expect(refusal(line) == nil) }
}
