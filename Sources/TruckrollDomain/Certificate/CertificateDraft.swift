/// A certificate in the making: what was read and with what, before anything is judged or frozen.
public struct CertificateDraft: Sendable {
    /// All that is not derived from readings.
    public var particulars: CertificateParticulars
    /// The channels of the item.
    public var channels: [ChannelUnderTest]
    /// The cylinders at hand.
    public var cylinders: [CylinderUsed]
    /// The readings, in any order.
    public var readings: [CalibrationReading]

    /// A draft of the parts known so far.
    public init(
        particulars: CertificateParticulars, channels: [ChannelUnderTest], cylinders: [CylinderUsed],
        readings: [CalibrationReading]
    ) {
        self.particulars = particulars
        self.channels = channels
        self.cylinders = cylinders
        self.readings = readings
    }

    /// What stands in the way of a certificate, or deserves a look; worst first.
    public func problems() -> [CertificateProblem] { DraftReview(of: self).problems }

    /// The content that is hashed and signed.
    ///
    /// - Throws: ``FreezeRefusal`` while any problem is an error.
    public func freeze() throws(FreezeRefusal) -> CertificateContent {
        let review = DraftReview(of: self)
        guard let content = review.content, !review.problems.contains(where: { $0.severity == .error }) else {
            throw FreezeRefusal(problems: review.problems)
        }
        return content
    }

    /// The hash a customer's acceptance has to name: of the content as it would be without an acceptance.
    public func shownHash() throws(FreezeRefusal) -> ContentHash {
        var shown = self
        shown.particulars.acceptance = nil
        return try shown.freeze().hash
    }
}

/// A channel with all that is known of it before it is read.
public struct ChannelUnderTest: Sendable {
    /// The channel as it will be printed; its points are filled in from the readings.
    public var channel: ChannelResult
    /// Accepted error in per cent of the applied value.
    public var tolerancePercent: String?
    /// Accepted error is never less than this, in the channel's unit.
    public var toleranceMinimum: String?

    /// A channel and its accepted error; one of the two parts of the tolerance is enough.
    public init(channel: ChannelResult, tolerancePercent: String? = nil, toleranceMinimum: String? = nil) {
        self.channel = channel
        self.tolerancePercent = tolerancePercent
        self.toleranceMinimum = toleranceMinimum
    }
}

/// A cylinder with what decides whether it may be used.
public struct CylinderUsed: Sendable {
    /// The cylinder as printed.
    public var gas: ReferenceGas
    /// Day of its certification, `2025-06-01`.
    public var certifiedOn: String
    /// Whether it is withdrawn from use.
    public var isWithdrawn: Bool

    /// A cylinder and its state as known at the time of work.
    public init(gas: ReferenceGas, certifiedOn: String, isWithdrawn: Bool = false) {
        self.gas = gas
        self.certifiedOn = certifiedOn
        self.isWithdrawn = isWithdrawn
    }
}
