import TruckrollClient
import TruckrollCore
import TruckrollDomain
import TruckrollSync
import TruckrollTerminal

/// Where a fact is, as a sign with its word.
enum Sign {
    static func sign(_ place: Whereabouts) -> StyledText {
        switch place {
        case .onDevice: StyledText("○", .yellow)
        case .sent: StyledText("◐", .cyan)
        case .stored: StyledText("●", .green)
        case .needsAttention: StyledText("!", [.bold, .red])
        }
    }

    static func text(_ place: Whereabouts) -> StyledText { sign(place) + StyledText(" \(place.rawValue)", style(place)) }

    private static func style(_ place: Whereabouts) -> Style {
        switch place {
        case .onDevice: .yellow
        case .sent: .cyan
        case .stored: .dim
        case .needsAttention: .red
        }
    }
}

/// Words for screens.
enum Words {
    /// A state this app does not know was made by a newer one, and is shown as it came.
    static func state(_ state: OrderState?, _ word: String?) -> StyledText {
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
    static func unknown(_ word: String) -> String { "unknown (\(spaced(word)))" }

    static func spaced(_ word: String) -> String { word.split(separator: "_").joined(separator: " ") }

    static func clock(_ time: DeviceTime?) -> String { time.map { "\($0.date) \($0.clock)" } ?? "" }

    static func span(_ starts: DeviceTime?, _ ends: DeviceTime?) -> String {
        guard let starts else { return "" }
        guard let ends else { return "\(starts.date) \(starts.clock)" }
        return starts.date == ends.date ? "\(starts.date) \(starts.clock)–\(ends.clock)" : "\(starts.date) \(starts.clock)–\(ends.date) \(ends.clock)"
    }

    static func duration(_ seconds: Int) -> String {
        switch seconds {
        case ..<60: "\(seconds) s"
        case ..<3600: "\(seconds / 60) min"
        case ..<86_400: "\(seconds / 3600) h \(seconds / 60 % 60) min"
        default: "\(seconds / 86_400) d \(seconds / 3600 % 24) h"
        }
    }

    static func priority(_ values: [Standing]) -> StyledText {
        let words = Array(Set(values.map(\.value))).sorted()
        if words.count > 1 { return StyledText("? " + words.joined(separator: " / "), [.bold, .yellow]) }
        switch words.first {
        case "emergency": return StyledText("emergency", [.bold, .red])
        case "high": return StyledText("high", .yellow)
        default: return StyledText(words.first ?? "")
        }
    }
}

/// Help texts that teach.
enum Teach {
    static let recorded = "0 recorded, 1 failed, 2 refused by a rule (the list says what is missing; nothing was recorded), 64 bad usage."
    static let read = "0 shown, 1 failed, 64 bad usage."
    static let network = "0 done, 1 failed, 3 offline (nothing is lost), 4 something needs attention, 64 bad usage."

    static func text(_ text: String, _ examples: String..., exits: String) -> String {
        text + "\n\nEXAMPLE\n" + examples.map { "  truckroll-field \($0)" }.joined(separator: "\n") + "\n\nEXIT STATUS: \(exits)"
    }
}
