/// Where a minute stands in a line of a ``DayBoard``.
struct TimeAxis {
    /// The cells an hour takes where the width is unlimited, and the most it takes anywhere.
    private static let widestHour = 10
    /// The fewest cells that make an axis worth reading.
    private static let narrowest = 24
    /// How far bars may extend the axis, in minutes since midnight: from the day before to the day after.
    private static let reach = -1440...2880

    /// The minutes since midnight the axis covers, in whole hours.
    let minutes: Range<Int>
    /// The length of the axis in cells.
    let width: Int

    /// The axis for these bars in `room` cells, or nil where that is too narrow.
    init?(covering hours: Range<Int>, _ bars: [DayBoard.Bar], room: Int?) {
        let starts = bars.map(\.minutes.lowerBound) + [hours.lowerBound * 60]
        let ends = bars.map(\.minutes.upperBound) + [hours.upperBound * 60]
        let first = max(Self.reach.lowerBound, starts.min() ?? 0)
        let last = min(Self.reach.upperBound, ends.max() ?? 0)
        let start = Int((Double(first) / 60).rounded(.down))
        let end = max(start + 1, Int((Double(last) / 60).rounded(.up)))
        minutes = start * 60..<end * 60
        let room = room ?? (end - start) * Self.widestHour
        guard room >= Self.narrowest else { return nil }
        let wholeCells = min(Self.widestHour, room / (end - start))
        width = wholeCells > 0 ? wholeCells * (end - start) : room
    }

    /// The hours' names, as many as fit without touching.
    var labels: StyledText {
        let step = [1, 2, 3, 4, 6, 12, 24].first { width * $0 * 60 / minutes.count >= 6 } ?? 24
        var line = ""
        for minute in hourMarks where (minute / 60).isMultiple(of: step) {
            let label = Self.clock(minute)
            guard position(minute) + label.count <= width else { break }
            line += String(repeating: " ", count: max(0, position(minute) - line.count)) + label
        }
        return StyledText(line)
    }

    /// A rule with a mark at each hour.
    var ticks: StyledText {
        var cells = Array(repeating: Character("─"), count: width)
        for minute in hourMarks { cells[position(minute)] = "┬" }
        return StyledText(String(cells))
    }

    /// A bar and the cells it takes.
    typealias PlacedBar = (bar: DayBoard.Bar, cells: Range<Int>)

    /// The bars by start, spread over lanes so that no two share a cell; one empty lane where there are no bars.
    func lanes(of bars: [DayBoard.Bar]) -> [[PlacedBar]] {
        var lanes: [[PlacedBar]] = []
        for bar in bars.sorted(by: { $0.minutes.lowerBound < $1.minutes.lowerBound }) {
            let start = min(position(bar.minutes.lowerBound), width - 1)
            let cells = start..<max(start + 1, position(bar.minutes.upperBound))
            if let free = lanes.firstIndex(where: { ($0.last?.cells.upperBound ?? 0) <= start }) {
                lanes[free].append((bar, cells))
            } else {
                lanes.append([(bar, cells)])
            }
        }
        return lanes.isEmpty ? [[]] : lanes
    }

    /// One lane, over a faint mark at each hour.
    func line(of lane: [PlacedBar], usesColours: Bool) -> StyledText {
        var background = Array(repeating: StyledText.Cell(character: " ", style: .plain), count: width)
        for minute in hourMarks { background[position(minute)] = .init(character: "·", style: .dim) }
        var line: [StyledText.Cell] = []
        var column = 0
        for (bar, cells) in lane {
            line += background[column..<cells.lowerBound] + bar.drawn(in: cells.count, usesColours: usesColours).cells
            column = cells.upperBound
        }
        return StyledText(cells: line + background[column...]).withoutTrailingSpaces
    }

    /// `minute` as hours and minutes of a clock, such as `07:30`.
    static func clock(_ minute: Int) -> String {
        let ofDay = ((minute % 1440) + 1440) % 1440
        let (hour, rest) = ofDay.quotientAndRemainder(dividingBy: 60)
        return "\(hour < 10 ? "0" : "")\(hour):\(rest < 10 ? "0" : "")\(rest)"
    }

    private var hourMarks: StrideTo<Int> { stride(from: minutes.lowerBound, to: minutes.upperBound, by: 60) }

    /// The cell in which `minute` begins; the ends of the axis for minutes outside.
    private func position(_ minute: Int) -> Int {
        let inside = min(max(minute, minutes.lowerBound), minutes.upperBound)
        return (inside - minutes.lowerBound) * width / minutes.count
    }
}

extension DayBoard.Bar {
    /// The bar in exactly `width` cells: a coloured block, or `[label===]` where colours are not allowed.
    fileprivate func drawn(in width: Int, usesColours: Bool) -> StyledText {
        if usesColours {
            // The reversed edge keeps two bars of one colour apart where they touch.
            let edge = StyledText("▎")
            return (edge + label.truncated(to: width - 1)).padded(to: width).adding(style.union(.reversed))
        }
        if width < 2 { return "|" }
        let inside = label.truncated(to: width - 2)
        let filling = String(repeating: fill, count: width - 2 - inside.displayWidth)
        return "[" + inside + StyledText(filling) + "]"
    }
}
