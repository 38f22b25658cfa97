import Testing
import TruckrollTerminal

@Suite("KeyValueBlock") struct KeyValueBlockTests {
    private var block: KeyValueBlock {
        var block = KeyValueBlock(title: "Order 1042")
        block.add("State", StyledText("late", .red))
        block.section("Customer")
        block.add("Name", "Bakery de Groot and Sons")
        block.add("Telephone", "")
        block.section("Nothing here")
        return block
    }

    private func lines(width: Int?, usesColours: Bool = false) -> [String] {
        block.lines(for: Terminal(isTerminal: true, usesColours: usesColours, width: width))
    }

    @Test("values line up over sections, and an empty section is left out")
    func layout() {
        #expect(
            lines(width: nil) == [
                "Order 1042", "", "State      late", "", "Customer", "Name       Bakery de Groot and Sons", "Telephone  –",
            ])
    }

    @Test("a long value continues below itself")
    func wraps() {
        #expect(lines(width: 26).suffix(3) == ["Name       Bakery de Groot", "           and Sons", "Telephone  –"])
    }

    @Test("on a very narrow terminal a long value stands below its label")
    func stacks() {
        #expect(lines(width: 16).suffix(4) == ["Name", "  Bakery de", "  Groot and Sons", "Telephone  –"])
    }

    @Test("labels are dim and values keep their style")
    func colours() {
        #expect(lines(width: nil, usesColours: true)[2] == "\u{1B}[2mState\u{1B}[0m      \u{1B}[31mlate\u{1B}[0m")
    }
}
