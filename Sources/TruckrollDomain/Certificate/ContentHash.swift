import TruckrollCryptography

/// SHA-256 of the canonical bytes of a certificate's content.
public struct ContentHash: Hashable, Sendable {
    /// The 32 bytes.
    public let bytes: [UInt8]

    /// Hashes `content`.
    public init(of content: [UInt8]) { bytes = Array(SHA256.hash(data: content)) }

    /// Takes 32 bytes; `nil` for any other count.
    public init?(bytes: [UInt8]) {
        guard bytes.count == SHA256.byteCount else { return nil }
        self.bytes = bytes
    }

    /// 64 lower-case hexadecimal digits.
    public var text: String { Hexadecimal.text(bytes) }

    /// The first 16 hexadecimal digits: what the QR code carries.
    public var prefix: String { Hexadecimal.text(bytes.prefix(8)) }

    /// Four characters of Crockford's base 32 from the first 20 bits, which end the printed number.
    public var checkCharacters: String {
        let bits = UInt32(bytes[0]) << 12 | UInt32(bytes[1]) << 4 | UInt32(bytes[2]) >> 4
        let characters = [15, 10, 5, 0].map { CertificateNumber.alphabet[Int(bits >> $0 & 31)] }
        return String(decoding: characters, as: UTF8.self)
    }
}
