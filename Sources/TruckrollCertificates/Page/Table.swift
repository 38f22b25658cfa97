import TruckrollDomain

/// A column of a table.
struct Column {
    var title: String
    var width: Double
    var alignment = TextAlignment.left
    /// Columns next to each other with the same group stand under its name.
    var group: String?
}

/// What stands in one row and column.
enum Cell {
    case text(String, TextStyle = .body)
    case verdict(Verdict)
    case absent

    /// A text, or the words for its absence: no cell is ever blank.
    static func optional(_ text: String?, _ style: TextStyle = .body) -> Cell {
        text.map { .text($0, style) } ?? .absent
    }
}

/// A table whose head is repeated on every page it goes on to.
struct Table {
    static let padding = 3.0

    let number: Int
    let columns: [Column]
    let left: Double
    let canvas: Canvas
    private let head: Block

    init(_ number: Int, columns: [Column], left: Double, canvas: Canvas) {
        self.number = number
        self.columns = columns
        self.left = left
        self.canvas = canvas
        head = Self.makeHead(number, columns, left: left, canvas: canvas)
    }

    private var right: Double { left + columns.reduce(0) { $0 + $1.width } }

    /// The table with `rows`; `isGroupEnd` says after which rows a stronger line is drawn.
    func blocks(_ rows: [[Cell]], isGroupEnd: (Int) -> Bool = { _ in true }) -> [Block] {
        var blocks = [head]
        for (index, cells) in rows.enumerated() {
            var row = row(cells, rule: isGroupEnd(index) ? .rule : .hairline)
            row.isKeptWithNext = !isGroupEnd(index)
            blocks.append(row)
        }
        return blocks
    }

    private func row(_ cells: [Cell], rule: Ink) -> Block {
        var placed: [(box: TextBox, x: Double, sign: VerdictSign?)] = []
        var x = left
        for (column, cell) in zip(columns, cells) {
            let inner = column.width - 2 * Self.padding
            let (text, style, sign) = spelled(cell, inner: inner)
            let indent = sign == nil ? 0 : 11.0
            let fitting = column.alignment == .right ? style.fitting(text, width: inner, canvas: canvas) : style
            let box = TextBox(text, fitting, width: inner - indent, alignment: column.alignment, canvas: canvas)
            placed.append((box, x + Self.padding + indent, sign))
            x += column.width
        }
        // First lines stand on one line, whatever their size.
        let baseline = placed.map(\.box.baseline).max() ?? 0
        let margin = 2.2
        let height = (placed.map { $0.box.height + baseline - $0.box.baseline }.max() ?? 0) + 2 * margin
        let (left, right) = (left, right)
        return Block(height: height, table: number, repeated: [head]) { canvas, y in
            canvas.tagged("TR") {
                for cell in placed {
                    let top = y + margin + baseline - cell.box.baseline
                    canvas.tagged("TD") { cell.box.draw(on: canvas, x: cell.x, y: top) }
                    cell.sign?.draw(on: canvas, x: cell.x - 7, y: y + margin + baseline - 2.7, radius: 3.7)
                }
            }
            canvas.line(from: left, to: right, y: y + height, rule)
        }
    }

    private func spelled(_ cell: Cell, inner: Double) -> (String, TextStyle, VerdictSign?) {
        switch cell {
        case .text(let text, let style): (text, style, nil)
        case .absent: (inner < 46 ? "not\nmeasured" : "not measured", .absent.sized(inner < 46 ? 6 : 7.2), nil)
        case .verdict(let verdict):
            (verdict.word, TextStyle(size: 7.4, isBold: true, ink: verdict.ink), VerdictSign(verdict))
        }
    }

    private static func makeHead(_ number: Int, _ columns: [Column], left: Double, canvas: Canvas) -> Block {
        let style = TextStyle(size: 6.8, isBold: true, ink: .accent)
        var titles: [(box: TextBox, x: Double)] = []
        var groups: [(box: TextBox, x: Double, width: Double)] = []
        var (x, index) = (left, 0)
        while index < columns.count {
            let run = columns[index...].prefix { $0.group != nil && $0.group == columns[index].group }
            if let group = columns[index].group {
                let width = run.reduce(0) { $0 + $1.width }
                groups.append(
                    (TextBox(group, style, width: width, alignment: .centre, canvas: canvas), x, width))
            }
            for column in run.isEmpty ? columns[index...index] : run {
                let inner = column.width - 2 * padding
                let box = TextBox(column.title, style, width: inner, alignment: column.alignment, canvas: canvas)
                titles.append((box, x + padding))
                x += column.width
            }
            index += max(run.count, 1)
        }
        let groupHeight = groups.map(\.box.height).max().map { $0 + 3 } ?? 0
        let titleHeight = titles.map(\.box.height).max() ?? 0
        let (height, right) = (groupHeight + titleHeight + 5, x)
        return Block(height: height, isKeptWithNext: true, table: number) { canvas, y in
            canvas.fill(Box(x: left, y: y, width: right - left, height: height), .tint)
            canvas.tagged("TR") {
                for group in groups {
                    canvas.tagged("TH") { group.box.draw(on: canvas, x: group.x, y: y + 2) }
                }
                for title in titles {
                    let lift = titleHeight - title.box.height
                    canvas.tagged("TH") { title.box.draw(on: canvas, x: title.x, y: y + groupHeight + 2 + lift) }
                }
            }
            for group in groups {
                canvas.line(
                    from: group.x + padding, to: group.x + group.width - padding, y: y + groupHeight + 0.5, .rule)
            }
            canvas.line(from: left, to: right, y: y + height, .accent, width: 0.8)
        }
    }
}
