/// The side of a column its text is pushed to.
public enum Alignment: Sendable {
    /// For words.
    case left
    /// For numbers, so that their digits line up.
    case right
}

extension StyledText {
    /// The text in at most `width` cells, ending in `…` where something was cut off.
    public func truncated(to width: Int) -> StyledText {
        guard displayWidth > width else { return self }
        guard width > 0 else { return StyledText("") }
        let kept = Array(fitting(width - 1, of: cells[...]))
        let ellipsis = Cell(character: "…", style: kept.last?.style ?? cells.first?.style ?? .plain)
        return StyledText(cells: kept + [ellipsis])
    }

    /// The text filled up with spaces to `width` cells; longer text is left as it is.
    public func padded(to width: Int, _ alignment: Alignment = .left) -> StyledText {
        let filler = StyledText(String(repeating: " ", count: max(0, width - displayWidth)))
        return alignment == .left ? self + filler : filler + self
    }

    /// The text broken between words into lines of at most `width` cells; a longer word is broken inside.
    ///
    /// Empty text gives one empty line. A wide character never splits, so a width of 1 may be exceeded by one cell.
    public func wrapped(to width: Int) -> [StyledText] {
        let width = max(1, width)
        var lines: [StyledText] = []
        var rest = cells[...]
        repeat {
            let line = nextLine(of: rest, width: width)
            lines.append(StyledText(cells: line.trimmingTrailingSpaces))
            rest = rest.dropFirst(line.count).drop(while: \.isSpace)
        } while !rest.isEmpty
        return lines
    }

    /// The text without the spaces at its end.
    var withoutTrailingSpaces: StyledText {
        StyledText(cells: cells[...].trimmingTrailingSpaces)
    }

    private func nextLine(of rest: ArraySlice<Cell>, width: Int) -> ArraySlice<Cell> {
        let fitting = fitting(width, of: rest)
        if fitting.isEmpty { return rest.prefix(1) }
        if fitting.count == rest.count || rest[fitting.endIndex].isSpace { return fitting }
        guard let space = fitting.lastIndex(where: \.isSpace) else { return fitting }
        let line = rest[rest.startIndex..<space]
        return line.allSatisfy(\.isSpace) ? fitting : line
    }

    private func fitting(_ width: Int, of cells: ArraySlice<Cell>) -> ArraySlice<Cell> {
        var used = 0
        return cells.prefix { cell in
            used += cell.character.displayWidth
            return used <= width
        }
    }
}

extension ArraySlice<StyledText.Cell> {
    fileprivate var trimmingTrailingSpaces: ArraySlice<StyledText.Cell> {
        guard let last = lastIndex(where: { !$0.isSpace }) else { return [] }
        return self[...last]
    }
}
