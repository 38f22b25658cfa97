import CQrencode

/// A QR code as dark and light modules.
struct QRSymbol {
    /// Modules along each side.
    let side: Int
    private let isDark: [Bool]

    /// Encodes `text` so that 15 % of the symbol may be damaged.
    init(text: String) throws(PDFProblem) {
        guard let code = QRcode_encodeString(text, 0, QR_ECLEVEL_M, QR_MODE_8, 1), let data = code.pointee.data else {
            throw .code
        }
        defer { QRcode_free(code) }
        side = Int(code.pointee.width)
        isDark = UnsafeBufferPointer(start: data, count: side * side).map { $0 & 1 == 1 }
    }

    /// Draws the symbol as rectangles, with the quiet zone of four modules that readers need.
    func draw(on canvas: Canvas, in box: Box) {
        let module = box.width / Double(side + 8)
        canvas.fill(box, .white)
        for row in 0..<side {
            var column = 0
            while column < side {
                let run = isDark[(row * side + column)..<((row + 1) * side)].prefix { $0 }.count
                if run > 0 {
                    let dark = Box(
                        x: box.x + Double(column + 4) * module, y: box.y + Double(row + 4) * module,
                        width: Double(run) * module, height: module)
                    canvas.fill(dark, Ink(red: 0, green: 0, blue: 0))
                }
                column += max(run, 1)
            }
        }
    }
}
