/// Labelled values under each other, for a screen that shows one thing in full.
///
/// Values line up over all sections, continue indented where they are too long, and stand below their label where
/// the terminal is very narrow.
public struct KeyValueBlock: Sendable {
    private struct Section: Sendable {
        let title: StyledText?
        var entries: [(label: StyledText, value: StyledText)] = []
    }

    /// What stands in place of an empty value.
    public static let missingValue: StyledText = "–"
    /// The fewest cells a value needs beside its label.
    private static let narrowestValue = 12

    private let title: StyledText?
    private var sections = [Section(title: nil)]

    /// A block without values.
    ///
    /// - Parameter title: the first line, such as what is shown and its number.
    public init(title: StyledText? = nil) {
        self.title = title
    }

    /// Starts a section, set apart by a blank line. A section without entries is not shown.
    public mutating func section(_ title: String? = nil) {
        sections.append(Section(title: title.map { StyledText($0, .bold) }))
    }

    /// Adds a labelled value to the last section.
    public mutating func add(_ label: String, _ value: StyledText) {
        let shown = value.isEmpty ? Self.missingValue : value
        sections[sections.endIndex - 1].entries.append((StyledText(label, .dim), shown))
    }
}

extension KeyValueBlock: TerminalContent {
    public func lines(for terminal: Terminal) -> [String] {
        let shown = sections.filter { !$0.entries.isEmpty }
        let labelWidth = shown.flatMap(\.entries).map(\.label.displayWidth).max() ?? 0
        var groups = shown.map { section in
            let heading = section.title.map { terminal.width.map($0.wrapped(to:)) ?? [$0] } ?? []
            return heading
                + section.entries.flatMap { entry in
                    Self.lines(entry.label, entry.value, labelWidth: labelWidth, width: terminal.width)
                }
        }
        if let title {
            groups.insert(terminal.width.map(title.adding(.bold).wrapped(to:)) ?? [title.adding(.bold)], at: 0)
        }
        return groups.joined(separator: [""]).map { $0.rendered(usesColours: terminal.usesColours) }
    }

    private static func lines(_ label: StyledText, _ value: StyledText, labelWidth: Int, width: Int?) -> [StyledText] {
        let gap: StyledText = "  "
        guard let width else { return [label.padded(to: labelWidth) + gap + value] }
        let room = width - labelWidth - gap.displayWidth
        if room < narrowestValue, room < value.displayWidth {
            let below = value.wrapped(to: width - gap.displayWidth)
            return label.wrapped(to: width) + below.map { gap + $0 }
        }
        return value.wrapped(to: room).enumerated().map { index, part in
            (index == 0 ? label : "").padded(to: labelWidth) + gap + part
        }
    }
}
