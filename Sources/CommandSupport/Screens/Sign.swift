import TruckrollSync
import TruckrollTerminal

/// Where a fact is, as a sign with its word.
public enum Sign {
    /// The sign alone.
    public static func sign(_ place: Whereabouts) -> StyledText {
        switch place {
        case .onDevice: StyledText("○", .yellow)
        case .sent: StyledText("◐", .cyan)
        case .stored: StyledText("●", .green)
        case .needsAttention: StyledText("!", [.bold, .red])
        }
    }

    /// The sign and the word.
    public static func text(_ place: Whereabouts) -> StyledText { sign(place) + StyledText(" \(place.rawValue)", style(place)) }

    private static func style(_ place: Whereabouts) -> Style {
        switch place {
        case .onDevice: .yellow
        case .sent: .cyan
        case .stored: .dim
        case .needsAttention: .red
        }
    }
}
