/// How often a run met what is rare; a simulator that never meets it proves nothing about it.
public struct Occurrences: Sendable, Hashable, Codable {
    public var setsCommitted = 0
    public var setsAnswered = 0
    public var visits = 0
    public var visitsCutShort = 0
    public var deviceEnds = 0
    public var serverEnds = 0
    public var forksFound = 0
    public var restoresWithDevicesAhead = 0
    public var dropsWithPinnedRecords = 0
    public var lateStarts = 0
    public var revivedAfterDelete = 0
    public var deferredSets = 0
    public var setsAside = 0
    public var quarantined = 0
    public var outsideView = 0
    public var repairs = 0
    public var setsForged = 0
    public var viewsShownInPart = 0
    public var fillingsResumed = 0
    /// Restores after which the server had to wait for devices before it could promise stock again, and requests had waited.
    public var settledLate = 0
    /// Requests that showed leases granted in a history that was lost.
    public var leasesShown = 0
    /// Promises that a restored server had forgotten and was told of.
    public var promisesTold = 0
    /// Sets that a restored server lacked and of which other devices showed something.
    public var recoveredKept = 0
    public var snapshotsTaken = 0
    public var snapshotsGone = 0
    public var segmentsResumed = 0
    /// Uses of serialised pieces that somebody else had by the book.
    public var piecesContested = 0
    /// Hand-overs that somebody accepted, and that moved something.
    public var handOvers = 0
    /// Certificates whose number stood for another content already.
    public var certificatesUnregistered = 0
    /// Requests for certified pieces that were granted some.
    public var piecesNamed = 0
    /// Orders that maintenance plans asked for.
    public var plannedOrders = 0
    /// Releases of blanket orders that were granted.
    public var releases = 0
    /// Orders in which the rules found an error.
    public var ordersHeld = 0

    public init() {}

    public static func + (a: Occurrences, b: Occurrences) -> Occurrences {
        var sum = a
        for path in Self.fields.values { sum[keyPath: path] += b[keyPath: path] }
        return sum
    }

    /// By their names in reports.
    public static var fields: [String: any WritableKeyPath<Occurrences, Int> & Sendable] {
        [
            "sets_committed": \.setsCommitted, "sets_answered": \.setsAnswered, "visits": \.visits, "visits_cut_short": \.visitsCutShort,
            "device_ends": \.deviceEnds, "server_ends": \.serverEnds, "forks_found": \.forksFound,
            "restores_with_devices_ahead": \.restoresWithDevicesAhead, "drops_with_pinned_records": \.dropsWithPinnedRecords,
            "late_starts_after_reassignment": \.lateStarts, "revived_after_delete": \.revivedAfterDelete, "deferred_sets": \.deferredSets,
            "sets_aside": \.setsAside, "quarantined": \.quarantined, "outside_view": \.outsideView, "repairs": \.repairs,
            "sets_forged": \.setsForged, "views_shown_in_part": \.viewsShownInPart, "fillings_resumed": \.fillingsResumed,
            "settled_late": \.settledLate, "leases_shown": \.leasesShown, "recovered_kept": \.recoveredKept,
            "promises_told": \.promisesTold,
            "snapshots_taken": \.snapshotsTaken, "snapshots_gone": \.snapshotsGone, "segments_resumed": \.segmentsResumed,
            "pieces_contested": \.piecesContested, "hand_overs": \.handOvers,
            "certificates_unregistered": \.certificatesUnregistered, "pieces_named": \.piecesNamed, "planned_orders": \.plannedOrders,
            "releases": \.releases,
            "orders_held": \.ordersHeld,
        ]
    }
}
