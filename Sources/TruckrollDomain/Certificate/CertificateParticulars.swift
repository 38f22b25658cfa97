/// What a certificate says besides results.
public struct CertificateParticulars: Sendable {
    /// Title as printed.
    public var title = "Calibration certificate"
    /// What the work amounts to.
    public var level = CertificateLevel.traceable
    /// Accreditation number.
    public var accreditation: String?
    /// Number without check characters.
    public var number: CertificateNumber
    /// Certificate revision, from 0.
    public var revision = 0
    /// What this revision replaces.
    public var supersedes: Supersession?
    /// Number of the order.
    public var order: String?
    /// Who issues.
    public var issuer: CertificateParty
    /// Who asked for the work.
    public var customer: CertificateParty
    /// Where the work was done.
    public var place: PlaceOfWork
    /// How it was done.
    public var method: CalibrationMethod
    /// What was calibrated.
    public var item: CalibratedItem
    /// When the item was received, with offset.
    public var received: String?
    /// When the content becomes final, with offset.
    public var issued: String
    /// Ambient conditions.
    public var conditions: CalibrationConditions
    /// Whether the item was left in service.
    public var leftInService = true
    /// Deviations from the method, additions and exclusions.
    public var deviations: [String] = []
    /// Opinions and interpretations.
    public var opinions: [String] = []
    /// Parts fitted or removed.
    public var parts: [PartChange] = []
    /// What the customer stated.
    public var suppliedByCustomer: [String] = []
    /// Results of others.
    public var fromOthers: [String] = []
    /// Date of the next calibration, only where the customer agreed that it be named.
    public var nextCalibration: String?
    /// Who did the work.
    public var technician: CertifiedTechnician
    /// What the customer signed.
    public var acceptance: CustomerAcceptance?
    /// Software and rules.
    public var software: CertificateSoftware

    /// The parts without which there is no certificate; the others have a usual value.
    public init(
        number: CertificateNumber, issuer: CertificateParty, customer: CertificateParty, place: PlaceOfWork,
        method: CalibrationMethod, item: CalibratedItem, issued: String, conditions: CalibrationConditions,
        technician: CertifiedTechnician, software: CertificateSoftware
    ) {
        self.number = number
        self.issuer = issuer
        self.customer = customer
        self.place = place
        self.method = method
        self.item = item
        self.issued = issued
        self.conditions = conditions
        self.technician = technician
        self.software = software
    }
}
