import ArgumentParser
import DispatchCommands
import FieldCommands
import Foundation
import ServerCommands
import Testing

@Suite("Commands that people copy")
struct ExampleTests {
    private static let programs: [String: any ParsableCommand.Type] = [
        "truckroll-field": FieldCommand.self, "truckroll-dispatch": DispatchCommand.self, "truckroll-server": ServerCommand.self,
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
        return Array(words.prefix { $0 != "<" && $0 != "&" })
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
}
