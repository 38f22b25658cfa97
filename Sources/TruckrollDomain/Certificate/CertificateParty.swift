/// What the work amounts to. Never print more than was done.
public enum CertificateLevel: String, Hashable, Sendable {
    /// Sensors and alarms respond; nothing was measured against a tolerance.
    case functionalCheck = "functional_check"
    /// Measured against certified gas; the laboratory is not accredited for it.
    case traceable
    /// Measured under an accreditation that covers this method and place.
    case accredited

    /// The level as printed.
    public var words: String {
        switch self {
        case .functionalCheck: "Functional check, not a calibration"
        case .traceable: "Traceable calibration, not accredited"
        case .accredited: "Accredited calibration"
        }
    }
}

/// A company on a certificate.
public struct CertificateParty: Sendable {
    /// Legal name.
    public var name: String
    /// Lines of the address.
    public var address: [String]
    /// Person or telephone.
    public var contact: String?
    /// Its own reference, such as a purchase order.
    public var reference: String?

    /// The parts as they are known.
    public init(name: String, address: [String], contact: String? = nil, reference: String? = nil) {
        self.name = name
        self.address = address
        self.contact = contact
        self.reference = reference
    }
}

extension CertificateParty: ContentRecord {
    init(reading reader: inout ContentReader) throws(ContentProblem) {
        name = try reader.text("name")
        address = try reader.texts("address")
        contact = try reader.optionalText("contact")
        reference = try reader.optionalText("reference")
    }

    var canonical: CanonicalValue {
        .object([
            "name": .string(name), "address": .strings(address), "contact": .optional(contact),
            "reference": .optional(reference),
        ])
    }
}

/// Where the work was done.
public struct PlaceOfWork: Sendable {
    /// Name and address of the site.
    public var site: String
    /// Area on the drawing.
    public var area: String?
    /// Classification of the area, as the customer states it.
    public var zone: String?
    /// Where in the plant the item is mounted.
    public var mounting: String?

    /// The parts as they are known.
    public init(site: String, area: String? = nil, zone: String? = nil, mounting: String? = nil) {
        self.site = site
        self.area = area
        self.zone = zone
        self.mounting = mounting
    }
}

extension PlaceOfWork: ContentRecord {
    init(reading reader: inout ContentReader) throws(ContentProblem) {
        site = try reader.text("site")
        area = try reader.optionalText("area")
        zone = try reader.optionalText("zone")
        mounting = try reader.optionalText("mounting")
    }

    var canonical: CanonicalValue {
        .object([
            "site": .string(site), "area": .optional(area), "zone": .optional(zone), "mounting": .optional(mounting),
        ])
    }
}

/// Who did the work, and by what qualification, as known at the time of work.
public struct CertifiedTechnician: Sendable {
    /// Printed name.
    public var name: String
    /// Role.
    public var role: String
    /// Scheme of the qualification.
    public var qualification: String
    /// Number of the qualification.
    public var qualificationNumber: String
    /// Body that issued it.
    public var qualificationIssuer: String
    /// Last day of validity, `2027-05-31`.
    public var validUntil: String

    /// The parts as they are known.
    public init(
        name: String, role: String, qualification: String, qualificationNumber: String, qualificationIssuer: String,
        validUntil: String
    ) {
        self.name = name
        self.role = role
        self.qualification = qualification
        self.qualificationNumber = qualificationNumber
        self.qualificationIssuer = qualificationIssuer
        self.validUntil = validUntil
    }
}

extension CertifiedTechnician: ContentRecord {
    init(reading reader: inout ContentReader) throws(ContentProblem) {
        name = try reader.text("name")
        role = try reader.text("role")
        qualification = try reader.text("qualification")
        qualificationNumber = try reader.text("qualification_number")
        qualificationIssuer = try reader.text("qualification_issuer")
        validUntil = try reader.text("valid_until")
    }

    var canonical: CanonicalValue {
        .object([
            "name": .string(name), "role": .string(role), "qualification": .string(qualification),
            "qualification_number": .string(qualificationNumber),
            "qualification_issuer": .string(qualificationIssuer), "valid_until": .string(validUntil),
        ])
    }
}
