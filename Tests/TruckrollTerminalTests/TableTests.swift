import Testing
import TruckrollTerminal

@Suite("Table") struct TableTests {
    private func table(_ sizing: Table.Sizing = .truncates(minimum: 6)) -> Table {
        let columns: [Table.Column] = [.init("Order", .right), .init("Customer", .left, sizing), .init("State")]
        var table = Table(columns, emptyText: "No orders.")
        table.addRow("7", "Bakery de Groot and Sons", StyledText("late", .red))
        table.addRow("1042", "山田", "done")
        return table
    }

    private func lines(_ table: Table, width: Int? = nil, usesColours: Bool = false) -> [String] {
        table.lines(for: Terminal(isTerminal: width != nil, usesColours: usesColours, width: width))
    }

    @Test("columns line up under their titles, numbers to the right")
    func layout() {
        #expect(
            lines(table()) == [
                "Order  Customer                  State",
                "─────  ────────────────────────  ─────",
                "    7  Bakery de Groot and Sons  late",
                " 1042  山田                      done",
            ])
    }

    @Test("a flexible column is cut off where the terminal is narrow")
    func truncates() {
        #expect(
            lines(table(), width: 26) == [
                "Order  Customer      State",
                "─────  ────────────  ─────",
                "    7  Bakery de G…  late",
                " 1042  山田          done",
            ])
    }

    @Test("a wrapping column continues on further lines")
    func wraps() {
        #expect(
            lines(table(.wraps(minimum: 6)), width: 26) == [
                "Order  Customer      State",
                "─────  ────────────  ─────",
                "    7  Bakery de     late",
                "       Groot and",
                "       Sons",
                " 1042  山田          done",
            ])
    }

    @Test("on a very narrow terminal each row becomes a block, and nothing is lost")
    func stacks() {
        var table = table()
        table.footer = "2 orders"
        let lines = lines(table, width: 16)
        #expect(lines.first == "Order     7")
        #expect(lines.contains("State     late"))
        #expect(lines.last == "2 orders")
        #expect(lines.allSatisfy { $0.displayWidth <= 16 })
        #expect(lines.joined(separator: " ").contains("Sons"))
    }

    @Test("no line is wider than the terminal", arguments: 8...60)
    func neverTooWide(width: Int) {
        for sizing in [Table.Sizing.rigid, .truncates(minimum: 4), .wraps(minimum: 4)] {
            #expect(lines(table(sizing), width: width).allSatisfy { $0.displayWidth <= width })
        }
    }

    @Test("an empty table says so, without its footer")
    func empty() {
        let table = Table([.init("Order")], emptyText: "No orders.", footer: "0 orders")
        #expect(lines(table) == ["No orders."])
    }

    @Test("colours do not shift columns, and a name cannot break its row")
    func colours() {
        var table = Table([.init("Name"), .init("State")], emptyText: "-")
        table.addRow(StyledText("A\nB\u{1B}[0m", .cyan), StyledText("late", .red))
        #expect(lines(table) == ["Name     State", "───────  ─────", "A␊B␛[0m  late"])
        #expect(lines(table, width: 80, usesColours: true)[2] == "\u{1B}[36mA␊B␛[0m\u{1B}[0m  \u{1B}[31mlate\u{1B}[0m")
    }

    @Test("missing cells at the end of a row are blank")
    func shortRow() {
        var table = Table([.init("A"), .init("B")], emptyText: "-")
        table.addRow("1")
        #expect(lines(table).last == "1")
    }
}
