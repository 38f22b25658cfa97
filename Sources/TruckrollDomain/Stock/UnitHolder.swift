import TruckrollCore

/// Who has one serialised piece of a part: always one holder, or nobody (I5).
public enum UnitHolder: Hashable, Sendable {
    /// It lies in a stock.
    case location(RecordID)
    /// It is fitted to an asset.
    case asset(RecordID)
    /// Somebody took it off an asset and has it in hand.
    case person(RecordID)

    /// Who a unit record says has it; `nil` when it was used up or written off.
    public init?(unit: RecordView) {
        if let id = unit.reference("location") {
            self = .location(id)
        } else if let id = unit.reference("asset") {
            self = .asset(id)
        } else if let id = unit.reference("person") {
            self = .person(id)
        } else {
            return nil
        }
    }

    /// The fields of a unit record that say so, all three of them.
    public static func fields(of holder: UnitHolder?) -> [String: Value] {
        var fields: [String: Value] = ["location": .null, "asset": .null, "person": .null]
        switch holder {
        case .location(let id): fields["location"] = .reference(id)
        case .asset(let id): fields["asset"] = .reference(id)
        case .person(let id): fields["person"] = .reference(id)
        case nil: break
        }
        return fields
    }
}

/// What a record says of one piece: who had it before, and who has it now.
public struct UnitPassage: Hashable, Sendable {
    public let part: RecordID
    public let serial: String
    /// `nil` where it comes from nobody's book.
    public let from: UnitHolder?
    /// `nil` where it was used up or written off.
    public let to: UnitHolder?

    /// What the use of a part says; `nil` when it names no piece.
    public init?(use: RecordView) {
        guard let part = use.reference("part"), let serial = Self.serial(use) else { return nil }
        (self.part, self.serial) = (part, serial)
        let asset = use.reference("asset").map { UnitHolder.asset($0) }
        if use.text("action") == "removed" {
            from = asset
            to = use.reference("by").map { .person($0) }
        } else {
            from = use.reference("from").map { .location($0) }
            to = use.text("action") == "consumed" ? nil : asset
        }
    }

    /// What a movement of stock says; `nil` when it names no piece.
    ///
    /// - Parameter holder: who has the piece by the book. A return brings it back from whoever has it in hand.
    public init?(entry: RecordView, holder: UnitHolder?) {
        guard let part = entry.reference("part"), let serial = Self.serial(entry) else { return nil }
        (self.part, self.serial) = (part, serial)
        to = entry.reference("to").map { .location($0) }
        if let location = entry.reference("from") {
            from = .location(location)
        } else if entry.text("reason") == "return", case .person = holder {
            from = holder
        } else {
            from = nil
        }
    }

    /// What a hand-over says once it is accepted; `nil` when it names no piece.
    public init?(handOver: RecordView) {
        guard let part = handOver.reference("part"), let serial = Self.serial(handOver) else { return nil }
        (self.part, self.serial) = (part, serial)
        from = handOver["from"] == .null ? handOver.reference("by").map { .person($0) } : handOver.reference("from").map { .location($0) }
        to = handOver.reference("to").map { .location($0) }
    }

    /// A blank number is none.
    public static func serial(_ view: RecordView) -> String? {
        view.text("serial").flatMap { $0.allSatisfy(\.isWhitespace) ? nil : $0 }
    }

    /// Whether the piece can pass on by the book: it comes from who has it.
    public func follows(_ holder: UnitHolder?) -> Bool { from == holder }
}
