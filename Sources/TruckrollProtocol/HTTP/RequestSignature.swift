import Foundation
import TruckrollCore
import TruckrollCryptography

/// The signature of one request after RFC 9421 with `hmac-sha256` under the session's MAC key.
///
/// It covers the method, the path, the query if there is one, and the digest of the body, and says when it was made and a
/// nonce that no other request carries. There is one spelling: components and parameters stand in the order written here,
/// so a verifier rebuilds the header field and compares. Defined in Protocol/08-enrolment.md.
public struct RequestSignature: Hashable, Sendable {
    /// The header field that names what is covered.
    public static let inputHeaderName = "Signature-Input"
    /// The header field with the signature.
    public static let headerName = "Signature"
    /// Bytes of a nonce.
    public static let nonceBytes = 16

    /// Unix seconds by the server's clock, as the signer estimates it.
    public let created: UInt64
    /// 16 random bytes.
    public let nonce: [UInt8]

    /// - Precondition: `nonce` has 16 bytes.
    public init(created: UInt64, nonce: [UInt8]) {
        precondition(nonce.count == Self.nonceBytes, "a nonce has 16 bytes")
        self.created = created
        self.nonce = nonce
    }

    /// Reads the value of `Signature-Input` of a request for `target`.
    ///
    /// - Throws: ``RequestSignatureProblem`` for everything ``inputHeaderValue(for:)`` would write differently.
    public init(inputHeaderValue value: String, target: RequestTarget) throws(RequestSignatureProblem) {
        // ("…" "…");created=N;nonce="…";keyid="token";alg="hmac-sha256"
        let parts = value.utf8.split(separator: 0x3B, maxSplits: 4, omittingEmptySubsequences: false).map { Array($0) }
        let (createdName, nonceName) = (Array("created=".utf8), Array("nonce=\"".utf8))
        guard parts.count == 5, parts[1].starts(with: createdName), parts[2].starts(with: nonceName), parts[2].last == 0x22 else {
            throw RequestSignatureProblem(.malformedInput)
        }
        let digits = parts[1][createdName.count...]
        guard (1...15).contains(digits.count), digits.allSatisfy({ (0x30...0x39).contains($0) }),
            let created = UInt64(String(decoding: digits, as: UTF8.self)), parts[2].count > nonceName.count,
            let nonce = Base64Text.decodeURL(String(decoding: parts[2][nonceName.count..<(parts[2].count - 1)], as: UTF8.self)),
            nonce.count == Self.nonceBytes
        else { throw RequestSignatureProblem(.malformedInput) }
        self.init(created: created, nonce: nonce)
        guard inputHeaderValue(for: target).hasBytes(of: value) else { throw RequestSignatureProblem(.wrongComponents) }
    }

    /// The value of `Signature-Input`.
    public func inputHeaderValue(for target: RequestTarget) -> String { "\(label)=\(parameters(for: target))" }

    /// The text that is signed (RFC 9421, section 2.5).
    public func base(target: RequestTarget, digest: BodyDigest) -> String {
        var lines = ["\"@method\": \(target.method)", "\"@path\": \(target.path)"]
        if let query = target.query { lines.append("\"@query\": \(query)") }
        lines.append("\"content-digest\": \(digest.headerValue)")
        lines.append("\"@signature-params\": \(parameters(for: target))")
        return lines.joined(separator: "\n")
    }

    /// The value of `Signature` under `key`.
    public func headerValue(target: RequestTarget, digest: BodyDigest, key: [UInt8]) -> String {
        let code = HMAC<SHA256>.authenticationCode(
            for: Array(base(target: target, digest: digest).utf8), using: SymmetricKey(data: key))
        return "\(label)=:\(Base64Text.encode(code)):"
    }

    /// The three header fields of a signed request.
    public func headers(target: RequestTarget, digest: BodyDigest, key: [UInt8]) -> [(name: String, value: String)] {
        [
            (BodyDigest.headerName, digest.headerValue), (Self.inputHeaderName, inputHeaderValue(for: target)),
            (Self.headerName, headerValue(target: target, digest: digest, key: key)),
        ]
    }

    /// Refuses the value of `Signature` unless it was made under `key` over this request.
    public func verify(
        headerValue value: String, target: RequestTarget, digest: BodyDigest, key: [UInt8]
    ) throws(RequestSignatureProblem) {
        let expected = headerValue(target: target, digest: digest, key: key)
        guard ConstantTime.equal(expected.utf8, value.utf8) else { throw RequestSignatureProblem(.doesNotVerify) }
    }

    /// Whether the signature was made at most ``Limits/requestAgeSeconds`` before or after `seconds`.
    public func isFresh(atUnixSeconds seconds: UInt64) -> Bool {
        (seconds > created ? seconds - created : created - seconds) <= UInt64(Limits.requestAgeSeconds)
    }

    private func parameters(for target: RequestTarget) -> String {
        let components = target.query == nil ? "" : " \"@query\""
        return "(\"@method\" \"@path\"\(components) \"content-digest\");created=\(created);nonce=\"\(Base64Text.encodeURL(nonce))\""
            + ";keyid=\"token\";alg=\"hmac-sha256\""
    }
}

private let label = "sig"
