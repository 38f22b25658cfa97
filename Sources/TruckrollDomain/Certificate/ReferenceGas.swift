/// A cylinder of certified gas that was applied.
public struct ReferenceGas: Sendable {
    /// Cylinder number.
    public var cylinder: String
    /// Lot.
    public var lot: String
    /// Producer.
    public var maker: String
    /// Certified component.
    public var gas: String
    /// CAS number of the component.
    public var cas: String
    /// Certified concentration.
    public var concentration: String
    /// Unit of concentration and uncertainty.
    public var unit: GasUnit
    /// Expanded uncertainty.
    public var uncertainty: String
    /// Coverage factor k.
    public var coverageFactor: String
    /// Balance gas.
    public var balance: String?
    /// Number of the gas certificate.
    public var certificate: String
    /// SHA-256 of the gas certificate.
    public var certificateHash: String?
    /// Last day of use, `2027-05-31`.
    public var expiresOn: String

    /// The parts as they are known.
    public init(
        cylinder: String, lot: String, maker: String, gas: String, cas: String, concentration: String, unit: GasUnit,
        uncertainty: String, coverageFactor: String, balance: String? = nil, certificate: String,
        certificateHash: String? = nil, expiresOn: String
    ) {
        self.cylinder = cylinder
        self.lot = lot
        self.maker = maker
        self.gas = gas
        self.cas = cas
        self.concentration = concentration
        self.unit = unit
        self.uncertainty = uncertainty
        self.coverageFactor = coverageFactor
        self.balance = balance
        self.certificate = certificate
        self.certificateHash = certificateHash
        self.expiresOn = expiresOn
    }
}

extension ReferenceGas: ContentRecord {
    init(reading reader: inout ContentReader) throws(ContentProblem) {
        cylinder = try reader.text("cylinder")
        lot = try reader.text("lot")
        maker = try reader.text("maker")
        gas = try reader.text("gas")
        cas = try reader.text("cas")
        concentration = try reader.decimal("concentration")
        unit = try reader.choice("unit")
        uncertainty = try reader.decimal("uncertainty")
        coverageFactor = try reader.decimal("coverage_factor")
        balance = try reader.optionalText("balance")
        certificate = try reader.text("certificate")
        certificateHash = try reader.optionalText("certificate_hash")
        expiresOn = try reader.text("expires_on")
    }

    var canonical: CanonicalValue {
        .object([
            "cylinder": .string(cylinder), "lot": .string(lot), "maker": .string(maker), "gas": .string(gas),
            "cas": .string(cas), "concentration": .string(concentration), "unit": .string(unit.rawValue),
            "uncertainty": .string(uncertainty), "coverage_factor": .string(coverageFactor),
            "balance": .optional(balance), "certificate": .string(certificate),
            "certificate_hash": .optional(certificateHash), "expires_on": .string(expiresOn),
        ])
    }
}
