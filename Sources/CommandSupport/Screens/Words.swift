import TruckrollClient
import TruckrollDomain
import TruckrollTerminal

/// Words for screens.
public enum Words {
    /// A state this app does not know was made by a newer one, and is shown as it came.
    public static func state(_ state: OrderState?, _ word: String?) -> StyledText {
        switch state {
        case nil: word.map { StyledText(unknown($0), .yellow) } ?? "–"
        case .in_progress?: StyledText("in progress", [.bold, .cyan])
        case .on_site?, .en_route?: StyledText(state?.title ?? "", .cyan)
        case .work_complete?, .signed_off?, .certified?: StyledText(state?.title ?? "", .green)
        case .needs_replan?, .on_hold?: StyledText(state?.title ?? "", .yellow)
        case .cancelled?, .closed?: StyledText(state?.title ?? "", .dim)
        default: StyledText(state?.title ?? "")
        }
    }

    /// A word of a newer app.
    public static func unknown(_ word: String) -> String { "unknown (\(spaced(word)))" }

    /// A word of the schema as people read it: `needs_replan` as “needs replan”.
    public static func spaced(_ word: String) -> String { word.split(separator: "_").joined(separator: " ") }

    /// Day and time of day in the zone of the time; empty without one.
    public static func clock(_ time: DeviceTime?) -> String { time.map { "\($0.date) \($0.clock)" } ?? "" }

    /// From when to when; the day of the end only where it is another.
    public static func span(_ starts: DeviceTime?, _ ends: DeviceTime?) -> String {
        guard let starts else { return "" }
        guard let ends else { return "\(starts.date) \(starts.clock)" }
        return starts.date == ends.date ? "\(starts.date) \(starts.clock)–\(ends.clock)" : "\(starts.date) \(starts.clock)–\(ends.date) \(ends.clock)"
    }

    /// A duration in its two largest units.
    ///
    /// - Parameter seconds: not negative.
    public static func duration(_ seconds: Int) -> String {
        switch seconds {
        case ..<60: "\(seconds) s"
        case ..<3600: "\(seconds / 60) min"
        case ..<86_400: "\(seconds / 3600) h \(seconds / 60 % 60) min"
        default: "\(seconds / 86_400) d \(seconds / 3600 % 24) h"
        }
    }

    /// The priority, or all that stand side by side until a person picks one.
    public static func priority(_ values: [Standing]) -> StyledText {
        let words = Array(Set(values.map(\.value))).sorted()
        if words.count > 1 { return StyledText("? " + words.joined(separator: " / "), [.bold, .yellow]) }
        switch words.first {
        case "emergency": return StyledText("emergency", [.bold, .red])
        case "high": return StyledText("high", .yellow)
        default: return StyledText(words.first ?? "")
        }
    }
}
