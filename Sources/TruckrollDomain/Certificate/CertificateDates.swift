/// When the item was received, worked on and certified, each with offset.
public struct CertificateDates: Sendable {
    /// When it was received; not stated for work at the site.
    public var received: String?
    /// When the first reading was taken.
    public var begin: String
    /// When the last reading was taken.
    public var end: String
    /// When the content became final.
    public var issued: String

    /// The parts as they are known.
    public init(received: String? = nil, begin: String, end: String, issued: String) {
        self.received = received
        self.begin = begin
        self.end = end
        self.issued = issued
    }
}

extension CertificateDates: ContentRecord {
    init(reading reader: inout ContentReader) throws(ContentProblem) {
        received = try reader.optionalInstant("received")
        begin = try reader.instant("begin")
        end = try reader.instant("end")
        issued = try reader.instant("issued")
    }

    var canonical: CanonicalValue {
        .object([
            "received": .optional(received), "begin": .string(begin), "end": .string(end), "issued": .string(issued),
        ])
    }
}

/// What a revision replaces, and why.
public struct Supersession: Sendable {
    /// Printed number of the certificate replaced.
    public var number: String
    /// Its certificate revision.
    public var revision: Int
    /// Why it was replaced.
    public var reason: String

    /// The parts as they are known.
    public init(number: String, revision: Int, reason: String) {
        self.number = number
        self.revision = revision
        self.reason = reason
    }
}

extension Supersession: ContentRecord {
    init(reading reader: inout ContentReader) throws(ContentProblem) {
        number = try reader.text("number")
        revision = try reader.integer("revision", in: 0...1000)
        reason = try reader.text("reason")
    }

    var canonical: CanonicalValue {
        .object([
            "number": .string(number), "revision": .integer(revision), "reason": .string(reason),
        ])
    }
}

/// Software and rules that made a content.
public struct CertificateSoftware: Sendable {
    /// Name of the software.
    public var name: String
    /// Its version.
    public var version: String
    /// Version of the rule set.
    public var rules: String

    /// The parts as they are known.
    public init(name: String, version: String, rules: String) {
        self.name = name
        self.version = version
        self.rules = rules
    }
}

extension CertificateSoftware: ContentRecord {
    init(reading reader: inout ContentReader) throws(ContentProblem) {
        name = try reader.text("name")
        version = try reader.text("version")
        rules = try reader.text("rules")
    }

    var canonical: CanonicalValue {
        .object([
            "name": .string(name), "version": .string(version), "rules": .string(rules),
        ])
    }
}
