import Foundation

/// An error that can say to a person what happened and what to do about it.
public protocol ExplainedProblem: Error {
    /// The name in machine-readable output. Once released it never changes.
    var code: String { get }
    /// What happened, as the rest of a line that begins with `error:`.
    var whatHappened: String { get }
    /// What the person does next; nil where there is nothing to do.
    var whatToDoNext: String? { get }
}

extension ExplainedProblem {
    /// A problem without a name of its own.
    public var code: String { "failed" }
    /// The problem as an object, for a program that was asked for JSON.
    public var json: JSONValue { .problem(code: code, whatHappened, next: whatToDoNext) }
}

/// Prints problems to standard error: what happened, and below it, indented, what to do next.
public struct ProblemPrinter: Sendable {
    private let terminal: Terminal

    /// A printer of problems on `terminal`.
    ///
    /// - Parameter terminal: ``Terminal/standardError(environment:)`` in a command.
    public init(on terminal: Terminal) {
        self.terminal = terminal
    }

    /// Prints a problem of known words.
    public func print(_ whatHappened: String, next whatToDoNext: String? = nil) {
        var lines = Self.lines(whatHappened)
        let first = lines.isEmpty ? "unknown" : lines.removeFirst()
        var text = StyledText("error: ", [.bold, .red]).rendered(usesColours: terminal.usesColours) + first + "\n"
        for line in lines + Self.lines(whatToDoNext ?? "") { text += "  \(line)\n" }
        terminal.write(text)
    }

    /// Prints any error: in its own words if it has some, else as its type describes it.
    public func print(_ error: any Error) {
        switch error {
        case let problem as any ExplainedProblem:
            print(problem.whatHappened, next: problem.whatToDoNext)
        case let problem as any LocalizedError:
            print(problem.errorDescription ?? String(describing: problem), next: problem.recoverySuggestion)
        default:
            print(String(describing: error))
        }
    }

    /// The lines of a message that are not blank, each safe to print.
    private static func lines(_ text: String) -> [String] {
        text.split(whereSeparator: \.isNewline)
            .filter { !$0.allSatisfy(\.isWhitespace) }
            .map { String($0).withVisibleControls }
    }
}
