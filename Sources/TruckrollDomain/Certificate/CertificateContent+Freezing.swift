extension CertificateContent {
    /// Puts together what a draft holds and what follows from its readings.
    init(
        particulars: CertificateParticulars, begin: String, end: String, references: [ReferenceGas],
        channels: [ChannelResult], outcome: Verdict
    ) {
        title = particulars.title
        level = particulars.level
        accreditation = particulars.accreditation
        number = particulars.number
        revision = particulars.revision
        supersedes = particulars.supersedes
        order = particulars.order
        issuer = particulars.issuer
        customer = particulars.customer
        place = particulars.place
        method = particulars.method
        item = particulars.item
        dates = CertificateDates(received: particulars.received, begin: begin, end: end, issued: particulars.issued)
        conditions = particulars.conditions
        self.references = references
        self.channels = channels
        decisionRule = .guardBanded
        self.outcome = outcome
        leftInService = particulars.leftInService
        deviations = particulars.deviations
        opinions = particulars.opinions
        parts = particulars.parts
        suppliedByCustomer = particulars.suppliedByCustomer
        fromOthers = particulars.fromOthers
        nextCalibration = particulars.nextCalibration
        technician = particulars.technician
        acceptance = particulars.acceptance
        software = particulars.software
    }
}

extension DecisionRule {
    /// The rule of ``Verdict``, in words.
    public static let guardBanded = DecisionRule(
        rule: "Four-valued statement of conformity after ILAC-G8:09/2019, 4.2.3: pass below TL − w; conditional pass "
            + "from TL − w to TL; conditional fail above TL to TL + w; fail above TL + w.",
        guardBand: "Guard band w = U, the expanded uncertainty (k = 2, about 95 %).")
}
