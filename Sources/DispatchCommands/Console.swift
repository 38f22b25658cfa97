import Foundation
import TruckrollClient
import TruckrollDomain
import TruckrollProtocol
import TruckrollStoreSQLite
import TruckrollSync
import TruckrollTerminal

/// Results to standard output, everything else to standard error.
struct Console: Sendable {
    let output = Terminal.standardOutput()
    private let notes = Terminal.standardError()
    let isJSON: Bool

    /// Prints a result: JSON where it was asked for, else what a person reads.
    func result(_ json: @autoclosure () -> JSONValue, _ content: @autoclosure () -> [any TerminalContent]) {
        if isJSON { return output.print(json()) }
        for (index, part) in content().enumerated() {
            if index > 0 { output.write("\n") }
            output.write(part.rendered(for: output) + "\n")
        }
    }

    func note(_ text: String) { notes.print(StyledText(text, .dim)) }

    func problem(_ whatHappened: String, next: String?) { ProblemPrinter(on: notes).print(whatHappened, next: next) }

    func problem(_ error: any Error) {
        switch error {
        case let problem as DeviceProblem: self.problem(problem.detail, next: problem.next)
        case TransportProblem.problem(let document): problem(document.detail, next: document.next)
        case let problem as TransportProblem: self.problem("\(problem)", next: "Look at the network and the server's address, then sync again.")
        case let problem as SchemaProblem: self.problem("\(problem)", next: "Nothing was recorded. Correct the value and repeat the command.")
        case let problem as StoreProblem: self.problem("\(problem)", next: nil)
        case let problem as CocoaError: self.problem(problem.localizedDescription, next: "Check the folder given with --store and its permissions.")
        default: self.problem("\(error)", next: "Repeat the command; if it stays, report this as a fault of the program.")
        }
    }
}
