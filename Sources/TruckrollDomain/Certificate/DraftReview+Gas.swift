extension DraftReview {
    /// What a certificate says about the gas of a reading.
    enum GasWeight {
        /// A result rests on the reading: the wrong gas stops the certificate.
        case result
        /// Another reading took its place: the wrong gas is a remark.
        case aside

        var severity: CertificateProblem.Severity { self == .result ? .error : .warning }

        /// What to do, where it is not just a remark.
        func remedy(_ text: String) -> String {
            self == .result
                ? "\(text) The new reading names this one as the one it corrects." : "No result rests on it; correct the reading if it is a slip."
        }
    }

    @discardableResult
    mutating func reviewGas(
        _ reading: CalibrationReading, at: CertificateInstant, of channel: ChannelResult, weight: GasWeight = .result
    ) -> ReferenceGas? {
        let use = "the \(reading.phase.spoken) \(reading.point.rawValue) of channel \(channel.number)"
        guard let number = reading.cylinder else {
            if let applied = try? ExactDecimal(parsing: reading.applied), !applied.isZero {
                report(
                    .gasMissing, "For \(use), \(reading.applied) was applied from no named cylinder.",
                    weight.remedy("Scan the cylinder that was used."), severity: weight.severity)
            }
            return nil
        }
        guard let used = draft.cylinders.first(where: { $0.gas.cylinder == number }) else {
            report(
                .gasUnknown, "Cylinder \(number), used for \(use), is not among those of this certificate.",
                weight.remedy("Scan the cylinder, so that its certificate is known."), severity: weight.severity)
            return nil
        }
        let name = "Cylinder \(number) (\(used.gas.gas))"
        if used.isWithdrawn {
            report(
                .gasWithdrawn, "\(name) is withdrawn from use and was used for \(use).",
                weight.remedy("Repeat the reading with another cylinder."), severity: weight.severity)
        }
        if !CivilDate.isDate(used.gas.expiresOn) || !CivilDate.isDate(used.certifiedOn) {
            report(.gasMalformed, "\(name) has no proper dates.", "Correct them after its certificate.", severity: weight.severity)
        } else if used.gas.expiresOn < at.date {
            report(
                .gasExpired, "\(name) expired on \(used.gas.expiresOn) and was used on \(at.date) for \(use).",
                weight.remedy("Repeat the reading with a cylinder that is in date."), severity: weight.severity)
        } else if used.certifiedOn > at.date {
            report(
                .gasNotYetCertified, "\(name) was certified on \(used.certifiedOn) and used on \(at.date) for \(use).",
                "Check the dates of the certificate and of the device.", severity: weight.severity)
        }
        reviewValue(of: used.gas, name: name, use: use, reading: reading, channel: channel, weight: weight)
        return used.gas
    }

    /// The gas of readings that are no results themselves: the last adjustment made the as-left results; tests and
    /// readings that were repeated are only remarked on.
    mutating func reviewGasAside(_ readings: [TimedReading], results: [CalibrationReading], of channel: ChannelResult) {
        let adjusting = CalibrationPoint.allCases.compactMap { point in
            readings.filter { $0.reading.phase == .adjusted && $0.reading.point == point && $0.reading.kind != .bump }.max { $0.at < $1.at }?.reading
        }
        for timed in readings where !results.contains(timed.reading) {
            reviewGas(timed.reading, at: timed.at, of: channel, weight: adjusting.contains(timed.reading) ? .result : .aside)
        }
    }

    mutating func reviewValue(
        of gas: ReferenceGas, name: String, use: String, reading: CalibrationReading, channel: ChannelResult, weight: GasWeight
    ) {
        guard let applied = try? ExactDecimal(parsing: reading.applied), !applied.isZero else { return }
        if gas.cas != channel.cas {
            report(
                .gasOfOtherComponent,
                "\(name) is not certified for \(channel.gas), the gas of channel \(channel.number), and was used for \(use).",
                weight.remedy("Repeat the reading with a cylinder certified for the gas of the channel."), severity: weight.severity)
        }
        guard let isOther = ReadingJudge.differs(applied, from: gas, in: channel) else {
            // Without a basis nothing follows for %LEL, which is reported as such.
            guard ReadingJudge.reference(gas) == nil else { return }
            report(
                .gasMalformed, "\(name) has certified values that cannot be computed with.",
                "Correct concentration, uncertainty and coverage factor after its certificate.", severity: weight.severity)
            return
        }
        if isOther {
            report(
                .appliedDiffers,
                "Channel \(channel.number): \(reading.applied) \(channel.unit.rawValue) was applied, and \(name) "
                    + "with \(gas.concentration) \(gas.unit.rawValue) gives another value.",
                "Check the applied value, the cylinder and the LFL basis.", severity: .warning)
        }
    }
}
