/// One line of text in which every stretch has a style.
///
/// Invariant: the characters hold no control character. They were made visible on the way in, so a customer's name
/// can neither colour the screen nor start a new line.
public struct StyledText: Hashable, Sendable {
    struct Cell: Hashable, Sendable {
        let character: Character
        let style: Style

        var isSpace: Bool { character == " " }
    }

    var cells: [Cell]

    /// Text in one style; control characters are shown as ``Swift/String/withVisibleControls`` shows them.
    public init(_ text: String, _ style: Style = .plain) {
        cells = text.withVisibleControls.map { Cell(character: $0, style: style) }
    }

    init(cells: some Sequence<Cell>) {
        self.cells = Array(cells)
    }

    /// Whether there is nothing to show.
    public var isEmpty: Bool { cells.isEmpty }

    /// The width in terminal cells.
    public var displayWidth: Int { cells.reduce(0) { $0 + $1.character.displayWidth } }

    /// The text without its styles.
    public var plain: String { String(cells.map(\.character)) }

    /// One text after the other, each in its own styles.
    public static func + (left: StyledText, right: StyledText) -> StyledText {
        StyledText(cells: left.cells + right.cells)
    }

    /// The same text with `style` added to every stretch.
    public func adding(_ style: Style) -> StyledText {
        StyledText(cells: cells.map { Cell(character: $0.character, style: $0.style.union(style)) })
    }

    /// The text as bytes for a terminal: with escape sequences where `usesColours`, else without any.
    public func rendered(usesColours: Bool) -> String {
        var result = ""
        var rest = cells[...]
        while let style = rest.first?.style {
            let stretch = rest.prefix { $0.style == style }
            result += style.applied(to: String(stretch.map(\.character)), usesColours: usesColours)
            rest = rest.dropFirst(stretch.count)
        }
        return result
    }
}

extension StyledText: ExpressibleByStringInterpolation {
    /// Plain text; what is interpolated is made safe too.
    public init(stringLiteral value: String) {
        self.init(value)
    }
}
