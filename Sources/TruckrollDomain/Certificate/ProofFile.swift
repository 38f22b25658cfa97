import Foundation

/// What travels beside a PDF, as `NUMBER.proof.json`: all that a stranger needs to check it, but for the tenant's
/// public key, which has to come another way.
public struct ProofFile: Hashable, Sendable {
    /// Names the format in the member `format`.
    public static let format = "truckroll/certificate-proof/1"

    /// The tenant's word about a device, as signed.
    public struct Enrolment: Hashable, Sendable {
        /// Bytes of an ``EnrolmentStatement``.
        public var statement: [UInt8]
        /// The tenant key's signature over them.
        public var signature: [UInt8]

        /// A statement and its signature.
        public init(statement: [UInt8], signature: [UInt8]) {
            self.statement = statement
            self.signature = signature
        }
    }

    /// The registration of the PDF's bytes.
    public struct RegisteredPDF: Hashable, Sendable {
        /// SHA-256 of the PDF.
        public var sha256: [UInt8]
        /// Its size in bytes.
        public var size: Int
        /// The device that exported it.
        public var device: [UInt8]
        /// That device's signature over the ``PDFRegistration``.
        public var signature: [UInt8]
        /// The tenant's word about that device.
        public var enrolment: Enrolment

        /// A registration as recorded.
        public init(sha256: [UInt8], size: Int, device: [UInt8], signature: [UInt8], enrolment: Enrolment) {
            self.sha256 = sha256
            self.size = size
            self.device = device
            self.signature = signature
            self.enrolment = enrolment
        }
    }

    /// The printed number, with check characters.
    public var number: String
    /// Canonical bytes of the content.
    public var content: [UInt8]
    /// The device that signed the content.
    public var device: [UInt8]
    /// Its signature.
    public var signature: [UInt8]
    /// The tenant's word about it.
    public var enrolment: Enrolment
    /// The registered PDF.
    public var pdf: RegisteredPDF

    /// A proof of these parts.
    public init(
        number: String, content: [UInt8], device: [UInt8], signature: [UInt8], enrolment: Enrolment,
        pdf: RegisteredPDF
    ) {
        self.number = number
        self.content = content
        self.device = device
        self.signature = signature
        self.enrolment = enrolment
        self.pdf = pdf
    }

    /// Name of the file for a printed number.
    public static func fileName(for number: String) -> String { "\(number).proof.json" }

    /// The bytes of the file.
    public var encoded: [UInt8] { canonical.encoded }

    /// Reads the bytes that ``encoded`` writes, and no others. Nothing is verified yet.
    public init(decoding bytes: [UInt8]) throws(ContentProblem) {
        let value: CanonicalValue
        do { value = try CanonicalValue(canonical: bytes) } catch { throw .notCanonical(error) }
        self = try Self.read(value, path: "")
    }
}

extension ProofFile: ContentRecord {
    init(reading reader: inout ContentReader) throws(ContentProblem) {
        let format = try reader.text("format")
        guard format == Self.format else { throw .unknownFormat(format) }
        number = try reader.text("number")
        content = try reader.bytes("content")
        device = try reader.bytes("device")
        signature = try reader.bytes("signature")
        enrolment = try reader.record("enrolment")
        pdf = try reader.record("pdf")
    }

    var canonical: CanonicalValue {
        .object([
            "format": .string(Self.format), "number": .string(number), "content": .base64(content),
            "device": .base64(device), "signature": .base64(signature), "enrolment": enrolment.canonical,
            "pdf": pdf.canonical,
        ])
    }
}

extension ProofFile.Enrolment: ContentRecord {
    init(reading reader: inout ContentReader) throws(ContentProblem) {
        statement = try reader.bytes("statement")
        signature = try reader.bytes("signature")
    }

    var canonical: CanonicalValue { .object(["statement": .base64(statement), "signature": .base64(signature)]) }
}

extension ProofFile.RegisteredPDF: ContentRecord {
    init(reading reader: inout ContentReader) throws(ContentProblem) {
        sha256 = try reader.hash("sha256").bytes
        size = try reader.integer("size", in: 1...67_108_864)
        device = try reader.bytes("device")
        signature = try reader.bytes("signature")
        enrolment = try reader.record("enrolment")
    }

    var canonical: CanonicalValue {
        .object([
            "sha256": .string(Hexadecimal.text(sha256)), "size": .integer(size), "device": .base64(device),
            "signature": .base64(signature), "enrolment": enrolment.canonical,
        ])
    }
}

extension CanonicalValue {
    fileprivate static func base64(_ bytes: [UInt8]) -> CanonicalValue { .string(Data(bytes).base64EncodedString()) }
}

extension ContentReader {
    /// Bytes in base64 with padding, in its one spelling.
    fileprivate mutating func bytes(_ key: String) throws(ContentProblem) -> [UInt8] {
        guard case .string(let text) = try take(key), let data = Data(base64Encoded: text),
            data.base64EncodedString() == text
        else { throw .malformed(path: at(key)) }
        return Array(data)
    }
}
