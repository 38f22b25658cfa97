import TruckrollCore

/// What is planned for an order and how far it got, so that its events can be replayed through the workflow.
public struct DemoPlan: Hashable, Sendable {
    /// How far the order got.
    public enum Progress: String, Sendable, CaseIterable {
        /// Submitted and checked; nobody is planned.
        case ready
        /// Planned and sent to its technician.
        case dispatched
        /// Done and closed before the start day.
        case completed
    }

    public let order: RecordID
    /// The order's number.
    public let number: String
    public let technician: RecordID?
    /// RFC 3339 with offset; there is a time when there is a technician.
    public let startsAt: String?
    /// RFC 3339 with offset.
    public let endsAt: String?
    public let progress: Progress
}
