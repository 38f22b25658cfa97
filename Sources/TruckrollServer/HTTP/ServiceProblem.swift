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

    public init(status: Int, code: String, detail: String, next: String, retryAfterSeconds: Int? = nil) {
        self.status = status
        self.code = code
        self.detail = detail
        self.next = next
        self.retryAfterSeconds = retryAfterSeconds
    }

    /// The problem as it travels.
    var document: ProblemDocument {
        ProblemDocument(status: status, code: code, detail: detail, next: next, retryAfter: retryAfterSeconds)
    }
}
