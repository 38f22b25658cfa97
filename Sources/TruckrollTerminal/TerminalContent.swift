/// Something that can be laid out for a terminal of a given width.
public protocol TerminalContent {
    /// The finished lines, without line ends.
    func lines(for terminal: Terminal) -> [String]
}

extension TerminalContent {
    /// The finished lines as one text, without a line end after the last.
    public func rendered(for terminal: Terminal) -> String {
        lines(for: terminal).joined(separator: "\n")
    }
}

extension StyledText: TerminalContent {
    public func lines(for terminal: Terminal) -> [String] {
        let lines = terminal.width.map { wrapped(to: $0) } ?? [self]
        return lines.map { $0.rendered(usesColours: terminal.usesColours) }
    }
}
