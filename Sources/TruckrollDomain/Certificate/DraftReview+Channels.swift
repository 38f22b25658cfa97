extension DraftReview {
    mutating func reviewChannels() -> [ChannelResult] {
        var results: [ChannelResult] = []
        for test in draft.channels.sorted(by: { $0.channel.number < $1.channel.number }) {
            if results.last?.number == test.channel.number {
                report(
                    .malformed, "Channel \(test.channel.number) is listed twice.", "List each channel once.")
                continue
            }
            results.append(review(test))
        }
        for reading in draft.readings where !results.contains(where: { $0.number == reading.channel }) {
            report(
                .malformed, "A reading names channel \(reading.channel), which the item does not have.",
                "Record the reading for the right channel.")
        }
        return results
    }

    mutating func review(_ test: ChannelUnderTest) -> ChannelResult {
        var result = test.channel
        result.points = []
        if result.unit != .percentLEL { result.lfl = nil }
        let name = "Channel \(result.number) (\(result.gas))"
        if result.unit == .percentLEL, result.lfl == nil {
            report(
                .lflBasisMissing, "\(name) reads %LEL and does not say what 100 %LEL stands for.",
                "Enter the lower flammable limit in %vol and the standard it is taken from.")
        }
        guard let judge = ReadingJudge(test) else {
            report(
                test.tolerancePercent == nil && test.toleranceMinimum == nil ? .toleranceMissing : .malformed,
                "\(name) has no usable resolution or accepted error.",
                "Enter its resolution, and its accepted error in per cent, in its unit, or both.")
            return result
        }
        let readings = timed(test, name: name)
        let measured = readings.filter { $0.reading.kind != .bump }
        var results: [CalibrationReading] = []
        for point in CalibrationPoint.allCases {
            let here = measured.filter { $0.reading.point == point }
            let found = here.filter { $0.reading.phase == .asFound }.min { $0.moment < $1.moment }
            let left = here.filter { $0.reading.phase == .asLeft }.max { $0.moment < $1.moment }
            results += [found?.reading, left?.reading].compactMap(\.self)
            if !here.isEmpty {
                result.points.append(
                    PointResult(
                        point: point, asFound: measure(found, of: result, by: judge),
                        asLeft: measure(left, of: result, by: judge)))
            }
            reviewPresence(point, of: result, name: name, found: found, left: left, adjusted: adjustments(test, here))
        }
        reviewGasAside(readings, results: results, of: result)
        reviewOrder(measured, adjustments: adjustments(test, measured), name: name)
        reviewFollowUp(readings, judge: judge, name: name)
        return result
    }

    struct TimedReading {
        let reading: CalibrationReading
        let at: CertificateInstant

        var moment: Moment { Moment(at: at, place: reading.place) }
    }

    /// When something happened: an instant to the second, and within it the order of writing down.
    struct Moment: Comparable {
        let at: CertificateInstant
        let place: Int

        static func < (left: Moment, right: Moment) -> Bool { (left.at, left.place) < (right.at, right.place) }
    }

    /// The channel's readings that are of a proper form; the others are reported.
    mutating func timed(_ test: ChannelUnderTest, name: String) -> [TimedReading] {
        var readings: [TimedReading] = []
        let places = ExactDecimal.places(test.channel.resolution)
        for reading in draft.readings where reading.channel == test.channel.number {
            guard let at = try? CertificateInstant(parsing: reading.at),
                (try? ExactDecimal(parsing: reading.applied)) != nil,
                (try? ExactDecimal(parsing: reading.indicated)) != nil
            else {
                report(
                    .malformed, "\(name) has a reading that is not a number with a time and offset.",
                    "Record it again, such as 12.5 at 2026-11-20T09:12:00+01:00.")
                continue
            }
            if reading.unit != test.channel.unit {
                report(
                    .unitDiffers,
                    "\(name) reads \(test.channel.unit.rawValue), and a reading is in \(reading.unit.rawValue).",
                    "Record the reading in the unit of the channel.")
            }
            if ExactDecimal.places(reading.indicated) > places {
                report(
                    .digitsBeyondResolution,
                    "\(name) shows steps of \(test.channel.resolution), and a reading says \(reading.indicated).",
                    "Record what the display shows.")
            }
            readings.append(TimedReading(reading: reading, at: at))
        }
        return readings
    }

    mutating func measure(
        _ timed: TimedReading?, of channel: ChannelResult, by judge: ReadingJudge
    ) -> JudgedReading? {
        guard let timed else { return nil }
        let cylinder = reviewGas(timed.reading, at: timed.at, of: channel)
        return judge.measurement(of: timed.reading, cylinder: cylinder)
    }

    func adjustments(_ test: ChannelUnderTest, _ readings: [TimedReading]) -> [Moment] {
        let read = readings.filter { $0.reading.phase == .adjusted }.map(\.moment)
        guard let recorded = test.channel.adjustment.flatMap({ try? CertificateInstant(parsing: $0.at) }),
            !read.contains(where: { $0.at == recorded })
        else { return read }
        return read + [Moment(at: recorded, place: 0)]
    }

    mutating func reviewPresence(
        _ point: CalibrationPoint, of channel: ChannelResult, name: String, found: TimedReading?,
        left: TimedReading?, adjusted: [Moment]
    ) {
        if found == nil, !adjusted.isEmpty {
            report(
                .asFoundMissing, "\(name) was adjusted, and its \(point.rawValue) was not read before.",
                "Enter the as-found \(point.rawValue) if it was taken; otherwise read before adjusting in a new run.")
        }
        if left == nil {
            report(
                .asLeftMissing, "\(name) has no as-left \(point.rawValue).",
                "Apply the gas once more and record what the channel reads now.",
                severity: channel.isMandatory ? .error : .warning)
        }
    }

    mutating func reviewOrder(_ readings: [TimedReading], adjustments: [Moment], name: String) {
        let lastFound = readings.filter { $0.reading.phase == .asFound }.map(\.moment).max()
        for point in CalibrationPoint.allCases {
            let left = readings.filter { $0.reading.phase == .asLeft && $0.reading.point == point }.map(\.moment).max()
            let isLeftLate = [adjustments.max(), lastFound].contains { earlier in
                guard let earlier, let left else { return false }
                return left <= earlier
            }
            var isFoundLate = false
            if let lastFound, let firstAdjusted = adjustments.min() { isFoundLate = lastFound >= firstAdjusted }
            guard isLeftLate || isFoundLate else { continue }
            report(
                .phasesOutOfOrder, "\(name): as found, adjusted and as left do not follow one another in time.",
                "Correct a slip by a reading that names the wrong one (`--corrects`) and keeps its time; else take new as-left readings after the last adjustment."
            )
        }
    }

    mutating func reviewFollowUp(_ readings: [TimedReading], judge: ReadingJudge, name: String) {
        let failed = readings.filter { timed in
            let reading = timed.reading
            guard reading.phase == .asFound else { return false }
            if reading.kind == .bump { return !reading.hasResponded }
            guard reading.kind == .check else { return false }
            let gas = draft.cylinders.first { $0.gas.cylinder == reading.cylinder }?.gas
            return judge.measurement(of: reading, cylinder: gas).map { !$0.verdict.isWithinTolerance } ?? false
        }
        guard let last = failed.map(\.at).max(), draft.particulars.leftInService else { return }
        let isFollowed = readings.contains {
            $0.reading.kind == .full && $0.reading.phase == .asLeft && $0.at > last
        }
        if !isFollowed {
            report(
                .failureNotFollowed, "\(name) failed a bump test or check, and no full calibration followed.",
                "Calibrate the channel fully, or take the item out of service.")
        }
    }
}
