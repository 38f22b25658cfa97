import TruckrollDomain

extension CertificateSections {
    var referenceTable: [Block] {
        let columns = [
            Column(title: "Cylinder, lot", width: 82), Column(title: "Component", width: 104),
            Column(title: "Concentration ± U", width: 106), Column(title: "Maker", width: 76),
            Column(title: "Gas certificate", width: 92), Column(title: "Use until", width: PageFrame.inner - 460),
        ]
        let rows = content.references.map { gas -> [Cell] in
            let value = "\(gas.concentration) ± \(gas.uncertainty) \(gas.unit.rawValue)\n(k = \(gas.coverageFactor))"
            let hash = gas.certificateHash.map { "\nSHA-256 \($0.prefix(8))…" } ?? ""
            return [
                .text("\(gas.cylinder)\nlot \(gas.lot)"), .text(gas.gas + (gas.balance.map { "\nin \($0)" } ?? "")),
                .text(value), .text(gas.maker), .text(gas.certificate + hash), .text(gas.expiresOn),
            ]
        }
        guard !rows.isEmpty else { return [heading("Reference gases"), paragraph("No reference gas was applied.")] }
        return [heading("Reference gases")]
            + Table(1, columns: columns, left: PageFrame.left, canvas: canvas).blocks(rows)
    }

    var sensorTable: [Block] {
        let columns = [
            Column(title: "Ch", width: 24, alignment: .right), Column(title: "Gas", width: 88),
            Column(title: "Unit and its basis", width: 132), Column(title: "Range", width: 56),
            Column(title: "Step", width: 36, alignment: .right), Column(title: "Technology", width: 70),
            Column(title: "Sensor serial, expires", width: PageFrame.inner - 406),
        ]
        let rows = content.channels.map { channel -> [Cell] in
            let basis = channel.lfl.map { "%LEL; 100 %LEL = \($0.percentVolume) %vol\n(\($0.source))" }
            let sensor = [channel.sensorSerial, channel.sensorExpires].compactMap(\.self).joined(separator: ", ")
            return [
                .text("\(channel.number)"), .text("\(channel.gas)\nCAS \(channel.cas)"),
                .text(basis ?? channel.unit.rawValue),
                .text("\(Printed.number(channel.rangeLow ?? "0")) to \(channel.rangeHigh)"), .text(channel.resolution),
                .text(channel.technology), sensor.isEmpty ? .text("not stated", .absent) : .text(sensor),
            ]
        }
        return [heading("Channels")] + Table(2, columns: columns, left: PageFrame.left, canvas: canvas).blocks(rows)
    }

    var resultTable: [Block] {
        let (number, error, verdict) = (36.0, 33.0, 61.0)
        let gas = PageFrame.inner - 48 - 3 * number - 40 - 35 - 2 * error - 2 * verdict
        let columns = [
            Column(title: "Ch", width: 20, alignment: .right), Column(title: "Gas, unit", width: gas),
            Column(title: "Point", width: 28), Column(title: "Applied", width: number, alignment: .right),
            Column(title: "Tolerance", width: 40, alignment: .right),
            Column(title: "U (k = 2)", width: 35, alignment: .right),
            Column(title: "Reading", width: number, alignment: .right, group: "As found"),
            Column(title: "Error", width: error, alignment: .right, group: "As found"),
            Column(title: "Verdict", width: verdict, group: "As found"),
            Column(title: "Reading", width: number, alignment: .right, group: "As left"),
            Column(title: "Error", width: error, alignment: .right, group: "As left"),
            Column(title: "Verdict", width: verdict, group: "As left"),
        ]
        var (rows, ends): ([[Cell]], Set<Int>) = ([], [])
        for channel in content.channels {
            for point in CalibrationPoint.allCases {
                let result = channel.points.first { $0.point == point }
                rows.append(row(channel, point, result?.asFound, result?.asLeft))
            }
            ends.insert(rows.count - 1)
        }
        let note =
            "Errors and uncertainties are rounded up, tolerances down, to the step of the channel; verdicts follow "
            + "from the values as printed."
        return [heading("Results")]
            + Table(3, columns: columns, left: PageFrame.left, canvas: canvas).blocks(rows) { ends.contains($0) }
            + [paragraph(([note] + withoutGas).joined(separator: " "), .small)]
    }

    /// A page is made anew byte for byte, so one that release 1.0 made is laid out as it laid it out: it named no such results.
    var namesResultsWithoutGas: Bool { content.software.name != "Truckroll" || content.software.version != "1.0" }

    /// Which results no reference gas stands behind, in words. A functional check claims none.
    var withoutGas: [String] {
        guard namesResultsWithoutGas, content.level != .functionalCheck else { return [] }
        return CalibrationPoint.allCases.flatMap { point in
            [("", [\.asFound, \.asLeft]), (", as found,", [\.asFound]), (", as left,", [\.asLeft])].compactMap { words, phases in
                sentence(point, words, phases)
            }
        }
    }

    /// - Parameter phases: those that were all taken without a gas, where no other was.
    private func sentence(
        _ point: CalibrationPoint, _ words: String, _ phases: [KeyPath<PointResult, JudgedReading?>]
    ) -> String? {
        let channels = content.channels.filter { channel in
            guard let result = channel.points.first(where: { $0.point == point }) else { return false }
            let bare = [\PointResult.asFound, \.asLeft].filter { phase in
                result[keyPath: phase].map { $0.cylinder == nil } ?? false
            }
            return bare == phases
        }
        guard let last = channels.last else { return nil }
        let numbers = channels.dropLast().map { "\($0.number)" }
        let list = numbers.isEmpty ? "channel \(last.number)" : "channels \(numbers.joined(separator: ", ")) and \(last.number)"
        return "\(point == .zero ? "Zero" : "Span") of \(list)\(words) was taken without a reference gas; it is not traceable to one."
    }

    private func row(
        _ channel: ChannelResult, _ point: CalibrationPoint, _ found: JudgedReading?, _ left: JudgedReading?
    ) -> [Cell] {
        // Where two cylinders were used, both values stand one above the other: found, then left.
        func both(_ value: (JudgedReading) -> String) -> Cell {
            var values = [found, left].compactMap(\.self).map(value)
            if values.first == values.last { values = Array(values.prefix(1)) }
            return values.isEmpty ? .absent : .text(values.joined(separator: "\n"))
        }
        func phase(_ measurement: JudgedReading?) -> [Cell] {
            guard let measurement else { return [.absent, .absent, .absent] }
            return [
                .text(Printed.number(measurement.indicated), .strong), .text(Printed.error(measurement.error)),
                .verdict(measurement.verdict),
            ]
        }
        return [
            .text("\(channel.number)"), .text("\(channel.gas), \(channel.unit.rawValue)", .body.sized(7.7)),
            .text(point.rawValue),
            both { Printed.number($0.applied) }, both { "± \($0.tolerance)" }, both(\.uncertainty),
        ] + phase(found) + phase(left)
    }

    var responseTable: [Block] {
        let columns = [
            Column(title: "Ch", width: 24, alignment: .right), Column(title: "Gas", width: 84),
            Column(title: "Alarms", width: PageFrame.inner - 330), Column(title: "T90", width: 36, alignment: .right),
            Column(title: "Gain\nbefore → after", width: 61), Column(title: "Offset\nbefore → after", width: 63),
            Column(title: "Adjusted", width: 62),
        ]
        let rows = content.channels.map { channel -> [Cell] in
            let alarms = channel.alarms.map { alarm in
                let point = "\(alarm.name) at \(Printed.number(alarm.setPoint)) \(channel.unit.rawValue)"
                guard let response = alarm.reached else { return "\(point): not tested" }
                let outputs = response.outputs.map { " (\($0))" } ?? ""
                return "\(point): \(response.reached ? "reached" : "NOT REACHED")\(outputs)"
            }
            let first: [Cell] = [
                .text("\(channel.number)"), .text(channel.gas),
                alarms.isEmpty ? .text("no alarms stated", .absent) : .text(alarms.joined(separator: "\n")),
                .optional(channel.t90Seconds.map { "\($0) s" }),
            ]
            guard let made = channel.adjustment else {
                return first + [
                    .text("as it was", .absent), .text("as it was", .absent), .text("not adjusted", .absent),
                ]
            }
            let instant = try? CertificateInstant(parsing: made.at)
            return first + [
                change(made.gainBefore, made.gainAfter), change(made.offsetBefore, made.offsetAfter),
                .text(instant.map { "\($0.date)\n\($0.timeOfDay)" } ?? made.at),
            ]
        }
        return [heading("Alarms, response and adjustment")]
            + Table(4, columns: columns, left: PageFrame.left, canvas: canvas).blocks(rows)
    }

    private func change(_ before: String?, _ after: String?) -> Cell {
        if before == nil, after == nil { return .absent }
        let spell = { (text: String?) in text.map(Printed.number) ?? "not measured" }
        return .text("\(spell(before)) → \(spell(after))")
    }
}
