import TruckrollSync

/// A stretch of time in which no edge is due. The clock is asked for due edges far more often than one becomes due.
struct QuietTime: Sendable {
    /// Both belong to it; it is empty when they cross.
    private var first = Int64.min
    private var last = Int64.max
    /// The instant last asked for: a cut keeps the part that holds it.
    private let asked: Int64

    init(around asked: Int64) { self.asked = asked }

    func covers(_ instant: Int64) -> Bool { first <= instant && instant <= last }

    /// Cuts off the times at which an edge is due.
    mutating func leaveOut(_ edge: EdgeRow) {
        let from = edge.from ?? .min
        // The last instant of the window.
        let inside = edge.until.map { $0 &- 1 } ?? .max
        guard edge.until != .min, from <= inside else {
            if edge.isActive { (first, last) = (.max, .min) }
            return
        }
        if edge.isActive {
            (first, last) = (max(first, from), min(last, inside))
        } else if asked < from || inside == .max {
            if from == .min { (first, last) = (.max, .min) } else { last = min(last, from - 1) }
        } else {
            first = max(first, inside + 1)
        }
    }
}

extension EdgeRow {
    /// Whether the window says something else than the edge at the instant.
    func isDue(at milliseconds: Int64) -> Bool {
        let holds = (from.map { $0 <= milliseconds } ?? true) && (until.map { milliseconds < $0 } ?? true)
        return holds != isActive
    }
}
