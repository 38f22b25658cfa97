extension DraftReview {
    mutating func reviewGas(
        _ reading: CalibrationReading, at: CertificateInstant, of channel: ChannelResult
    ) -> ReferenceGas? {
        guard let number = reading.cylinder else {
            if let applied = try? ExactDecimal(parsing: reading.applied), !applied.isZero {
                report(
                    .gasMissing, "Channel \(channel.number): \(reading.applied) was applied from no named cylinder.",
                    "Scan the cylinder that was used.")
            }
            return nil
        }
        guard let used = draft.cylinders.first(where: { $0.gas.cylinder == number }) else {
            report(
                .gasUnknown, "Cylinder \(number) is not among those of this certificate.",
                "Scan the cylinder, so that its certificate is known.")
            return nil
        }
        let name = "Cylinder \(number) (\(used.gas.gas))"
        if used.isWithdrawn {
            report(.gasWithdrawn, "\(name) is withdrawn from use.", "Repeat the readings with another cylinder.")
        }
        if !CivilDate.isDate(used.gas.expiresOn) || !CivilDate.isDate(used.certifiedOn) {
            report(.gasMalformed, "\(name) has no proper dates.", "Correct them after its certificate.")
        } else if used.gas.expiresOn < at.date {
            report(
                .gasExpired, "\(name) expired on \(used.gas.expiresOn) and was used on \(at.date).",
                "Repeat the readings with a cylinder that is in date.")
        } else if used.certifiedOn > at.date {
            report(
                .gasNotYetCertified, "\(name) was certified on \(used.certifiedOn) and used on \(at.date).",
                "Check the dates of the certificate and of the device.")
        }
        reviewValue(of: used.gas, name: name, reading: reading, channel: channel)
        return used.gas
    }

    mutating func reviewValue(
        of gas: ReferenceGas, name: String, reading: CalibrationReading, channel: ChannelResult
    ) {
        guard let applied = try? ExactDecimal(parsing: reading.applied), !applied.isZero else { return }
        if gas.cas != channel.cas {
            report(
                .gasOfOtherComponent,
                "\(name) is not certified for \(channel.gas), the gas of channel \(channel.number).",
                "Use a cylinder certified for the gas of the channel.")
        }
        guard let isOther = ReadingJudge.differs(applied, from: gas, in: channel) else {
            // Without a basis nothing follows for %LEL, which is reported as such.
            guard ReadingJudge.reference(gas) == nil else { return }
            report(
                .gasMalformed, "\(name) has certified values that cannot be computed with.",
                "Correct concentration, uncertainty and coverage factor after its certificate.")
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
