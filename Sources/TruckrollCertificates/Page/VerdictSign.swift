import CCairo
import TruckrollDomain

extension Verdict {
    /// The colour that accompanies the word and the sign, and never stands alone.
    var ink: Ink {
        switch self {
        case .pass: .good
        case .conditionalPass, .conditionalFail: .caution
        case .fail: .bad
        }
    }
}

/// A sign for a verdict that differs in shape, so that it survives a grey copy: full disc with a tick,
/// ring with a tick, ring with a cross, full square with a cross.
struct VerdictSign {
    private let verdict: Verdict

    init(_ verdict: Verdict) { self.verdict = verdict }

    /// Draws the sign around a centre.
    func draw(on canvas: Canvas, x: Double, y: Double, radius: Double) {
        let isFull = verdict == .pass || verdict == .fail
        let line = radius * 0.28
        canvas.setInk(verdict.ink)
        if verdict == .fail {
            cairo_rectangle(canvas.cairo, x - radius, y - radius, 2 * radius, 2 * radius)
        } else {
            canvas.circle(x: x, y: y, radius: isFull ? radius : radius - line / 2)
        }
        cairo_set_line_width(canvas.cairo, line)
        if isFull { cairo_fill(canvas.cairo) } else { cairo_stroke(canvas.cairo) }
        let ink = isFull ? Ink.white : verdict.ink
        let reach = radius * 0.42
        if verdict.isWithinTolerance {
            let points = [
                (x - reach * 1.1, y + reach * 0.1), (x - reach * 0.25, y + reach), (x + reach * 1.2, y - reach),
            ]
            canvas.polyline(points.map { (x: $0.0, y: $0.1) }, ink, width: line)
        } else {
            canvas.polyline([(x - reach, y - reach), (x + reach, y + reach)], ink, width: line)
            canvas.polyline([(x - reach, y + reach), (x + reach, y - reach)], ink, width: line)
        }
    }
}
