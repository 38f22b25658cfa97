import Foundation
import TruckrollClient
import TruckrollDomain
import TruckrollProtocol
import TruckrollStoreSQL
import TruckrollStoreSQLite
import TruckrollSync
import TruckrollTerminal

/// The words of an error for standard error: what happened, and what its reader does next.
public struct ProblemWords: ExplainedProblem {
    public let code: String
    /// What happened, as the rest of a line that begins with `error:`.
    public let whatHappened: String
    /// What the person does next; `nil` where the words themselves say it.
    public let whatToDoNext: String?

    /// The words of any error.
    ///
    /// - Parameter advice: what to do about errors that do not say it themselves.
    public init(_ error: any Error, advice: ProblemAdvice) {
        code = Self.code(of: error)
        switch error {
        case let problem as any ExplainedProblem: (whatHappened, whatToDoNext) = (problem.whatHappened, problem.whatToDoNext)
        case let problem as DeviceProblem: (whatHappened, whatToDoNext) = (problem.detail, problem.next)
        case let problem as SchemaProblem: (whatHappened, whatToDoNext) = (problem.words, advice.misfit)
        case TransportProblem.problem(let document):
            (whatHappened, whatToDoNext) = ((advice.namesCodes ? "\(document.code): " : "") + document.detail, document.next)
        case let problem as TransportProblem: (whatHappened, whatToDoNext) = (problem.description, advice.unreachable)
        case StoreProblem.corrupt(let path, let detail):
            // A device has no backup; what it has and the server has not is in its outbox.
            (whatHappened, whatToDoNext) = (
                "\(path) is damaged or no database: \(detail).",
                "Keep a copy of the file together with its -wal and -shm files. Then save what was not sent, `truckroll-field outbox export FILE --store FOLDER`, "
                    + "and enrol a new --store, which brings everything else back from the server. "
                    + "Where that command says the same as this, the outbox cannot be read by it: keep the copies for somebody who mends databases, and enrol anew."
            )
        case let problem as StoreProblem: (whatHappened, whatToDoNext) = (problem.description, nil)
        case let problem as CocoaError:
            (whatHappened, whatToDoNext) = ("\(problem.place ?? "A file of the store") cannot be used: \(problem.words).", advice.folder)
        default:
            (whatHappened, whatToDoNext) = (
                "The command met something it has no words for.",
                "Repeat it; if it stays, repeat it with --verbose and report what it says as a fault of the program."
            )
        }
    }

    private static func code(of error: any Error) -> String {
        switch error {
        case let problem as any ExplainedProblem: problem.code
        case let problem as DeviceProblem: problem.code
        case is SchemaProblem: "value-unfit"
        case let problem as TransportProblem: problem.code
        case let problem as StoreProblem: problem.code
        case is CocoaError: "file-unusable"
        default: "internal"
        }
    }
}
