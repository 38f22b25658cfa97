/// How a stretch of text looks. Combine attributes as a set, such as `[.bold, .red]`.
///
/// Of two colours in one style the terminal shows the one declared later here.
public struct Style: OptionSet, Hashable, Sendable {
    /// One bit for each attribute.
    public let rawValue: UInt16

    /// The style of these bits; ordinary code combines the constants below.
    public init(rawValue: UInt16) {
        self.rawValue = rawValue
    }

    /// The terminal's ordinary look.
    public static let plain: Style = []
    /// For what the eye should find first.
    public static let bold = Style(rawValue: 1 << 0)
    /// For labels, units and lines.
    public static let dim = Style(rawValue: 1 << 1)
    /// For what is wrong.
    public static let red = Style(rawValue: 1 << 2)
    /// For what is done or in order.
    public static let green = Style(rawValue: 1 << 3)
    /// For what needs attention soon.
    public static let yellow = Style(rawValue: 1 << 4)
    /// For one kind of thing among others.
    public static let blue = Style(rawValue: 1 << 5)
    /// For another kind, and for progress.
    public static let cyan = Style(rawValue: 1 << 6)
    /// Foreground and background exchanged; the bars of a ``DayBoard`` add it by themselves.
    public static let reversed = Style(rawValue: 1 << 7)

    /// `text` between the escape sequences that switch the style on and everything off again.
    ///
    /// The text itself is written as it is: make it safe first, as ``StyledText`` does.
    func applied(to text: String, usesColours: Bool) -> String {
        guard usesColours, !isEmpty, !text.isEmpty else { return text }
        let codes = Self.codes.filter { contains($0.style) }.map { String($0.code) }
        return "\u{1B}[\(codes.joined(separator: ";"))m\(text)\u{1B}[0m"
    }

    /// The numbers of "select graphic rendition" in ECMA-48.
    private static let codes: [(style: Style, code: Int)] = [
        (.bold, 1), (.dim, 2), (.red, 31), (.green, 32), (.yellow, 33), (.blue, 34), (.cyan, 36), (.reversed, 7),
    ]
}
