/// Why a text is not a certificate's number. Compare it with the paper; letters I, L, O, U end no number.
public enum NumberProblem: Error, Hashable, Sendable {
    /// Not two to eight groups of capital letters and digits joined by hyphens, 3 to 55 characters.
    case malformed(String)
}

/// The number of a certificate within its series, such as `ACME-2026-D07-000123`: unique without a server,
/// because the series belongs to one replica.
public struct CertificateNumber: Hashable, Sendable {
    /// The digits of Crockford's base 32.
    static let alphabet = Array("0123456789ABCDEFGHJKMNPQRSTVWXYZ".utf8)

    /// The number without check characters.
    public let text: String

    /// Reads a number without check characters.
    public init(parsing text: String) throws(NumberProblem) {
        let groups = text.utf8.split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
        let isGroup = { (group: Substring.UTF8View) in
            !group.isEmpty
                && group.allSatisfy {
                    (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0)
                        || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0)
                }
        }
        guard (3...55).contains(text.utf8.count), (2...8).contains(groups.count), groups.allSatisfy(isGroup) else {
            throw .malformed(text)
        }
        self.text = text
    }

    /// The number as printed: with the check characters of the content it stands on.
    public func printed(for hash: ContentHash) -> String { "\(text)-\(hash.checkCharacters)" }

    /// Splits a printed number into the number and its check characters.
    public static func split(
        printed: String
    ) throws(NumberProblem) -> (number: CertificateNumber, checkCharacters: String) {
        let bytes = Array(printed.utf8)
        let check = bytes.suffix(4)
        guard bytes.count > 5, bytes[bytes.count - 5] == UInt8(ascii: "-"), check.allSatisfy(alphabet.contains) else {
            throw .malformed(printed)
        }
        let number = try CertificateNumber(parsing: String(decoding: bytes.dropLast(5), as: UTF8.self))
        return (number, String(decoding: check, as: UTF8.self))
    }
}
