import Foundation
import TruckrollCryptography

/// The SHA-256 of a message's body, as the header field `Content-Digest` (RFC 9530) carries it.
public struct BodyDigest: Hashable, Sendable {
    /// The name of the header field.
    public static let headerName = "Content-Digest"
    /// The digest of a body without bytes, which requests without a body carry too.
    public static let empty = BodyDigest(of: [])

    /// 32 bytes.
    public let bytes: [UInt8]

    /// The digest of `body`.
    public init(of body: [UInt8]) { bytes = Array(SHA256.hash(data: body)) }

    /// A digest computed elsewhere; `nil` unless it has 32 bytes.
    public init?(sha256 bytes: [UInt8]) {
        guard bytes.count == 32 else { return nil }
        self.bytes = bytes
    }

    /// Reads the value that ``headerValue`` writes; `nil` for other algorithms, several digests, or another spelling.
    public init?(headerValue: String) {
        let (prefix, characters) = (Array("sha-256=:".utf8), Array(headerValue.utf8))
        guard characters.count == prefix.count + 45, characters.starts(with: prefix), characters.last == 0x3A else { return nil }
        let encoded = String(decoding: characters[prefix.count..<characters.count - 1], as: UTF8.self)
        guard let bytes = Base64Text.decode(encoded) else { return nil }
        self.init(sha256: bytes)
    }

    /// `sha-256=:<base64>:`
    public var headerValue: String { "sha-256=:\(Base64Text.encode(bytes)):" }

    /// Whether `body` is what the digest was made of.
    public func matches(_ body: [UInt8]) -> Bool { ConstantTime.equal(bytes, BodyDigest(of: body).bytes) }
}
