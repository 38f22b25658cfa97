import TruckrollProtocol

/// Why an exchange with the server did not succeed.
public enum TransportProblem: Error, Hashable, Sendable, CustomStringConvertible {
    /// There was no way to the server, in words; `detail` is what the network library says. That is a device's normal state: keep
    /// everything and try again later.
    case offline(String, detail: String? = nil)
    /// Something answered, but it is no Truckroll server: a hotel's sign-in page, a proxy. Try again on another network.
    case notTruckroll(String)
    /// The server refused; the document says what to do next.
    case problem(ProblemDocument)
    /// The connection stood and no answer came. It is open whether the request arrived: send it again unchanged.
    case timeout

    /// The name in logs and in the device's state.
    public var code: String {
        switch self {
        case .offline: "offline"
        case .notTruckroll: "not-truckroll"
        case .problem(let document): document.code
        case .timeout: "timeout"
        }
    }

    /// For a person.
    public var description: String {
        switch self {
        case .offline: "offline: \(cause)"
        case .notTruckroll: cause
        case .problem(let document): "\(document.code): \(cause)"
        case .timeout: "timeout: \(cause)"
        }
    }

    /// The words alone, without the name in front.
    public var cause: String {
        switch self {
        case .offline(let words, _): words
        case .notTruckroll(let detail): "not a Truckroll server: \(detail)"
        case .problem(let document): "\(document.detail) \(document.next)"
        case .timeout: "the server did not answer in time"
        }
    }

    /// For who looks for the fault of a network: the description, and behind it what the library says.
    public var technicalDescription: String {
        if case .offline(_, let detail?) = self { "\(description) (\(detail))" } else { description }
    }
}
