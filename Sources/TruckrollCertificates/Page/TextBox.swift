import CCairo

/// How a text looks.
struct TextStyle {
    var size: Double = 8
    var isBold = false
    var isItalic = false
    var isMonospaced = false
    var ink = Ink.text

    static let body = TextStyle()
    static let small = TextStyle(size: 7, ink: .muted)
    static let label = TextStyle(size: 7.2, ink: .muted)
    static let strong = TextStyle(isBold: true)
    static let heading = TextStyle(size: 8.6, isBold: true, ink: .accent)
    static let absent = TextStyle(size: 7.2, isItalic: true, ink: .muted)
    static let code = TextStyle(size: 7.2, isMonospaced: true)

    func sized(_ size: Double) -> TextStyle {
        var style = self
        style.size = size
        return style
    }
}

extension TextStyle {
    /// The style at a size at which `text` is not broken within `width`: a number on two lines is another number.
    func fitting(_ text: String, width: Double, canvas: Canvas) -> TextStyle {
        let natural = TextBox(text, self, width: 4 * PageFrame.width, canvas: canvas).width
        return natural <= width ? self : sized(max(size * width / natural * 0.98, 3))
    }
}

/// Where the lines of a text stand in their width.
enum TextAlignment {
    case left, centre, right
}

/// A text that is shaped and broken into lines. It is never read as markup: what a person typed is printed.
final class TextBox {
    private let layout: OpaquePointer?
    private let ink: Ink
    /// Size of the text as broken.
    let width, height: Double
    /// From the top of the text to the line its first letters stand on.
    let baseline: Double

    init(
        _ text: String, _ style: TextStyle = .body, width: Double, alignment: TextAlignment = .left,
        canvas: Canvas
    ) {
        layout = pango_layout_new(canvas.pango)
        ink = style.ink
        let font = pango_font_description_new()
        pango_font_description_set_family(
            font, style.isMonospaced ? "Noto Sans Mono,DejaVu Sans Mono,monospace" : "Noto Sans,DejaVu Sans,sans-serif")
        pango_font_description_set_absolute_size(font, style.size * Double(PANGO_SCALE))
        pango_font_description_set_weight(font, style.isBold ? PANGO_WEIGHT_BOLD : PANGO_WEIGHT_NORMAL)
        pango_font_description_set_style(font, style.isItalic ? PANGO_STYLE_ITALIC : PANGO_STYLE_NORMAL)
        pango_layout_set_font_description(layout, font)
        pango_font_description_free(font)
        pango_layout_set_width(layout, Int32(width * Double(PANGO_SCALE)))
        pango_layout_set_wrap(layout, PANGO_WRAP_WORD_CHAR)
        pango_layout_set_line_spacing(layout, 0.92)
        // A number that has to be broken is still that number: no hyphen may be read into it.
        let attributes = pango_attr_list_new()
        pango_attr_list_insert(attributes, pango_attr_insert_hyphens_new(0))
        pango_layout_set_attributes(layout, attributes)
        pango_attr_list_unref(attributes)
        switch alignment {
        case .left: pango_layout_set_alignment(layout, PANGO_ALIGN_LEFT)
        case .centre: pango_layout_set_alignment(layout, PANGO_ALIGN_CENTER)
        case .right: pango_layout_set_alignment(layout, PANGO_ALIGN_RIGHT)
        }
        let length = Int32(clamping: text.utf8.count)
        pango_layout_set_text(layout, text, length)
        var (textWidth, textHeight): (Int32, Int32) = (0, 0)
        pango_layout_get_size(layout, &textWidth, &textHeight)
        self.width = Double(textWidth) / Double(PANGO_SCALE)
        height = Double(textHeight) / Double(PANGO_SCALE)
        baseline = Double(pango_layout_get_baseline(layout)) / Double(PANGO_SCALE)
    }

    deinit {
        if let layout { g_object_unref(UnsafeMutableRawPointer(layout)) }
    }

    func draw(on canvas: Canvas, x: Double, y: Double) {
        canvas.setInk(ink)
        cairo_move_to(canvas.cairo, x, y)
        pango_cairo_show_layout(canvas.cairo, layout)
    }
}
