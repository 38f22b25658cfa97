/// Who does what when, drawn along one time axis: a row for each technician, a bar for each piece of work.
///
/// Bars that overlap stand on lines of their own. A terminal too narrow for an axis gets a list with times instead.
public struct DayBoard: Sendable {
    /// A stretch of time in a row.
    public struct Bar: Sendable {
        /// Minutes since midnight of the day shown, local time; below 0 is the day before, from 1440 the day after.
        public let minutes: Range<Int>
        /// Written inside the bar as far as it fits; may be empty.
        public let label: StyledText
        /// The colour of the bar where colours are allowed.
        public let style: Style
        /// Fills the bar where colours are not allowed, to tell kinds of bars apart, such as `-` for driving.
        ///
        /// A character that does not take exactly one cell is replaced by `=`.
        public let fill: Character

        /// A bar over `minutes` since midnight.
        public init(minutes: Range<Int>, label: String, style: Style = .plain, fill: Character = "=") {
            self.minutes = minutes
            self.label = StyledText(label)
            self.style = style
            let drawn = StyledText(String(fill))
            self.fill = drawn.displayWidth == 1 && drawn.plain == String(fill) ? fill : "="
        }
    }

    /// One technician's day.
    public struct Row: Sendable {
        /// Written before the row.
        public let name: StyledText
        /// The bars in any order; they may overlap.
        public let bars: [Bar]

        /// The row of the technician called `name`.
        public init(_ name: String, _ bars: [Bar]) {
            self.name = StyledText(name)
            self.bars = bars
        }
    }

    /// The hours that are shown at least, since midnight; bars outside extend them, up to one day either
    /// way. A bar that reaches further is cut off there.
    public let hours: Range<Int>
    /// One row for each technician, in the order they are shown.
    public let rows: [Row]
    /// What stands in place of a board without rows.
    public let emptyText: String

    /// A board of at least `hours`, counted from midnight.
    public init(hours: Range<Int> = 7..<18, rows: [Row], emptyText: String) {
        self.hours = hours
        self.rows = rows
        self.emptyText = emptyText
    }
}

extension DayBoard: TerminalContent {
    /// The widest a name is shown, in cells.
    private static let widestName = 24

    public func lines(for terminal: Terminal) -> [String] {
        if rows.isEmpty { return StyledText(emptyText, .dim).lines(for: terminal) }
        let nameWidth = min(Self.widestName, rows.map(\.name.displayWidth).max() ?? 0)
        let room = terminal.width.map { $0 - nameWidth - 2 }
        guard let axis = TimeAxis(covering: hours, rows.flatMap(\.bars), room: room) else {
            return list(for: terminal)
        }
        let blank = StyledText("").padded(to: nameWidth + 2)
        var lines = [blank + axis.labels.adding(.dim), blank + axis.ticks.adding(.dim)]
        for row in rows {
            let name = row.name.truncated(to: nameWidth).padded(to: nameWidth + 2)
            for (index, lane) in axis.lanes(of: row.bars).enumerated() {
                lines.append((index == 0 ? name : blank) + axis.line(of: lane, usesColours: terminal.usesColours))
            }
        }
        return lines.map { $0.rendered(usesColours: terminal.usesColours) }
    }

    private func list(for terminal: Terminal) -> [String] {
        rows.flatMap { row in
            let bars = row.bars.sorted { $0.minutes.lowerBound < $1.minutes.lowerBound }
            let texts = bars.map { bar in
                "  \(TimeAxis.clock(bar.minutes.lowerBound))–\(TimeAxis.clock(bar.minutes.upperBound)) "
                    + StyledText(bar.label.plain, bar.style)
            }
            return ([row.name.adding(.bold)] + texts).flatMap { $0.lines(for: terminal) }
        }
    }
}
