/// A promise that did not hold.
public struct Violation: Error, Hashable, Sendable, CustomStringConvertible {
    /// The promise: C4, I3, convergence…
    public let rule: String
    public let detail: String

    public init(_ rule: String, _ detail: String) {
        self.rule = rule
        self.detail = detail
    }

    public var description: String { "\(rule): \(detail)" }
}
