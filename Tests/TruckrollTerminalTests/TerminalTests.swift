import Foundation
import Testing

@testable import TruckrollTerminal

@Suite("Terminal") struct TerminalTests {
    @Test(
        "colours need a terminal that wants them",
        arguments: [
            (true, [:], true), (false, [:], false), (true, ["NO_COLOR": "1"], false), (true, ["NO_COLOR": ""], true),
            (true, ["TERM": "dumb"], false), (true, ["TERM": "xterm-256color"], true),
        ] as [(Bool, [String: String], Bool)])
    func colours(isTerminal: Bool, environment: [String: String], expected: Bool) {
        let terminal = Terminal(isTerminal: isTerminal, windowColumns: 80, environment: environment)
        #expect(terminal.usesColours == expected)
    }

    @Test(
        "the width is the window's, else COLUMNS, else 80, and unlimited without a terminal",
        arguments: [
            (true, 132, "90", 132), (true, nil, "90", 90), (true, 0, "90", 90), (true, nil, nil, 80),
            (true, nil, "wide", 80), (true, nil, "-5", 80), (false, 132, "90", nil),
        ] as [(Bool, Int?, String?, Int?)])
    func width(isTerminal: Bool, windowColumns: Int?, columns: String?, expected: Int?) {
        let environment = columns.map { ["COLUMNS": $0] } ?? [:]
        let terminal = Terminal(isTerminal: isTerminal, windowColumns: windowColumns, environment: environment)
        #expect(terminal.width == expected)
    }

    @Test("a file gets every byte at once, without colours")
    func file() throws {
        let pipe = Pipe()
        let terminal = Terminal(descriptor: pipe.fileHandleForWriting.fileDescriptor, environment: ["TERM": "xterm"])
        terminal.print(StyledText("山田", .red))
        #expect(pipe.fileHandleForReading.availableData == Data("山田\n".utf8))
        #expect(!terminal.isTerminal)
        #expect(terminal.isIntact)
    }

    @Test("a full disk does not pass unnoticed", .enabled(if: FileManager.default.fileExists(atPath: "/dev/full")))
    func fullDisk() throws {
        let full = try #require(FileHandle(forWritingAtPath: "/dev/full"))
        let terminal = Terminal(descriptor: full.fileDescriptor, environment: [:])
        #expect(terminal.isIntact)
        terminal.print("lost")
        #expect(!terminal.isIntact)
    }

    @Test("printing ends the line and wraps to the width")
    func printing() {
        let transcript = Transcript()
        transcript.terminal(width: 10).print("three visits\tplanned")
        #expect(transcript.text == "three\nvisits␉pla\nnned\n")
    }
}
