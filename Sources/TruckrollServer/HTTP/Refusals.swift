import TruckrollProtocol

/// What the HTTP edge itself refuses, before or beside the service.
extension ServiceProblem {
    /// The one answer to an unknown path, an unknown tenant, and a file that is not for the caller.
    static let notFound = ServiceProblem(
        status: 404, code: "not-found", detail: "There is nothing here.", next: "Check the address and the tenant.")

    static func methodNotAllowed(_ allowed: [String]) -> ServiceProblem {
        ServiceProblem(
            status: 405, code: "method-not-allowed", detail: "This address takes \(allowed.joined(separator: ", ")).",
            next: "Send the request with another method.")
    }

    static let signatureRequired = ServiceProblem(
        status: 401, code: "signature-required",
        detail: "The request needs Authorization, Content-Digest, Signature-Input and Signature, each once.",
        next: "Sign in, then sign the request under the session's MAC key.")

    static func signatureInvalid(_ detail: String) -> ServiceProblem {
        ServiceProblem(
            status: 401, code: "signature-invalid", detail: detail,
            next: "Sign in again, which also tells the server's time, and sign the request anew.")
    }

    static let tokenExpired = ServiceProblem(
        status: 401, code: "token-expired", detail: "The access token is unknown or no longer valid.", next: "Sign in again.")

    static let nonceReplayed = ServiceProblem(
        status: 401, code: "nonce-replayed", detail: "The nonce was used before.", next: "Sign the request anew with a fresh nonce.")

    static let tooManyRequests = ServiceProblem(
        status: 429, code: "too-many-requests", detail: "This session made more requests than a device needs.",
        next: "Wait, then sign in again.", retryAfterSeconds: Limits.requestAgeSeconds)

    /// RFC 9110 wants to know to what; a name of ours, as no protocol of the connection is meant.
    static let upgradeRequired = ServiceProblem(
        status: 426, code: "upgrade-required", detail: "This app is too old to be shown anything by this server.",
        next: "Nothing is lost: what is recorded is still taken. Update the app.", offset: nil,
        headers: ["upgrade": "truckroll/\(Limits.protocolVersion)", "connection": "upgrade"])

    static let overloaded = ServiceProblem(
        status: 503, code: "overloaded", detail: "The server has more work waiting than it takes on.",
        next: "Try again after the time given in Retry-After.", retryAfterSeconds: 2)

    static let mediaTypeUnsupported = ServiceProblem(
        status: 415, code: "media-type-unsupported",
        detail: "A body is application/x-protobuf or application/json, without content coding.",
        next: "Send the body in one of these forms.")

    static func bodyTooLarge(limit: Int) -> ServiceProblem {
        ServiceProblem(
            status: 413, code: "body-too-large", detail: "A body has at most \(limit) bytes here.", next: "Send less at a time.")
    }

    static let bodyTimeout = ServiceProblem(
        status: 408, code: "body-timeout", detail: "The body did not arrive in time.", next: "Send the request again, or less at a time.")

    static func malformed(_ detail: String) -> ServiceProblem {
        ServiceProblem(status: 400, code: "malformed", detail: detail, next: "Correct the request; it will not be accepted as it is.")
    }

    static let internalFault = ServiceProblem(
        status: 500, code: "internal", detail: "The server failed to answer.", next: "Try again; nothing was confirmed.",
        retryAfterSeconds: 5)
}
