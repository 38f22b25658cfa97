import TruckrollCore
import TruckrollDomain
import TruckrollSync

/// What a channel can possibly show: its range, and once more its span on either side.
///
/// Beyond lies a slip of the finger. It is asked about and never refused: what was seen is the technician's to say.
struct DisplayReach {
    private let low: ExactDecimal
    private let high: ExactDecimal
    private let words: String

    /// `nil` when the channel does not say what it measures.
    init?(_ channel: RecordView) {
        let bottom = channel.text("range_low") ?? "0"
        guard let top = channel.text("range_high"), let low = try? ExactDecimal(parsing: bottom), let high = try? ExactDecimal(parsing: top),
            low < high
        else { return nil }
        self.low = low - (high - low)
        self.high = high + (high - low)
        words = "\(bottom) to \(top) \(channel.text("unit") ?? "")"
    }

    func check(_ entry: ReadingEntry) throws(DeviceProblem) {
        for (name, text) in [("indicated", entry.indicated), ("applied", entry.applied)] {
            guard let value = try? ExactDecimal(parsing: text), value < low || high < value else { continue }
            throw DeviceProblem(
                .doubtful, "\(text) \(name) is far outside the channel's range of \(words); nothing was recorded yet.",
                next: "Look at the display again. If it is what you saw, repeat the command with --anyway.")
        }
    }
}
