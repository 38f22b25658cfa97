/// All that a calibration certificate says, frozen: what is hashed, signed, printed and never edited.
///
/// Every number is a decimal text with no more digits than the resolution of what measured it. `nil` means
/// that a value was not measured or not stated; it is written as `null` and printed in words, never left blank.
public struct CertificateContent: Sendable {
    /// Names the format in the first member that tells versions apart.
    public static let format = "truckroll/certificate/1"

    /// Title as printed.
    public var title: String
    /// What the work amounts to.
    public var level: CertificateLevel
    /// Accreditation number, if and only if ``level`` is accredited.
    public var accreditation: String?
    /// Number without its check characters: they follow from the hash of this very content.
    public var number: CertificateNumber
    /// Certificate revision, from 0.
    public var revision: Int
    /// What this revision replaces, and why.
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
    /// When it was received, done and issued.
    public var dates: CertificateDates
    /// Ambient conditions.
    public var conditions: CalibrationConditions
    /// Cylinders and instruments used.
    public var references: [ReferenceGas]
    /// Results by channel.
    public var channels: [ChannelResult]
    /// How results were judged.
    public var decisionRule: DecisionRule
    /// Verdict over the as-left readings of the mandatory channels.
    public var outcome: Verdict
    /// Whether the item was left in service.
    public var leftInService: Bool
    /// Deviations from the method, additions and exclusions.
    public var deviations: [String]
    /// Opinions and interpretations.
    public var opinions: [String]
    /// Parts fitted or removed.
    public var parts: [PartChange]
    /// What the customer stated and nobody verified.
    public var suppliedByCustomer: [String]
    /// Results of others.
    public var fromOthers: [String]
    /// Date of the next calibration, only where the customer agreed that it be named.
    public var nextCalibration: String?
    /// Who did the work and authorises the certificate.
    public var technician: CertifiedTechnician
    /// What the customer signed, if anybody did.
    public var acceptance: CustomerAcceptance?
    /// Software and rules that made this content.
    public var software: CertificateSoftware

    /// The bytes that are hashed and signed.
    public var canonicalBytes: [UInt8] { canonical.encoded }

    /// The hash of ``canonicalBytes``.
    public var hash: ContentHash { ContentHash(of: canonicalBytes) }

    /// The content as it was shown to the customer: before the customer signed.
    public var asShown: CertificateContent {
        var shown = self
        shown.acceptance = nil
        return shown
    }

    /// Whether there is no acceptance, or it is bound to exactly this content (I16).
    public var isAcceptanceBound: Bool { acceptance.map { $0.shownHash == asShown.hash } ?? true }

    /// Reads what ``canonicalBytes`` writes, and nothing else.
    public init(canonicalBytes bytes: [UInt8]) throws(ContentProblem) {
        let value: CanonicalValue
        do { value = try CanonicalValue(canonical: bytes) } catch { throw .notCanonical(error) }
        self = try Self.read(value, path: "")
        guard canonicalBytes == bytes else { throw .malformed(path: "") }
    }
}

extension CertificateContent: ContentRecord {
    init(reading reader: inout ContentReader) throws(ContentProblem) {
        let format = try reader.text("format")
        guard format == Self.format else { throw .unknownFormat(format) }
        title = try reader.text("title")
        level = try reader.choice("level")
        accreditation = try reader.optionalText("accreditation")
        guard let number = try? CertificateNumber(parsing: try reader.text("number")) else {
            throw .malformed(path: "number")
        }
        self.number = number
        revision = try reader.integer("revision", in: 0...1000)
        supersedes = try reader.optionalRecord("supersedes")
        order = try reader.optionalText("order")
        issuer = try reader.record("issuer")
        customer = try reader.record("customer")
        place = try reader.record("place")
        method = try reader.record("method")
        item = try reader.record("item")
        dates = try reader.record("dates")
        conditions = try reader.record("conditions")
        references = try reader.records("references")
        channels = try reader.records("channels")
        decisionRule = try reader.record("decision_rule")
        outcome = try reader.choice("outcome")
        leftInService = try reader.bool("left_in_service")
        deviations = try reader.texts("deviations")
        opinions = try reader.texts("opinions")
        parts = try reader.records("parts")
        suppliedByCustomer = try reader.texts("supplied_by_customer")
        fromOthers = try reader.texts("from_others")
        nextCalibration = try reader.optionalText("next_calibration")
        technician = try reader.record("technician")
        acceptance = try reader.optionalRecord("acceptance")
        software = try reader.record("software")
        guard (level == .accredited) == (accreditation != nil) else { throw .malformed(path: "accreditation") }
    }

    /// The content as a canonical value.
    public var canonical: CanonicalValue {
        .object([
            "format": .string(Self.format), "title": .string(title), "level": .string(level.rawValue),
            "accreditation": .optional(accreditation), "number": .string(number.text), "revision": .integer(revision),
            "supersedes": .record(supersedes), "order": .optional(order), "issuer": issuer.canonical,
            "customer": customer.canonical, "place": place.canonical, "method": method.canonical,
            "item": item.canonical, "dates": dates.canonical, "conditions": conditions.canonical,
            "references": .records(references), "channels": .records(channels),
            "decision_rule": decisionRule.canonical, "outcome": .string(outcome.rawValue),
            "left_in_service": .bool(leftInService), "deviations": .strings(deviations),
            "opinions": .strings(opinions), "parts": .records(parts),
            "supplied_by_customer": .strings(suppliedByCustomer), "from_others": .strings(fromOthers),
            "next_calibration": .optional(nextCalibration), "technician": technician.canonical,
            "acceptance": .record(acceptance), "software": software.canonical,
        ])
    }
}

extension CanonicalValue {
    /// An object of `members`, given in any order.
    static func object(_ members: KeyValuePairs<String, CanonicalValue>) -> CanonicalValue {
        .object(CanonicalObject(members))
    }
}
