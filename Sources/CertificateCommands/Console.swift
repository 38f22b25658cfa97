import ArgumentParser
import Foundation
import TruckrollCertificates
import TruckrollClient
import TruckrollDomain
import TruckrollProtocol
import TruckrollStoreSQLite
import TruckrollSync
import TruckrollTerminal

/// Results to standard output, everything else to standard error.
struct Console: Sendable {
    let output = Terminal.standardOutput()
    let notes = Terminal.standardError()
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

    /// Runs a command, prints what goes wrong, and ends with its exit status.
    func run(_ body: () async throws -> CertificateExit) async throws {
        var exit = CertificateExit.failed
        do {
            exit = try await body()
            if !output.isIntact {
                problem("Not all of the output could be written.", next: "Free disk space, or look at where the output goes.")
                exit = .failed
            }
        } catch { problem(error) }
        if exit != .done { throw ExitCode(exit.rawValue) }
    }

    func problem(_ whatHappened: String, next: String?) { ProblemPrinter(on: notes).print(whatHappened, next: next) }

    func problem(_ error: any Error) {
        switch error {
        case let problem as DeviceProblem: self.problem(problem.detail, next: problem.next)
        case TransportProblem.problem(let document): problem(document.detail, next: document.next)
        case let problem as TransportProblem: self.problem("\(problem)", next: "Look at the network and the server's address, then sync again.")
        case let problem as FileProblem: self.problem(problem.detail, next: problem.next)
        case let problem as StoreProblem: self.problem("\(problem)", next: nil)
        case let problem as CocoaError: self.problem(problem.localizedDescription, next: "Check the folder and its permissions.")
        default: self.problem("\(error)", next: "Repeat the command; if it stays, report this as a fault of the program.")
        }
    }
}

extension JSONValue {
    /// A text, or null.
    static func optional(_ text: String?) -> JSONValue { text.map { .string($0) } ?? .null }
}
