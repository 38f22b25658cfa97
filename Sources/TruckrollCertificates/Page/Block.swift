/// A part of the certificate that is never split between pages.
struct Block {
    var height: Double
    /// Stays on one page with the block after it.
    var isKeptWithNext = false
    /// Blocks with the same number are rows of one table.
    var table: Int?
    /// What is drawn again above this block if it begins a page: the head of its table.
    var repeated: [Block] = []
    /// Draws the block with its top at `y`.
    var draw: (_ canvas: Canvas, _ y: Double) -> Void

    /// The same block, kept with the one after it.
    var keptWithNext: Block {
        var block = self
        block.isKeptWithNext = true
        return block
    }

    static func space(_ height: Double) -> Block { Block(height: height) { _, _ in } }
}

/// A page with each block at its place.
struct PlacedPage {
    var blocks: [(block: Block, y: Double)] = []

    func draw(on canvas: Canvas) {
        var index = 0
        while index < blocks.count {
            let table = blocks[index].block.table
            let run = blocks[index...].prefix { $0.block.table == table }
            let drawRun = { for placed in run { placed.block.draw(canvas, placed.y) } }
            if table == nil { drawRun() } else { canvas.tagged("Table", drawRun) }
            index += run.count
        }
    }
}

/// Deals blocks out to pages, so that the count of pages is known before the first is drawn.
struct Paginator {
    /// Top of the first page's blocks, of the other pages' blocks, and the line no block goes below.
    let firstTop, top, bottom: Double

    func pages(of blocks: [Block]) throws(PDFProblem) -> [PlacedPage] {
        var (pages, y) = ([PlacedPage()], firstTop)
        func place(_ block: Block) {
            pages[pages.count - 1].blocks.append((block, y))
            y += block.height
        }
        var index = 0
        while index < blocks.count {
            // Blocks that are kept together move together.
            var end = index
            while blocks[end].isKeptWithNext, end + 1 < blocks.count { end += 1 }
            let together = blocks[index...end]
            let height = together.reduce(0) { $0 + $1.height }
            if y + height > bottom, !(pages.last?.blocks.isEmpty ?? true) {
                pages.append(PlacedPage())
                y = top
                for block in blocks[index].repeated { place(block) }
            }
            for block in together {
                if y + block.height > bottom {
                    guard block.height <= bottom - top else { throw .partTallerThanPage }
                    pages.append(PlacedPage())
                    y = top
                    for block in block.repeated { place(block) }
                }
                place(block)
            }
            index = end + 1
        }
        return pages
    }
}
