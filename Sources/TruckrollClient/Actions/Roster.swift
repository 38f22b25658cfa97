import TruckrollCore
import TruckrollDomain

/// The user's jobs still to be done, as one moment shows them. Two of them tell what the office changed in between.
public struct Roster: Sendable {
    /// What became of a job between two moments.
    public enum Change: Sendable {
        /// The user has it now, and had it not.
        case given(JobLine)
        /// It has another time.
        case moved(JobLine, from: DeviceTime?)
        /// It was cancelled.
        case cancelled(JobLine)
        /// It is on this device still, but somebody else's now, or nobody's.
        case takenBack(JobLine)
        /// It is not on this device any more: given to somebody else, cancelled, or moved out of the days the device holds.
        case gone(JobLine)

        /// The job as it is now; as it was for one that is gone.
        public var job: JobLine {
            switch self {
            case .given(let job), .moved(let job, _), .cancelled(let job), .takenBack(let job), .gone(let job): job
            }
        }
    }

    private let jobs: [JobLine]

    /// Of the jobs a device holds, those the user has an active appointment for and whose work is not over count.
    public init(_ jobs: [JobLine]) { self.jobs = jobs }

    private var open: [JobLine] { jobs.filter { $0.isMine && !($0.state?.isPastWork ?? false) && $0.state != .cancelled } }

    /// What changed up to a later moment, in the order of that moment's list; what is lost comes last.
    public func changes(to later: Roster) -> [Change] {
        let before = Dictionary(open.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        let kept: [Change] = later.open.compactMap { job in
            guard let old = before[job.id] else { return .given(job) }
            return old.starts?.milliseconds == job.starts?.milliseconds ? nil : .moved(job, from: old.starts)
        }
        let after = Dictionary(later.jobs.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        let lost: [Change] = open.compactMap { job in
            guard let now = after[job.id] else { return .gone(job) }
            if now.state == .cancelled { return .cancelled(now) }
            return now.isMine || now.state?.isPastWork ?? false ? nil : .takenBack(now)
        }
        return kept + lost
    }
}

extension DeviceClient {
    /// The user's jobs still to be done, as this device shows them now.
    public func roster() throws -> Roster { Roster(try allJobs()) }
}
