/// Rows under titled columns.
///
/// A table wider than the terminal first narrows its flexible columns; where that is not enough it shows each row as
/// a block of labelled lines instead, so nothing is lost on a narrow screen.
public struct Table: Sendable {
    /// What a column may do when the terminal is too narrow for all of its text.
    public enum Sizing: Sendable, Equatable {
        /// Always as wide as its widest cell: for numbers and identifiers.
        case rigid
        /// Cuts text off with `…`, down to `minimum` cells.
        case truncates(minimum: Int)
        /// Continues text on further lines, down to `minimum` cells.
        case wraps(minimum: Int)
    }

    /// A titled column.
    public struct Column: Sendable {
        /// Stands over the column.
        public let title: StyledText
        /// The side its cells are pushed to.
        public let alignment: Alignment
        /// What gives way on a narrow terminal.
        public let sizing: Sizing

        /// A column, rigid and to the left unless told otherwise.
        public init(_ title: String, _ alignment: Alignment = .left, _ sizing: Sizing = .rigid) {
            self.title = StyledText(title, .bold)
            self.alignment = alignment
            self.sizing = sizing
        }
    }

    /// The columns from left to right.
    public let columns: [Column]
    /// What stands in place of a table without rows, such as "No visits on this day."
    public let emptyText: String
    /// A closing line under the rows, such as their number; shown only if there are rows.
    public var footer: StyledText?
    /// The rows in the order they are shown; each has one cell for each column.
    public private(set) var rows: [[StyledText]] = []

    /// A table without rows.
    public init(_ columns: [Column], emptyText: String, footer: StyledText? = nil) {
        self.columns = columns
        self.emptyText = emptyText
        self.footer = footer
    }

    /// Adds a row. It has at most one cell for each column; missing cells at its end are blank.
    public mutating func addRow(_ cells: [StyledText]) {
        precondition(cells.count <= columns.count, "a row has more cells than the table has columns")
        rows.append(cells + Array(repeating: "", count: columns.count - cells.count))
    }

    /// Adds a row of the given cells, as ``addRow(_:)-swift.method`` does.
    public mutating func addRow(_ cells: StyledText...) {
        addRow(cells)
    }
}
