/// What was calibrated, as it was received.
public struct CalibratedItem: Sendable {
    /// Maker.
    public var maker: String
    /// Model.
    public var model: String
    /// Maker's serial number.
    public var serial: String
    /// The customer's tag.
    public var tag: String?
    /// Firmware version.
    public var firmware: String?
    /// Explosion protection marking.
    public var exMarking: String?
    /// Certificate of the marking.
    public var exCertificate: String?
    /// Condition as received.
    public var conditionAsReceived: String

    /// The parts as they are known.
    public init(
        maker: String, model: String, serial: String, tag: String? = nil, firmware: String? = nil,
        exMarking: String? = nil, exCertificate: String? = nil, conditionAsReceived: String
    ) {
        self.maker = maker
        self.model = model
        self.serial = serial
        self.tag = tag
        self.firmware = firmware
        self.exMarking = exMarking
        self.exCertificate = exCertificate
        self.conditionAsReceived = conditionAsReceived
    }
}

extension CalibratedItem: ContentRecord {
    init(reading reader: inout ContentReader) throws(ContentProblem) {
        maker = try reader.text("maker")
        model = try reader.text("model")
        serial = try reader.text("serial")
        tag = try reader.optionalText("tag")
        firmware = try reader.optionalText("firmware")
        exMarking = try reader.optionalText("ex_marking")
        exCertificate = try reader.optionalText("ex_certificate")
        conditionAsReceived = try reader.text("condition_as_received")
    }

    var canonical: CanonicalValue {
        .object([
            "maker": .string(maker), "model": .string(model), "serial": .string(serial), "tag": .optional(tag),
            "firmware": .optional(firmware), "ex_marking": .optional(exMarking),
            "ex_certificate": .optional(exCertificate), "condition_as_received": .string(conditionAsReceived),
        ])
    }
}

/// Whether a part came or went.
public enum PartAction: String, Hashable, Sendable {
    /// Built in.
    case fitted
    /// Taken out.
    case removed
    /// Used up.
    case consumed
}

/// A part fitted to the item or removed from it.
public struct PartChange: Sendable {
    /// What was done with it.
    public var action: PartAction
    /// Part number and name.
    public var part: String
    /// Serial number or lot.
    public var serial: String?
    /// Certificate that came with it.
    public var certificate: String?

    /// The parts as they are known.
    public init(action: PartAction, part: String, serial: String? = nil, certificate: String? = nil) {
        self.action = action
        self.part = part
        self.serial = serial
        self.certificate = certificate
    }
}

extension PartChange: ContentRecord {
    init(reading reader: inout ContentReader) throws(ContentProblem) {
        action = try reader.choice("action")
        part = try reader.text("part")
        serial = try reader.optionalText("serial")
        certificate = try reader.optionalText("certificate")
    }

    var canonical: CanonicalValue {
        .object([
            "action": .string(action.rawValue), "part": .string(part), "serial": .optional(serial),
            "certificate": .optional(certificate),
        ])
    }
}
