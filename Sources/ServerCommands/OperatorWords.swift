import Foundation
import NIOCore
import TruckrollDomain
import TruckrollServer
import TruckrollStoreSQL
import TruckrollStoreSQLite
import TruckrollSync
import TruckrollTerminal

/// The words of an error for the operator: what happened, and what to do next.
struct OperatorWords: ExplainedProblem {
    let code: String
    let whatHappened: String
    let whatToDoNext: String?

    init(_ error: any Error) {
        code = Self.code(of: error)
        switch error {
        case let problem as any ExplainedProblem: (whatHappened, whatToDoNext) = (problem.whatHappened, problem.whatToDoNext)
        case let problem as EngineProblem: (whatHappened, whatToDoNext) = (problem.detail, problem.next)
        case let problem as ServiceProblem: (whatHappened, whatToDoNext) = (problem.detail, problem.next)
        case let problem as StoreProblem: (whatHappened, whatToDoNext) = (problem.description, nil)
        case let problem as AdminTokenProblem: (whatHappened, whatToDoNext) = (problem.description, nil)
        case let problem as SchemaProblem: (whatHappened, whatToDoNext) = (problem.words, "Correct the value and try again.")
        case let problem as CocoaError:
            (whatHappened, whatToDoNext) = (
                "\(problem.place ?? "A file of the data directory") cannot be used: \(problem.words).",
                "Check the directory given, its owner and the free space."
            )
        case let problem as IOError:
            (whatHappened, whatToDoNext) = ("The network cannot be used: \(Self.words(errno: problem.errnoCode)).", "Check --host and --port.")
        default:
            (whatHappened, whatToDoNext) = (
                "The command met something it has no words for (\(type(of: error))).",
                "Repeat it; if it stays, report this as a fault of the program."
            )
        }
    }

    private static func code(of error: any Error) -> String {
        switch error {
        case let problem as any ExplainedProblem: problem.code
        case let problem as EngineProblem: problem.code
        case let problem as ServiceProblem: problem.code
        case let problem as StoreProblem: problem.code
        case is SchemaProblem: "value-unfit"
        case is CocoaError: "file-unusable"
        case is IOError: "network-unusable"
        default: "failed"
        }
    }

    /// Why an address cannot be listened on.
    static func words(errno code: CInt) -> String {
        switch code {
        case EADDRINUSE: "another program listens on that port"
        case EACCES, EPERM: "this user may not listen on that port"
        case EADDRNOTAVAIL: "this machine does not have that address"
        case EMFILE, ENFILE: "too many files are open"
        default: "the system refused it"
        }
    }
}
