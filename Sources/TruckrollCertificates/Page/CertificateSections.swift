import TruckrollDomain

/// The certificate's parts from top to bottom, as blocks that the paginator deals out.
struct CertificateSections {
    let certificate: SealedCertificate
    let canvas: Canvas
    var content: CertificateContent { certificate.content }

    init(_ certificate: SealedCertificate, canvas: Canvas) {
        self.certificate = certificate
        self.canvas = canvas
    }

    var blocks: [Block] {
        [outcome, .space(8), cards(customer, item), .space(6), cards(circumstances, method), .space(4)]
            + referenceTable + sensorTable + resultTable + responseTable + statements + remarks
            + [.space(10), signatures, .space(8), verification, .space(8)].map(\.keptWithNext) + [endMark]
    }

    // MARK: Building blocks

    func heading(_ text: String) -> Block {
        let box = TextBox(text, .heading, width: PageFrame.inner, canvas: canvas)
        return Block(height: box.height + 11, isKeptWithNext: true) { canvas, y in
            canvas.tagged("H2") { box.draw(on: canvas, x: PageFrame.left, y: y + 8) }
        }
    }

    func paragraph(_ text: String, _ style: TextStyle = .body) -> Block {
        let box = TextBox(text, style, width: PageFrame.inner, canvas: canvas)
        return Block(height: box.height + 3) { canvas, y in
            canvas.tagged("P") { box.draw(on: canvas, x: PageFrame.left, y: y + 1) }
        }
    }

    /// A label and its value, for cards.
    typealias Fact = (label: String, value: String?)

    private func card(
        _ title: String, _ facts: [Fact], x: Double, width: Double
    ) -> (height: Double, draw: (Canvas, Double) -> Void) {
        let (labelWidth, gap) = (66.0, 6.0)
        let heading = TextBox(title, .heading, width: width, canvas: canvas)
        var rows: [(label: TextBox, value: TextBox, y: Double)] = []
        var y = heading.height + 5
        for fact in facts {
            let label = TextBox(fact.label, .label, width: labelWidth, canvas: canvas)
            let value = TextBox(
                fact.value ?? "not stated", fact.value == nil ? .absent : .body, width: width - labelWidth - gap,
                canvas: canvas)
            rows.append((label, value, y))
            y += max(label.height, value.height) + 1.6
        }
        return (
            y,
            { canvas, top in
                canvas.tagged("H2") { heading.draw(on: canvas, x: x, y: top) }
                canvas.line(from: x, to: x + width, y: top + heading.height + 1.5, .rule)
                for row in rows {
                    let lower = row.value.baseline - row.label.baseline
                    canvas.tagged("P") {
                        row.label.draw(on: canvas, x: x, y: top + row.y + lower)
                        row.value.draw(on: canvas, x: x + labelWidth + gap, y: top + row.y)
                    }
                }
            }
        )
    }

    private func cards(_ first: (String, [Fact]), _ second: (String, [Fact])) -> Block {
        let gap = 20.0
        let width = (PageFrame.inner - gap) / 2
        let left = card(first.0, first.1, x: PageFrame.left, width: width)
        let right = card(second.0, second.1, x: PageFrame.left + width + gap, width: width)
        return Block(height: max(left.height, right.height)) { canvas, y in
            left.draw(canvas, y)
            right.draw(canvas, y)
        }
    }

    // MARK: Outcome and cards

    private var outcome: Block {
        let found = content.channels.compactMap(\.asFoundVerdict).max()
        let wasAdjusted = content.channels.contains { $0.adjustment != nil }
        let facts = [
            "As found: \(found?.word ?? "not measured")", wasAdjusted ? "adjusted" : "not adjusted",
            content.leftInService ? "left in service" : "taken out of service",
        ]
        let big = TextStyle(size: 14, isBold: true, ink: content.outcome.ink)
        let word = TextBox("As left: \(content.outcome.word)", big, width: 205, canvas: canvas)
        let side = TextBox(
            facts.joined(separator: "  ·  "), TextStyle(size: 8.4), width: 262, alignment: .right, canvas: canvas)
        let (height, verdict) = (max(word.height, side.height) + 12, content.outcome)
        return Block(height: height) { canvas, y in
            let box = Box(x: PageFrame.left, y: y, width: PageFrame.inner, height: height)
            canvas.fill(box, .tint)
            canvas.fill(Box(x: box.x, y: y, width: 3, height: height), verdict.ink)
            VerdictSign(verdict).draw(on: canvas, x: box.x + 21, y: y + height / 2, radius: 8.5)
            canvas.tagged("P") { word.draw(on: canvas, x: box.x + 37, y: y + (height - word.height) / 2) }
            canvas.tagged("P") {
                side.draw(on: canvas, x: PageFrame.right - 272, y: y + (height - side.height) / 2)
            }
        }
    }

    private var customer: (String, [Fact]) {
        let customer = content.customer
        return (
            "Customer and place of work",
            [
                ("Customer", ([customer.name] + customer.address).joined(separator: "\n")),
                ("Contact", customer.contact), ("Purchase order", customer.reference), ("Site", content.place.site),
                ("Area", content.place.area), ("Zone", content.place.zone.map { "\($0) (as stated by the customer)" }),
                ("Mounted", content.place.mounting),
            ]
        )
    }

    private var item: (String, [Fact]) {
        let item = content.item
        return (
            "Item",
            [
                ("Maker, model", "\(item.maker), \(item.model)"), ("Serial number", item.serial),
                ("Tag", item.tag.map { "\($0) (customer's)" }), ("Firmware", item.firmware),
                ("Ex marking", item.exMarking), ("Ex certificate", item.exCertificate),
                ("As received", item.conditionAsReceived),
            ]
        )
    }

    private var circumstances: (String, [Fact]) {
        let dates = content.dates
        let spoken = { (text: String) in (try? CertificateInstant(parsing: text).spoken) ?? text }
        let next: [Fact] = content.nextCalibration.map { [("Next, as agreed", $0)] } ?? []
        return (
            "When",
            [
                ("Received", dates.received.map(spoken) ?? "at the place of work"),
                ("Performed", "\(spoken(dates.begin))\nto \(spoken(dates.end))"), ("Issued", spoken(dates.issued)),
            ] + next
        )
    }

    private var method: (String, [Fact]) {
        let (method, conditions) = (content.method, content.conditions)
        let value = { (text: String?, unit: String) in text.map { "\(Printed.number($0)) \(unit)" } ?? "not measured" }
        let ambient = [
            ("temperature", conditions.temperature, "°C"), ("humidity", conditions.humidity, "% RH"),
            ("pressure", conditions.pressure, "hPa"),
        ].map { name, text, unit in text == nil ? "\(name) not measured" : value(text, unit) }
        let exposure = conditions.exposureSeconds.map { "\($0) s" } ?? "not measured"
        return (
            "Method and conditions",
            [
                ("Procedure", method.procedure + (method.revision.map { ", \($0)" } ?? "")),
                ("Guidance", method.standard),
                ("Ambient", ambient.joined(separator: "  ·  ") + (conditions.areEstimated ? " (estimated)" : "")),
                ("Gas flow", value(conditions.flow, "l/min")), ("Exposure", exposure),
            ]
        )
    }

    private var endMark: Block {
        let text = "— END OF CERTIFICATE —"
        let box = TextBox(
            text, TextStyle(size: 8, isBold: true, ink: .accent), width: PageFrame.inner, alignment: .centre,
            canvas: canvas)
        return Block(height: box.height) { canvas, y in
            canvas.tagged("P") { box.draw(on: canvas, x: PageFrame.left, y: y) }
        }
    }
}

/// How values are spelled for people.
enum Printed {
    /// A decimal with a true minus sign.
    static func number(_ text: String) -> String { text.hasPrefix("-") ? "−\(text.dropFirst())" : text }

    /// An error: with its sign unless it is zero.
    static func error(_ text: String) -> String {
        let isZero = text.utf8.allSatisfy { $0 == UInt8(ascii: "0") || $0 == UInt8(ascii: ".") }
        return text.hasPrefix("-") || isZero ? number(text) : "+\(text)"
    }
}
