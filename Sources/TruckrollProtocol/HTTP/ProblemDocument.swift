import Foundation

/// An error as it travels (RFC 9457, `application/problem+json`). It tells the reader what to do next.
///
/// Members this version does not know are skipped, so that a newer server can say more.
public struct ProblemDocument: Error, Hashable, Sendable, Codable {
    /// The media type of every error.
    public static let mediaType = "application/problem+json"

    /// `https://truckroll.example/problems/<code>`: a name, not an address to visit.
    public var type: String
    /// The kind of problem in a few words; the same for every occurrence.
    public var title: String
    /// The HTTP status.
    public var status: Int
    /// What is wrong this time, for a person.
    public var detail: String
    /// The stable name, as listed in Protocol/11-errors.md.
    public var code: String
    /// What the caller does next.
    public var next: String
    /// Seconds to wait before trying again, when the server wants that.
    public var retryAfter: Int?
    /// How many bytes of an upload the server has, where that is what the problem is about.
    public var offset: Int?

    /// Type and title follow from `code`.
    public init(status: Int, code: String, detail: String, next: String, retryAfter: Int? = nil, offset: Int? = nil) {
        type = "https://truckroll.example/problems/\(code)"
        let words = code.split(separator: "-").joined(separator: " ")
        title = words.prefix(1).uppercased() + words.dropFirst()
        self.status = status
        self.code = code
        self.detail = detail
        self.next = next
        self.retryAfter = retryAfter
        self.offset = offset
    }

    /// Reads a document; `nil` when it is none of Truckroll's.
    public init?(decoding bytes: [UInt8]) {
        guard (try? StrictJSON.check(bytes)) != nil,
            let document = try? JSONDecoder().decode(ProblemDocument.self, from: Data(bytes))
        else { return nil }
        self = document
    }

    /// The document as JSON, members in alphabetical order.
    public func encoded() throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return Array(try encoder.encode(self))
    }
}
