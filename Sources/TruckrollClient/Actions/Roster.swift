import TruckrollCore
import TruckrollDomain
import TruckrollSync

/// A reservation or a stock lease that the user asked for.
public struct StockRequest: Sendable {
    public let id: RecordID
    /// `nil` for a lease, which is of no order.
    public let order: String?
    public let part: String
    public let location: String
    /// `requested` until the server has answered.
    public let state: String
    public let answer: String?

    init(_ view: RecordView, _ screen: ScreenReader) throws {
        id = view.id
        order = try view.reference("order").map { try screen.orderNumber($0) }
        part = try view.reference("part").map { try screen.partName($0) } ?? ""
        location = try view.reference("location").map { try screen.locationName($0) } ?? ""
        state = view.text("state") ?? "requested"
        answer = view.text("answer")
    }
}

/// What a user waits for and plans by, as one moment shows it: the jobs still to be done, and what was asked of a stock. Two of them
/// tell what the office and the server changed in between.
public struct Roster: Sendable {
    /// What became of something between two moments.
    public enum Change: Sendable {
        /// The user has the job now, and had it not.
        case given(JobLine)
        /// It has another time.
        case moved(JobLine, from: DeviceTime?)
        /// It was cancelled.
        case cancelled(JobLine)
        /// It is on this device still, but somebody else's now, or nobody's.
        case takenBack(JobLine)
        /// It is not on this device any more: cancelled, given to somebody else, taken off the user, or moved out of the days the device
        /// holds.
        case gone(JobLine)
        /// The server has decided about a part, or decided anew.
        case answered(StockRequest)
    }

    /// States of a request that somebody else decides; the others follow from what the user does.
    private static let decisions: Set<String> = ["granted", "backordered", "refused", "expired"]

    private let jobs: [JobLine]
    private let requests: [StockRequest]

    /// - Parameters:
    ///   - jobs: those a device holds; those count that the user has an active appointment for and whose work is not over.
    ///   - requests: the user's.
    public init(_ jobs: [JobLine], requests: [StockRequest] = []) {
        self.jobs = jobs
        self.requests = requests
    }

    private var open: [JobLine] { jobs.filter { $0.isMine && !($0.state?.isPastWork ?? false) && $0.state != .cancelled } }

    /// What changed up to a later moment, in the order of that moment's list; what is lost comes after that, answers come last.
    public func changes(to later: Roster) -> [Change] {
        let before = Dictionary(open.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        // A job that was on its way from here when it had no time yet is the user's own doing.
        let ownDoing = Set(jobs.filter { $0.waitingSets > 0 && $0.starts == nil }.map(\.id))
        let kept: [Change] = later.open.compactMap { job in
            guard let old = before[job.id] else { return ownDoing.contains(job.id) ? nil : .given(job) }
            return old.starts?.milliseconds == job.starts?.milliseconds ? nil : .moved(job, from: old.starts)
        }
        let after = Dictionary(later.jobs.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        let lost: [Change] = open.compactMap { job in
            guard let now = after[job.id] else { return .gone(job) }
            if now.state == .cancelled { return .cancelled(now) }
            return now.isMine || now.state?.isPastWork ?? false ? nil : .takenBack(now)
        }
        let asked = Dictionary(requests.map { ($0.id, $0.state) }, uniquingKeysWith: { first, _ in first })
        let answers = later.requests.filter { Self.decisions.contains($0.state) && asked[$0.id] != $0.state }
        return kept + lost + answers.map { .answered($0) }
    }
}

extension DeviceClient {
    /// What the user waits for and plans by, as this device shows it now.
    public func roster() throws -> Roster {
        try screen { screen in
            let user = Value.reference(screen.user)
            let reservations = try screen.reader.views("reservation").filter { $0["requested_by"] == user }
            let leases = try screen.reader.views("lease", where: "user", equals: user).filter { $0.text("kind") == "depot_stock" }
            return Roster(try JobLister(screen).lines(), requests: try (reservations + leases).map { try StockRequest($0, screen) })
        }
    }
}
