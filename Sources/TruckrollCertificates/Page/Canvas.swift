import CCairo

/// A colour of the page.
struct Ink {
    let red, green, blue: Double

    static let text = Ink(red: 0.09, green: 0.12, blue: 0.17)
    static let muted = Ink(red: 0.36, green: 0.41, blue: 0.47)
    static let accent = Ink(red: 0.04, green: 0.31, blue: 0.40)
    static let rule = Ink(red: 0.78, green: 0.81, blue: 0.84)
    static let hairline = Ink(red: 0.88, green: 0.90, blue: 0.92)
    static let tint = Ink(red: 0.945, green: 0.957, blue: 0.966)
    static let white = Ink(red: 1, green: 1, blue: 1)
    static let good = Ink(red: 0.05, green: 0.42, blue: 0.24)
    static let caution = Ink(red: 0.60, green: 0.36, blue: 0.00)
    static let bad = Ink(red: 0.68, green: 0.09, blue: 0.10)
}

/// A rectangle in points from the top left of the page.
struct Box {
    var x, y, width, height: Double
}

/// A PDF being drawn, page after page, into memory.
final class Canvas {
    private final class Sink {
        var bytes: [UInt8] = []
    }

    private let sink = Sink()
    private let surface: OpaquePointer
    let cairo: OpaquePointer
    /// What texts are measured and shaped with.
    let pango: OpaquePointer

    init(width: Double, height: Double) throws(PDFProblem) {
        let closure = Unmanaged.passUnretained(sink).toOpaque()
        let surface = cairo_pdf_surface_create_for_stream(
            { closure, data, length in
                guard let closure, let data else { return CAIRO_STATUS_WRITE_ERROR }
                let sink = Unmanaged<Sink>.fromOpaque(closure).takeUnretainedValue()
                sink.bytes.append(contentsOf: UnsafeBufferPointer(start: data, count: Int(length)))
                return CAIRO_STATUS_SUCCESS
            }, closure, width, height)
        guard let surface, let cairo = cairo_create(surface) else { throw .drawing("no surface") }
        guard let pango = pango_cairo_create_context(cairo) else { throw .drawing("no text context") }
        self.surface = surface
        self.cairo = cairo
        self.pango = pango
        // Nothing of the machine's screen or language may reach the page.
        let options = cairo_font_options_create()
        cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_NONE)
        cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF)
        pango_cairo_context_set_font_options(pango, options)
        cairo_font_options_destroy(options)
        pango_context_set_language(pango, pango_language_from_string("en"))
        pango_context_set_base_dir(pango, PANGO_DIRECTION_LTR)
        pango_context_set_round_glyph_positions(pango, 0)
    }

    deinit {
        g_object_unref(UnsafeMutableRawPointer(pango))
        cairo_destroy(cairo)
        cairo_surface_destroy(surface)
    }

    func setMetadata(_ kind: cairo_pdf_metadata_t, _ text: some StringProtocol) {
        cairo_pdf_surface_set_metadata(surface, kind, String(text))
    }

    func endPage() { cairo_show_page(cairo) }

    /// Ends the document and returns its bytes.
    func finish() throws(PDFProblem) -> [UInt8] {
        cairo_surface_finish(surface)
        for status in [cairo_status(cairo), cairo_surface_status(surface)] where status != CAIRO_STATUS_SUCCESS {
            throw .drawing(String(cString: cairo_status_to_string(status)))
        }
        return sink.bytes
    }

    /// Draws within an element of the document's structure, which readers for the blind follow.
    func tagged(_ tag: String, _ draw: () -> Void) {
        cairo_tag_begin(cairo, tag, nil)
        draw()
        cairo_tag_end(cairo, tag)
    }

    func setInk(_ ink: Ink) { cairo_set_source_rgb(cairo, ink.red, ink.green, ink.blue) }

    func fill(_ box: Box, _ ink: Ink) {
        setInk(ink)
        cairo_rectangle(cairo, box.x, box.y, box.width, box.height)
        cairo_fill(cairo)
    }

    func line(from x: Double, to right: Double, y: Double, _ ink: Ink, width: Double = 0.5) {
        fill(Box(x: x, y: y - width / 2, width: right - x, height: width), ink)
    }

    /// Draws lines through `points`.
    func polyline(_ points: [(x: Double, y: Double)], _ ink: Ink, width: Double) {
        guard let first = points.first else { return }
        setInk(ink)
        cairo_set_line_width(cairo, width)
        cairo_set_line_cap(cairo, CAIRO_LINE_CAP_ROUND)
        cairo_set_line_join(cairo, CAIRO_LINE_JOIN_ROUND)
        cairo_move_to(cairo, first.x, first.y)
        // A dot is a line of no length with round ends.
        if points.count == 1 { cairo_line_to(cairo, first.x, first.y) }
        for point in points.dropFirst() { cairo_line_to(cairo, point.x, point.y) }
        cairo_stroke(cairo)
    }

    func circle(x: Double, y: Double, radius: Double) {
        cairo_new_sub_path(cairo)
        cairo_arc(cairo, x, y, radius, 0, 2 * Double.pi)
    }
}
