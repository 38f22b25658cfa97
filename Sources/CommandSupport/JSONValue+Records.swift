import TruckrollClient
import TruckrollCore
import TruckrollDomain
import TruckrollSync
import TruckrollTerminal

extension JSONValue {
    /// A text, or null.
    public static func text(_ text: String?) -> JSONValue { text.map { .string($0) } ?? .null }
    /// A time as RFC 3339, or null.
    public static func time(_ time: DeviceTime?) -> JSONValue { .text(time?.description) }
    /// A list of texts.
    public static func texts(_ texts: [String]) -> JSONValue { .array(texts.map { .string($0) }) }
    /// A number, or null.
    public static func number(_ number: Int?) -> JSONValue { number.map { .int($0) } ?? .null }
    /// A position in the server's log.
    public static func position(_ position: Position) -> JSONValue { .int(Int(clamping: position.rawValue)) }
}

extension SyncReport {
    /// The figures that every program's report of a sync begins with.
    public var figures: [(String, JSONValue)] {
        [
            ("answered", .int(answered)), ("need_attention", .int(needAttention)), ("records_changed", .int(recordsChanged)),
            ("records_gone", .int(recordsGone)),
        ]
    }
}

extension AuditReport {
    /// The report, and whether what differed was fetched again.
    public func json(repairing: Bool) -> JSONValue {
        [
            "scopes": .int(scopes), "records": .int(Int(clamping: records)), "position": .position(position),
            "differing": .texts(differing.map(\.name)), "unreadable": .int(derived.unreadable), "overlays_differing": .int(derived.overlays),
            "rows_differing": .int(derived.rows), "made_anew": .int(madeAnew.overlays + madeAnew.rows + madeAnew.unreadable),
            "repaired": .bool(repairing && !isClean),
        ]
    }
}

extension DerivedDamage {
    /// What is wrong in words, one line each; of nothing, none.
    public func lines(repairing: Bool) -> [String] {
        [
            (unreadable, unreadable.counted("row") + " of the store " + (repairing ? "could not be read and went" : "cannot be read")),
            (overlays, overlays.counted("record") + (repairing ? " were shown" : " are shown") + " otherwise than the outbox makes them"),
            (rows, rows.counted("entry", "entries") + " of the lookup tables " + (repairing ? "were" : "are") + " not what the records say"),
        ].filter { $0.0 > 0 }.map { $0.1 + (repairing ? "; made anew" : "") }
    }
}
