import TruckrollDomain

/// What the check of a certificate found, layer by layer.
public struct VerificationReport: Sendable {
    /// What is checked, in the order in which it is reported.
    public enum Layer: String, Hashable, Sendable, CaseIterable {
        /// The public key the check was given.
        case tenantKey = "tenant-key"
        /// The form of the proof file.
        case proofFile = "proof-file"
        /// The frozen content.
        case content
        /// The printed number.
        case number
        /// The tenant's word that the signing key belongs to the device.
        case enrolment
        /// The device's signature over the content.
        case deviceSignature = "device-signature"
        /// The customer's acceptance.
        case acceptance
        /// The tenant's word that the exporting key belongs to its device.
        case exporterEnrolment = "exporter-enrolment"
        /// The exporting device's signature over the registration of the PDF.
        case registration
        /// The bytes of the PDF.
        case pdf
    }

    /// How a layer came out.
    public enum Result: String, Hashable, Sendable {
        /// Exactly as it was made.
        case intact
        /// Altered, forged, or not what it claims to be.
        case refused
        /// Nothing can be said, because a layer it rests on is refused.
        case notChecked = "not-checked"
    }

    /// What was found about one layer.
    public struct Finding: Hashable, Sendable {
        /// The layer.
        public let layer: Layer
        /// How it came out.
        public let result: Result
        /// In plain words.
        public let message: String
    }

    /// What the content claims; to be believed only if the report is genuine.
    public struct Subject: Hashable, Sendable {
        /// Printed number.
        public let number: String
        /// Certificate revision.
        public let revision: Int
        /// Who issued it.
        public let issuer: String
        /// Who did the work.
        public let technician: String
        /// When it was issued.
        public let issued: String
        /// For whom.
        public let customer: String
        /// What was calibrated.
        public let item: String
        /// Verdict over the as-left results.
        public let outcome: Verdict
        /// Printed number of the certificate it replaces.
        public let replaces: String?
    }

    /// One finding for every layer.
    public let findings: [Finding]
    /// What the content claims, if it can be read.
    public let subject: Subject?
    /// What does not refuse the certificate and is worth knowing.
    public let notes: [String]

    /// Whether every layer is intact.
    public var isGenuine: Bool { findings.allSatisfy { $0.result == .intact } }

    /// The first layer that is refused, which names the cause; later ones may follow from it.
    public var firstRefused: Layer? { findings.first { $0.result == .refused }?.layer }

    /// The report in plain words.
    public var text: String {
        var lines = [
            isGenuine
                ? "GENUINE: this is the certificate as it was issued." : "REFUSED: do not rely on this certificate."
        ]
        if let subject {
            lines += [
                isGenuine ? "" : "It claims, but this is not proven:",
                "  Certificate  \(subject.number), revision \(subject.revision)",
                "  Item         \(subject.item)",
                "  Outcome      as left: \(subject.outcome.word)",
                "  Performed by \(subject.technician), issued \(subject.issued)",
                "  Issuer       \(subject.issuer)",
                "  Customer     \(subject.customer)",
            ].filter { !$0.isEmpty }
            if let replaces = subject.replaces { lines.append("  Replaces     \(replaces)") }
        }
        lines += findings.map { "  [\($0.result.sign)] \($0.layer.rawValue): \($0.message)" }
        lines += notes.map { "  Note: \($0)" }
        return lines.joined(separator: "\n")
    }
}

extension VerificationReport.Result {
    fileprivate var sign: String {
        switch self {
        case .intact: "ok"
        case .refused: "REFUSED"
        case .notChecked: "not checked"
        }
    }
}
