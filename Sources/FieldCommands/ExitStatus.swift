import ArgumentParser
import TruckrollClient
import TruckrollDomain
import TruckrollProtocol
import TruckrollStoreSQLite
import TruckrollSync
import TruckrollTerminal

/// How a command ends, for scripts.
enum ExitStatus: Int32 {
    case failed = 1
    /// A rule of the business forbids it; the list says what is missing. Nothing was recorded.
    case refused = 2
    /// No way to the server. Nothing is lost.
    case offline = 3
    /// Something waits for a person.
    case attention = 4

    var code: ExitCode { ExitCode(rawValue) }

    /// What to end with after an error that was printed.
    static func of(_ error: any Error) -> ExitStatus {
        switch error {
        case let problem as DeviceProblem: problem.isRefusal ? .refused : .failed
        case is SchemaProblem: .refused
        case TransportProblem.problem: .failed
        case is TransportProblem: .offline
        default: .failed
        }
    }
}

/// The words of a problem for standard error.
struct ProblemWords: ExplainedProblem {
    let whatHappened: String
    let whatToDoNext: String?

    init(_ error: any Error) {
        switch error {
        case let problem as DeviceProblem: (whatHappened, whatToDoNext) = (problem.detail, problem.next)
        case let problem as SchemaProblem:
            (whatHappened, whatToDoNext) = ("\(problem.entity): \(problem.detail)", "Nothing was recorded. Correct the value and try again.")
        case TransportProblem.problem(let document): (whatHappened, whatToDoNext) = ("\(document.code): \(document.detail)", document.next)
        case let problem as TransportProblem:
            (whatHappened, whatToDoNext) = (problem.description, "Nothing is lost. Try again when there is a network.")
        case let problem as StoreProblem: (whatHappened, whatToDoNext) = (problem.description, nil)
        default: (whatHappened, whatToDoNext) = (String(describing: error), nil)
        }
    }
}
