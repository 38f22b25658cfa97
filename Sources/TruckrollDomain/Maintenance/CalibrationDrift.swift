import TruckrollCore

/// How fast a channel drifts: how far its error at the span has moved since it was left last, in percent of what is applied and year.
public struct CalibrationDrift: Hashable, Sendable {
    /// To two places, without its sign.
    public let percentPerYear: Quantity
    /// When it was found so, in Unix milliseconds.
    public let foundAt: Int64

    /// Over less than this nothing is said: noise would look like a fast drift.
    static let shortestDays = 30

    /// `nil` where the channel was not left at a span long enough before.
    ///
    /// - Parameters:
    ///   - found: a reading as found at the span.
    ///   - among: the readings of its channel; those that a later one corrects count for nothing.
    ///   - time: when a reading was taken, in Unix milliseconds.
    public init?(found: RecordView, among readings: [RecordView], time: (RecordView) throws -> Int64) rethrows {
        let at = try time(found)
        let corrected = readings.corrected
        let left = try readings.filter { view in
            view.text("phase") == "as_left" && view.text("point") == "span" && !corrected.contains(view.id) && view["unit"] == found["unit"]
        }.map { (view: $0, at: try time($0)) }.filter { $0.at < at }.max {
            ($0.at, $0.view.id) < ($1.at, $1.view.id)
        }
        guard let left, at - left.at >= Int64(Self.shortestDays) * 86_400_000, let before = Self.error(left.view), let now = Self.error(found) else {
            return nil
        }
        let years = Double(at - left.at) / (365.25 * 86_400_000)
        let rate = (abs(now - before) / years * 100).rounded()
        guard rate.isFinite, rate < 1e12 else { return nil }
        percentPerYear = Quantity(millionths: Int64(rate) * 10_000)
        foundAt = at
    }

    /// In percent of what was applied.
    private static func error(_ reading: RecordView) -> Double? {
        guard let applied = reading.quantity("applied"), let indicated = reading.quantity("indicated"), applied > .zero else { return nil }
        return (Double(indicated.millionths) - Double(applied.millionths)) / Double(applied.millionths) * 100
    }
}
