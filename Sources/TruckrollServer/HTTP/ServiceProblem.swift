import TruckrollProtocol

/// Why the server did not do what a request asked. Every one says what the caller does next.
public struct ServiceProblem: Error, Hashable, Sendable {
    /// The HTTP status.
    public let status: Int
    /// The stable name, as listed in Protocol/11-errors.md.
    public let code: String
    /// What is wrong this time, for a person; no secrets, and nothing of other tenants.
    public let detail: String
    /// What the caller does next.
    public let next: String
    /// Seconds to wait before trying again.
    public let retryAfterSeconds: Int?
    /// How many bytes of an upload are here, where that helps.
    public let offset: Int?
    /// Header fields that belong to the status.
    let headers: [String: String]

    public init(status: Int, code: String, detail: String, next: String, retryAfterSeconds: Int? = nil) {
        self.init(status: status, code: code, detail: detail, next: next, retryAfterSeconds: retryAfterSeconds, offset: nil)
    }

    init(
        status: Int, code: String, detail: String, next: String, retryAfterSeconds: Int? = nil, offset: Int?, headers: [String: String] = [:]
    ) {
        self.status = status
        self.code = code
        self.detail = detail
        self.next = next
        self.retryAfterSeconds = retryAfterSeconds
        self.offset = offset
        self.headers = headers
    }

    /// The problem as it travels.
    var document: ProblemDocument {
        ProblemDocument(status: status, code: code, detail: detail, next: next, retryAfter: retryAfterSeconds, offset: offset)
    }
}
