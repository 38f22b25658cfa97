extension Table: TerminalContent {
    /// The space between two columns, in cells.
    private static let gap = 2

    public func lines(for terminal: Terminal) -> [String] {
        if rows.isEmpty { return StyledText(emptyText, .dim).lines(for: terminal) }
        var lines: [String]
        if let widths = widths(within: terminal.width) {
            let rules = StyledText.joining(widths.map { StyledText(String(repeating: "─", count: $0), .dim) })
            let content = line(columns.map(\.title), widths) + [rules] + rows.flatMap { line($0, widths) }
            lines = content.map { $0.rendered(usesColours: terminal.usesColours) }
        } else {
            lines = stackedLines(for: terminal)
        }
        if let footer { lines += footer.lines(for: terminal) }
        return lines
    }

    /// The width of each column in cells, or nil where the columns cannot stand side by side.
    private func widths(within limit: Int?) -> [Int]? {
        var widths = columns.indices.map { column in
            rows.reduce(columns[column].title.displayWidth) { max($0, $1[column].displayWidth) }
        }
        guard let limit else { return widths }
        var excess = widths.reduce(0, +) + Self.gap * (columns.count - 1) - limit
        while excess > 0 {
            let shrinkable = columns.indices.filter { widths[$0] > columns[$0].minimum ?? Int.max }
            guard let widest = shrinkable.max(by: { widths[$0] < widths[$1] }) else { return nil }
            widths[widest] -= 1
            excess -= 1
        }
        return widths
    }

    /// One row as one line, or as several where a cell wraps.
    private func line(_ cells: [StyledText], _ widths: [Int]) -> [StyledText] {
        let parts = columns.indices.map { columns[$0].fit(cells[$0], to: widths[$0]) }
        let height = parts.map(\.count).max() ?? 1
        return (0..<height).map { index in
            let line = columns.indices.map { column in
                let part = index < parts[column].count ? parts[column][index] : ""
                return part.padded(to: widths[column], columns[column].alignment)
            }
            return StyledText.joining(line).withoutTrailingSpaces
        }
    }

    private func stackedLines(for terminal: Terminal) -> [String] {
        var block = KeyValueBlock()
        for row in rows {
            block.section()
            for (column, cell) in zip(columns, row) {
                block.add(column.title.plain, cell)
            }
        }
        return block.lines(for: terminal) + (footer == nil ? [] : [""])
    }
}

extension Table.Column {
    /// The narrowest the column gets, in cells; nil where it does not get narrower.
    fileprivate var minimum: Int? {
        switch sizing {
        case .rigid: nil
        case .truncates(let minimum), .wraps(let minimum): max(1, minimum)
        }
    }

    fileprivate func fit(_ cell: StyledText, to width: Int) -> [StyledText] {
        switch sizing {
        case .rigid, .truncates: [cell.truncated(to: width)]
        case .wraps: cell.wrapped(to: width)
        }
    }
}

extension StyledText {
    fileprivate static func joining(_ parts: [StyledText]) -> StyledText {
        StyledText(cells: parts.map(\.cells).joined(separator: StyledText("  ").cells))
    }
}
