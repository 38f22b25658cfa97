import Testing
import TruckrollTerminal

private struct NoDatabase: ExplainedProblem {
    let path: String
    var whatHappened: String { "there is no database at \(path)" }
    var whatToDoNext: String? { "create one with the init command\nor name another with --database" }
}

private enum Unexplained: Error { case lost(Int) }

@Suite("ProblemPrinter") struct ProblemPrinterTests {
    private let transcript = Transcript()

    @Test("says what happened and, indented, what to do next")
    func explained() {
        ProblemPrinter(on: transcript.terminal()).print(NoDatabase(path: "a.db"))
        #expect(
            transcript.text == """
                error: there is no database at a.db
                  create one with the init command
                  or name another with --database

                """)
    }

    @Test("an error without words of its own is described")
    func unexplained() {
        ProblemPrinter(on: transcript.terminal()).print(Unexplained.lost(3))
        #expect(transcript.text == "error: lost(3)\n")
    }

    @Test("only the word error is coloured, and a name in a message cannot add colours")
    func colours() {
        ProblemPrinter(on: transcript.terminal(usesColours: true)).print(NoDatabase(path: "\u{1B}[32m"))
        #expect(transcript.text.hasPrefix("\u{1B}[1;31merror: \u{1B}[0mthere is no database at ␛[32m\n"))
    }

    @Test("an empty message still makes an error line")
    func empty() {
        ProblemPrinter(on: transcript.terminal()).print("", next: "")
        #expect(transcript.text == "error: unknown\n")
    }
}
