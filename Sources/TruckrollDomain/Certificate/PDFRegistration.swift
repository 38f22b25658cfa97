import TruckrollCryptography

/// The exporting device's word that exactly these bytes are the PDF of a content.
///
/// Layout: `truckroll/certificate-pdf/1` 0x00 · content hash 32 · SHA-256 of the PDF 32 · size u64, big-endian.
/// The exporting device's key signs these bytes (``LowS``).
public struct PDFRegistration: Hashable, Sendable {
    /// Where the layout says what it is.
    public static let label = Array("truckroll/certificate-pdf/1".utf8) + [0]

    /// Hash of the content the PDF shows.
    public let content: ContentHash
    /// SHA-256 of the PDF.
    public let sha256: [UInt8]
    /// Size of the PDF in bytes.
    public let size: UInt64

    /// Registers `pdf` for `content`.
    public init(content: ContentHash, pdf: [UInt8]) {
        self.content = content
        sha256 = Array(SHA256.hash(data: pdf))
        size = UInt64(pdf.count)
    }

    /// A registration as recorded; `nil` unless `sha256` has 32 bytes.
    public init?(content: ContentHash, sha256: [UInt8], size: UInt64) {
        guard sha256.count == SHA256.byteCount else { return nil }
        self.content = content
        self.sha256 = sha256
        self.size = size
    }

    /// Whether `pdf` is, byte for byte, what was registered.
    public func matches(_ pdf: [UInt8]) -> Bool { self == PDFRegistration(content: content, pdf: pdf) }

    /// The bytes the exporting device signs.
    public var encoded: [UInt8] { Self.label + content.bytes + sha256 + BigEndian.bytes(size) }
}
