import TruckrollDomain

extension CertificateSections {
    var statements: [Block] {
        let traceability =
            if content.level == .functionalCheck {
                "A functional check says that sensors and alarms respond. It is not a calibration."
            } else if !namesResultsWithoutGas {
                "Results are traceable through the certificates of the reference gases listed above."
            } else if content.references.isEmpty {
                "No result is traceable to a reference gas: none was applied."
            } else if withoutGas.isEmpty {
                "Results are traceable through the certificates of the reference gases listed above."
            } else {
                "Results taken with a reference gas are traceable through the certificates of the reference gases listed above; "
                    + "those taken without one are named below the results."
            }
        let accreditation = content.level == .accredited ? "" : " The work is not covered by an accreditation."
        return [
            heading("Statement of conformity"),
            paragraph("\(content.decisionRule.rule) \(content.decisionRule.guardBand)").keptWithNext,
            paragraph("Outcome over the as-left results of all mandatory channels: \(content.outcome.word).", .strong)
                .keptWithNext,
            paragraph(
                "U combines the uncertainty of the gas and the step of the display. \(traceability)\(accreditation)"),
        ]
    }

    var remarks: [Block] {
        let parts = content.parts.map { part in
            [
                "\(part.action.rawValue): \(part.part)", part.serial.map { "serial or lot \($0)" },
                part.certificate.map { "certificate \($0)" },
            ].compactMap(\.self).joined(separator: ", ")
        }
        let lists: [(String, [String])] = [
            ("Deviations, additions, exclusions", content.deviations), ("Parts", parts),
            ("Stated by the customer, not verified", content.suppliedByCustomer),
            ("Results of others", content.fromOthers),
            ("Opinions and interpretations, which are not results", content.opinions),
        ]
        let rows = lists.filter { !$0.1.isEmpty || $0.0 != "Results of others" }.map { title, lines in
            remark(title, lines.isEmpty ? "None." : lines.joined(separator: "\n"))
        }
        return [heading("Remarks")] + rows
    }

    private func remark(_ title: String, _ text: String) -> Block {
        let width = 150.0
        let label = TextBox(title, .label, width: width - 8, canvas: canvas)
        let value = TextBox(text, width: PageFrame.inner - width, canvas: canvas)
        let lower = value.baseline - label.baseline
        return Block(height: max(label.height + lower, value.height) + 3) { canvas, y in
            canvas.tagged("P") {
                label.draw(on: canvas, x: PageFrame.left, y: y + lower)
                value.draw(on: canvas, x: PageFrame.left + width, y: y)
            }
        }
    }

    /// Points; about what a signature takes on paper.
    private static let (signatureWidth, signatureHeight) = (120.0, 40.0)

    var signatures: Block {
        let gap = 20.0
        let width = (PageFrame.inner - gap) / 2
        let technician = content.technician
        let right = PageFrame.left + width + gap
        func column(_ title: String, _ lines: [(String, TextStyle)], x: Double) -> [(box: TextBox, x: Double)] {
            ([(title, TextStyle.heading)] + lines).map {
                (TextBox($0.0, $0.1, width: width, canvas: canvas), x)
            }
        }
        let spoken = { (text: String) in (try? CertificateInstant(parsing: text).spoken) ?? text }
        let seal = certificate.signature == nil ? "NOT SIGNED" : "Signed with the device's key"
        let left = column(
            "Performed and authorised by",
            [
                (technician.name, TextStyle(size: 9.5, isBold: true)), (technician.role, .body),
                ("\(technician.qualification), no. \(technician.qualificationNumber)", .body),
                ("\(technician.qualificationIssuer), valid until \(technician.validUntil)", .small),
                ("\(seal), \(spoken(content.dates.issued))", .small),
            ], x: PageFrame.left)
        let acceptance = content.acceptance
        let lines: [(String, TextStyle)] =
            acceptance.map {
                [
                    ($0.name, TextStyle(size: 9.5, isBold: true)), ($0.role, .body),
                    ("Meaning: \($0.meaning.rawValue)", .body),
                    ("\(spoken($0.at)), on the technician's device", .small),
                    ("Bound to the content as shown, \($0.shownHash.prefix)…", .small),
                ] + ($0.isSigned ? [] : [("No signature was taken.", .absent)])
            } ?? [("Nobody was asked to accept this certificate.", .absent)]
        let columns = [left, column("For the customer", lines, x: right)]
        let pen = PenStrokes(acceptance?.strokes ?? [])
        // What a pen drew stands between the title and the name, where no text is.
        let signed = Self.signatureHeight + 4
        let height =
            columns.enumerated().map { index, column in
                column.reduce(index == 1 && !pen.isEmpty ? 6 + signed : 6) { $0 + $1.box.height + 1.2 }
            }.max() ?? 0
        return Block(height: height) { canvas, y in
            for (place, column) in columns.enumerated() {
                var top = y
                for (index, part) in column.enumerated() {
                    canvas.tagged(index == 0 ? "H2" : "P") { part.box.draw(on: canvas, x: part.x, y: top) }
                    top += part.box.height + 1.2
                    if index == 0 {
                        canvas.line(from: part.x, to: part.x + width, y: top, .rule)
                        top += 4
                        if place == 1, !pen.isEmpty {
                            pen.draw(on: canvas, in: Box(x: part.x, y: top, width: Self.signatureWidth, height: Self.signatureHeight))
                            top += signed
                        }
                    }
                }
            }
        }
    }

    var verification: Block {
        let inner = PageFrame.inner - 20
        let hash = certificate.contentHash.text
        let lines: [(String, TextStyle)] = [
            ("Verification", .heading),
            ("Content SHA-256  \(hash.prefix(32)) \(hash.dropFirst(32))", .code),
            ("Device  \(Hexadecimal.text(certificate.device))", .code),
            (
                "How to verify: keep this PDF together with \(ProofFile.fileName(for: certificate.printedNumber)) and run "
                    + "truckroll-certificates verify. It needs the issuer's public key and no network, and says whether "
                    + "one bit was changed. The last four characters of the number and the QR code follow from the "
                    + "content.",
                TextStyle(size: 7.4)
            ),
            (
                "Whether this certificate was since replaced or revoked, only the issuer can say. Made by "
                    + "\(content.software.name) \(content.software.version), rules \(content.software.rules).",
                .small
            ),
        ]
        let boxes = lines.map { TextBox($0.0, $0.1, width: inner, canvas: canvas) }
        let height = boxes.reduce(14) { $0 + $1.height + 2 }
        return Block(height: height) { canvas, y in
            canvas.fill(Box(x: PageFrame.left, y: y, width: PageFrame.inner, height: height), .tint)
            var top = y + 8
            for (index, box) in boxes.enumerated() {
                canvas.tagged(index == 0 ? "H2" : "P") { box.draw(on: canvas, x: PageFrame.left + 10, y: top) }
                top += box.height + 2
            }
        }
    }
}

/// Pen strokes scaled into a box.
struct PenStrokes {
    private let strokes: [[(x: Double, y: Double)]]

    /// Takes lists of x, y in any unit; a list without a whole pair draws nothing.
    init(_ strokes: [[Int]]) {
        self.strokes = strokes.map { numbers in
            stride(from: 0, to: numbers.count - 1, by: 2).map { (Double(numbers[$0]), Double(numbers[$0 + 1])) }
        }
    }

    /// Whether there is nothing to draw.
    var isEmpty: Bool { strokes.allSatisfy(\.isEmpty) }

    /// Draws them in the box, as large as fits in it, at its left.
    func draw(on canvas: Canvas, in box: Box) {
        let points = strokes.flatMap(\.self)
        guard let left = points.map(\.x).min(), let right = points.map(\.x).max(),
            let top = points.map(\.y).min(), let bottom = points.map(\.y).max()
        else { return }
        let scale = min(box.width / max(right - left, 1), box.height / max(bottom - top, 1))
        let offset = (x: box.x, y: box.y + (box.height - (bottom - top) * scale))
        for stroke in strokes {
            let placed = stroke.map { (x: offset.x + ($0.x - left) * scale, y: offset.y + ($0.y - top) * scale) }
            canvas.polyline(placed, .text, width: 0.9)
        }
    }
}
