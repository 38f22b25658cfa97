import Testing
import TruckrollTerminal

@Suite("DayBoard") struct DayBoardTests {
    private let rows = [
        DayBoard.Row(
            "Ann",
            [
                .init(minutes: 480..<570, label: "Boiler", style: .green),
                .init(minutes: 570..<600, label: "", style: .dim, fill: "-"),
                .init(minutes: 600..<660, label: "A very long label", style: .red),
            ]),
        DayBoard.Row("山田", []),
    ]

    private func lines(_ rows: [DayBoard.Row], width: Int? = nil, usesColours: Bool = false) -> [String] {
        DayBoard(hours: 8..<12, rows: rows, emptyText: "No technicians.")
            .lines(for: Terminal(isTerminal: true, usesColours: usesColours, width: width))
    }

    @Test("without colours bars are brackets, and kinds of bars differ by their filling")
    func plain() {
        #expect(
            lines(rows) == [
                "      08:00     09:00     10:00     11:00",
                "      ┬─────────┬─────────┬─────────┬─────────",
                "Ann   [Boiler=======][---][A very …]·",
                "山田  ·         ·         ·         ·",
            ])
    }

    @Test("with colours bars are blocks of the same size")
    func colours() {
        let line = lines(rows, usesColours: true)[2]
        #expect(line.hasPrefix("Ann   \u{1B}[32;7m▎Boiler        \u{1B}[0m\u{1B}[2;7m▎    \u{1B}[0m"))
    }

    @Test("bars that overlap stand in lanes of their own")
    func overlap() {
        let row = DayBoard.Row(
            "Ann", [.init(minutes: 480..<540, label: "one"), .init(minutes: 510..<570, label: "two")])
        #expect(lines([row]).suffix(2) == ["Ann  [one=====]·         ·         ·", "     ·    [two=====]     ·         ·"])
    }

    @Test("a bar outside the hours extends the axis")
    func extends() {
        let row = DayBoard.Row("Ann", [.init(minutes: 400..<425, label: "")])
        let lines = lines([row])
        #expect(lines[0].hasPrefix("     06:00     07:00"))
        #expect(lines[2].hasPrefix("Ann  ·     [==]"))
    }

    @Test("a bar of weeks is cut off, not the board's undoing")
    func endless() {
        let row = DayBoard.Row("Ann", [.init(minutes: -100_000..<100_000, label: "away")])
        let lines = lines([row], width: 80)
        #expect(lines.allSatisfy { $0.displayWidth <= 80 })
        #expect(lines[2].hasPrefix("Ann  [away=="))
    }

    @Test("many short bars in one cell are all shown")
    func shortBars() {
        let bars = (0..<5).map { DayBoard.Bar(minutes: 715 + $0..<716 + $0, label: "x") }
        let marks = lines([DayBoard.Row("Ann", bars)]).dropFirst(2).joined().filter { $0 == "|" }
        #expect(marks.count == 5)
    }

    @Test("a terminal too narrow for an axis gets a list with times")
    func narrow() {
        #expect(
            lines(rows, width: 28) == [
                "Ann", "  08:00–09:30 Boiler", "  09:30–10:00", "  10:00–11:00 A very long", "label", "山田",
            ])
    }

    @Test("no line is wider than the terminal", arguments: 24...120)
    func neverTooWide(width: Int) {
        for usesColours in [false, true] {
            let board = lines(rows, width: width, usesColours: usesColours)
            let plain = board.map { $0.replacing(/\u{1B}\[[0-9;]*m/, with: "") }
            #expect(plain.allSatisfy { $0.displayWidth <= width })
        }
    }

    @Test("a board without technicians says so, and labels cannot inject")
    func edges() {
        #expect(lines([]) == ["No technicians."])
        let row = DayBoard.Row("A\u{1B}[2J", [.init(minutes: 480..<600, label: "x\ny", fill: "\n")])
        #expect(lines([row])[2].hasPrefix("A␛[2J  [x␊y="))
    }
}
