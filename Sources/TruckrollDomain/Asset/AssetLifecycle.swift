import TruckrollCore

/// How far an asset is in its life.
public enum AssetStage: String, Sendable, CaseIterable {
    case planned, in_stock, allocated, shipped, installed, active, in_repair, retired, scrapped, lost

    /// Whether it is at work, or meant to be soon: maintenance comes round only for such assets.
    public var isInService: Bool { [.installed, .active, .in_repair].contains(self) }

    /// How far an asset is by its record and by events that the server has not folded yet; `nil` while nothing is recorded.
    ///
    /// - Parameter events: those of the asset.
    public init?(of asset: RecordView, events: [RecordView]) {
        let waiting = events.filter { $0["effective"] == .null }.sorted {
            ($0.time("at")?.milliseconds ?? 0, $0.id) < ($1.time("at")?.milliseconds ?? 0, $1.id)
        }
        var stage = asset.text("lifecycle").flatMap { AssetStage(rawValue: $0) }
        for event in waiting.compactMap({ $0.text("event").flatMap { AssetEvent(rawValue: $0) } }) {
            stage = AssetLifecycle.next(from: stage, event) ?? stage
        }
        guard let stage else { return nil }
        self = stage
    }
}

/// Something that happens to an asset as a whole.
public enum AssetEvent: String, Sendable, CaseIterable {
    case plan, stock, allocate, ship, install, activate, repair
    case `return`
    case retire, scrap, lose, find
}

/// The declared machine of an asset's life. The server folds its events in the order in which they are admitted; one that is not legal then is
/// kept as a fact and moves nothing.
public enum AssetLifecycle {
    /// One row of the machine.
    public struct Transition: Sendable, Hashable {
        /// The stage in which the event is possible.
        public let from: AssetStage
        /// What happens.
        public let event: AssetEvent
        /// The stage it leads to.
        public let to: AssetStage
    }

    /// All that can happen after the first event.
    public static let transitions: [Transition] = [
        row([.planned], .stock, .in_stock),
        row([.planned, .in_stock], .allocate, .allocated),
        row([.planned, .in_stock, .allocated], .ship, .shipped),
        row([.planned, .in_stock, .allocated, .shipped], .install, .installed),
        row([.installed], .activate, .active),
        row([.installed, .active], .repair, .in_repair),
        row([.in_repair], .return, .active),
        // Taken out for good, or until somebody puts it up again.
        row([.installed, .active, .in_repair], .retire, .retired),
        row([.in_repair, .retired], .stock, .in_stock),
        row([.retired], .install, .installed),
        row([.planned, .in_stock, .allocated, .shipped, .installed, .active, .in_repair, .retired, .lost], .scrap, .scrapped),
        row([.planned, .in_stock, .allocated, .shipped, .installed, .active, .in_repair, .retired], .lose, .lost),
        row([.lost], .find, .in_stock),
    ].flatMap(\.self)

    /// What may be the first that is recorded of an asset. One of which nothing is recorded is in service: so are those that were in the
    /// register before anybody kept account of their lives.
    public static let beginnings: [AssetEvent: AssetStage] = [
        .plan: .planned, .stock: .in_stock, .allocate: .allocated, .ship: .shipped, .install: .installed, .activate: .active,
    ]

    private static func row(_ from: [AssetStage], _ event: AssetEvent, _ to: AssetStage) -> [Transition] {
        from.map { Transition(from: $0, event: event, to: to) }
    }

    /// Where an event leads; `nil` where it is not possible.
    ///
    /// - Parameter stage: `nil` while nothing is recorded.
    public static func next(from stage: AssetStage?, _ event: AssetEvent) -> AssetStage? {
        if stage == nil, let first = beginnings[event] { return first }
        return transitions.first { $0.from == stage ?? .active && $0.event == event }?.to
    }

    /// What can happen next, in the order of the machine.
    public static func events(at stage: AssetStage?) -> [AssetEvent] { AssetEvent.allCases.filter { next(from: stage, $0) != nil } }
}
