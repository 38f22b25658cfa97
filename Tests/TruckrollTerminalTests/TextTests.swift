import Testing
import TruckrollTerminal

@Suite("Text") struct TextTests {
    @Test(
        "control characters become visible",
        arguments: [
            ("Ann\u{1B}[31m", "Ann␛[31m"), ("two\nlines", "two␊lines"), ("win\r\ndows", "win␍␊dows"), ("a\tb", "a␉b"),
            ("\u{9B}31m", "\\u{9b}31m"), ("\u{202E}txt", "\\u{202e}txt"), ("bell\u{7}\u{7F}", "bell␇␡"),
            ("line\u{2028}end", "line\\u{2028}end"), ("Zoë Ångström 山田", "Zoë Ångström 山田"),
            ("👩‍🔧", "👩‍🔧"),
        ])
    func visibleControls(text: String, shown: String) {
        #expect(text.withVisibleControls == shown)
    }

    @Test(
        "width counts terminal cells",
        arguments: [
            ("", 0), ("abc", 3), ("山田", 4), ("한글", 4), ("e\u{301}", 1), ("\u{301}", 0), ("👩‍🔧", 2), ("🇳🇱", 2),
            ("❤️", 2), ("❤", 1), ("ｗ", 2), ("…", 1), ("─", 1), ("1", 1),
        ])
    func width(text: String, cells: Int) {
        #expect(text.displayWidth == cells)
        #expect(StyledText(text).displayWidth == cells)
    }

    @Test("a style is switched on and off again, and absent without colours")
    func styles() {
        let text = StyledText("late", [.bold, .red]) + " but " + StyledText("there", .green)
        #expect(text.rendered(usesColours: true) == "\u{1B}[1;31mlate\u{1B}[0m but \u{1B}[32mthere\u{1B}[0m")
        #expect(text.rendered(usesColours: false) == "late but there")
    }

    @Test("no text gets an escape sequence of its own to the terminal")
    func injection() {
        let hostile = "\u{1B}]0;owned\u{7}\n\u{1B}[2J"
        let rendered = StyledText(hostile, .red).rendered(usesColours: true)
        #expect(rendered == "\u{1B}[31m␛]0;owned␇␊␛[2J\u{1B}[0m")
    }

    @Test(
        "truncation marks what it cut and never exceeds the width",
        arguments: [
            ("Amsterdam", 9, "Amsterdam"), ("Amsterdam", 5, "Amst…"), ("Amsterdam", 1, "…"), ("Amsterdam", 0, ""),
            ("山田太郎", 5, "山田…"), ("山田太郎", 4, "山…"), ("", 0, ""),
        ])
    func truncation(text: String, width: Int, expected: String) {
        let truncated = StyledText(text).truncated(to: width)
        #expect(truncated.plain == expected)
        #expect(truncated.displayWidth <= width)
    }

    @Test(
        "wrapping breaks between words, and inside a word only where it must",
        arguments: [
            ("check the boiler", 9, ["check the", "boiler"]), ("check the boiler", 6, ["check", "the", "boiler"]),
            ("unbreakable", 4, ["unbr", "eaka", "ble"]), ("", 5, [""]), ("山田太郎", 4, ["山田", "太郎"]),
            ("山", 1, ["山"]), ("a  b", 2, ["a", "b"]), ("ab ", 2, ["ab"]),
        ])
    func wrapping(text: String, width: Int, lines: [String]) {
        #expect(StyledText(text).wrapped(to: width).map(\.plain) == lines)
    }
}
