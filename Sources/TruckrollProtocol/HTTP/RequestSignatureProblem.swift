/// Why a request's signature was not accepted.
public struct RequestSignatureProblem: Error, Hashable, Sendable, CustomStringConvertible {
    /// What was found.
    public enum Reason: Hashable, Sendable {
        /// `Signature-Input` cannot be read.
        case malformedInput
        /// It covers other components, or writes them in another way.
        case wrongComponents
        /// It was not made under the session's key over this request.
        case doesNotVerify
    }

    /// What was found.
    public let reason: Reason

    init(_ reason: Reason) { self.reason = reason }

    /// For a person.
    public var description: String {
        switch reason {
        case .malformedInput: "Signature-Input cannot be read"
        case .wrongComponents:
            "Signature-Input must cover \"@method\" \"@path\" (\"@query\") \"content-digest\" with created, nonce, keyid and alg in that order"
        case .doesNotVerify: "the signature was not made under the session's key over this request"
        }
    }
}
