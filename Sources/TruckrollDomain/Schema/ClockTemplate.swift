import TruckrollCore

/// A moment at which the server has to do something with a record, though nobody writes it: a time or day that the record holds, for
/// as long as other fields of it say that it is still awaited.
public struct ClockTemplate: Hashable, Sendable, CustomStringConvertible {
    /// A time, at which it is due, or a day, after which it is.
    public let field: String
    /// Fields that must have one of the listed values.
    public let condition: [String: [String]]

    public var description: String {
        let conditions = condition.sorted { $0.key < $1.key }.map { "\($0.key) = \($0.value.sorted().joined(separator: "|"))" }
        return ([field] + conditions).joined(separator: ", ")
    }
}

extension Entity {
    /// What ``nextDueColumn`` says; empty without clocks. A store that kept the column by another rule has to make it anew.
    public var dueRule: String { clocks.map(\.description).sorted().joined(separator: "; ") }
}

extension RecordView {
    /// The first moment at which the clock asks something of the record, in Unix milliseconds; `nil` when nothing is awaited.
    ///
    /// A day ends at another moment in each time zone: it is named as over when it is over anywhere, and whoever acts on it looks at the
    /// tenant's calendar.
    public var nextDue: Int64? {
        entity.clocks.filter { meets($0.condition) }.compactMap { clock in
            guard let text = self[clock.field].text else { return nil }
            if let time = DeviceTime(text) { return time.milliseconds }
            return CalendarDate(text).map { (Int64($0.daysSince1970) + 1) * 86_400_000 - Self.furthestEast }
        }.min()
    }

    /// The zones furthest east are fourteen hours ahead of UTC.
    private static let furthestEast: Int64 = 14 * 3_600_000

    /// Whether each of the fields has one of its values.
    func meets(_ condition: [String: [String]]) -> Bool {
        condition.allSatisfy { field, values in values.contains { $0.hasBytes(of: self[field].text ?? "") } }
    }
}
