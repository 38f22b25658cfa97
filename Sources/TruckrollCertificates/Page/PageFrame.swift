import TruckrollDomain

/// What every page carries around its blocks: head, number, page n of m, foot.
struct PageFrame {
    static let (width, height) = (595.276, 841.89)
    static let left = 40.0
    static let right = width - 40
    static let inner = right - left

    /// Top of the blocks on the first page.
    let firstTop: Double
    /// Top of the blocks on the other pages.
    let nextTop = 62.0
    /// The line that no block goes below.
    let bottom = height - 54
    private let certificate: SealedCertificate
    private let code: QRSymbol
    private let parts: [(box: TextBox, x: Double, y: Double, tag: String)]

    private static let codeSide = 84.0

    init(_ certificate: SealedCertificate, canvas: Canvas, code: QRSymbol) {
        self.certificate = certificate
        self.code = code
        let content = certificate.content
        var parts: [(box: TextBox, x: Double, y: Double, tag: String)] = []
        func stack(_ texts: [(String, TextStyle, String)], x: Double, width: Double) -> Double {
            var y = 34.0
            for (text, style, tag) in texts {
                let box = TextBox(text, style, width: width, canvas: canvas)
                parts.append((box, x, y, tag))
                y += box.height + 1.5
            }
            return y
        }
        let titleX = Self.left + 186
        let issuer =
            [(content.issuer.name, TextStyle(size: 10.5, isBold: true), "P")]
            + (content.issuer.address + [content.issuer.contact].compactMap(\.self)).map {
                ($0, TextStyle.small.sized(7.6), "P")
            }
        let leftEnd = stack(issuer, x: Self.left, width: 174)
        var title = [
            (content.title, TextStyle(size: 17, isBold: true, ink: .accent), "H1"),
            (certificate.printedNumber, TextStyle(size: 10, isBold: true, isMonospaced: true), "P"),
            (
                "Revision \(content.revision)" + (content.order.map { "  ·  Order \($0)" } ?? ""),
                TextStyle.small.sized(7.8), "P"
            ),
        ]
        if let supersedes = content.supersedes {
            title.append(
                (
                    "Replaces \(supersedes.number) revision \(supersedes.revision): \(supersedes.reason)",
                    .small.sized(7.8), "P"
                ))
        }
        let titleEnd = stack(title, x: titleX, width: Self.right - Self.codeSide - 8 - titleX)
        self.parts = parts
        firstTop = max(leftEnd, titleEnd, 30 + Self.codeSide) + 30
    }

    func draw(page: Int, of count: Int, on canvas: Canvas) {
        if page == 1 { drawFirstHead(on: canvas, count: count) } else { drawHead(page, of: count, on: canvas) }
        drawFoot(page, of: count, on: canvas)
    }

    private func drawFirstHead(on canvas: Canvas, count: Int) {
        let (left, right) = (Self.left, Self.right)
        canvas.fill(Box(x: 0, y: 0, width: Self.width, height: 7), .accent)
        for part in parts { canvas.tagged(part.tag) { part.box.draw(on: canvas, x: part.x, y: part.y) } }
        // The quiet zone may reach into the margin, so that the symbol itself stands on it.
        let side = Self.codeSide
        code.draw(on: canvas, in: Box(x: right - side + 7, y: 27, width: side, height: side))
        let y = firstTop - 26
        canvas.line(from: left, to: right, y: y, .accent, width: 1)
        let content = certificate.content
        let level = content.level.words + (content.accreditation.map { " · \($0)" } ?? "")
        let words = TextBox(level, TextStyle(size: 8.4, isBold: true), width: 380, canvas: canvas)
        canvas.tagged("P") { words.draw(on: canvas, x: left, y: y + 4) }
        let pages = TextBox(
            "Page 1 of \(count)", TextStyle(size: 8.4, isBold: true), width: 120, alignment: .right, canvas: canvas)
        canvas.tagged("P") { pages.draw(on: canvas, x: right - 120, y: y + 4) }
    }

    private func drawHead(_ page: Int, of count: Int, on canvas: Canvas) {
        let (left, right) = (Self.left, Self.right)
        canvas.fill(Box(x: 0, y: 0, width: Self.width, height: 4), .accent)
        let item = certificate.content.item
        let number = TextBox(
            certificate.printedNumber, TextStyle(size: 8.2, isBold: true, isMonospaced: true), width: 240,
            canvas: canvas)
        let middle = TextBox(
            "\(certificate.content.title) · revision \(certificate.content.revision) · \(item.model) \(item.serial)",
            .small, width: 420, canvas: canvas)
        let pages = TextBox(
            "Page \(page) of \(count)", TextStyle(size: 8.4, isBold: true), width: 90, alignment: .right, canvas: canvas
        )
        canvas.tagged("P") { number.draw(on: canvas, x: left, y: 24) }
        canvas.tagged("P") { middle.draw(on: canvas, x: left, y: 36) }
        canvas.tagged("P") { pages.draw(on: canvas, x: right - 90, y: 24) }
        canvas.line(from: left, to: right, y: 51, .accent, width: 1)
    }

    private func drawFoot(_ page: Int, of count: Int, on canvas: Canvas) {
        let (left, right, y) = (Self.left, Self.right, Self.height - 44)
        canvas.line(from: left, to: right, y: y, .rule)
        let statement = TextBox(
            "Results relate only to the item calibrated. Not to be reproduced except in full.", .small.sized(6.8),
            width: 330, canvas: canvas)
        let number = TextBox(
            "\(certificate.printedNumber)\nSHA-256 \(certificate.contentHash.prefix)…",
            TextStyle(size: 6.4, isMonospaced: true, ink: .muted), width: 200, alignment: .right, canvas: canvas)
        let issuer = TextBox(certificate.content.issuer.name, .small.sized(6.8), width: 330, canvas: canvas)
        canvas.tagged("P") { statement.draw(on: canvas, x: left, y: y + 5) }
        canvas.tagged("P") { issuer.draw(on: canvas, x: left, y: y + 14) }
        canvas.tagged("P") { number.draw(on: canvas, x: right - 200, y: y + 5) }
    }
}
