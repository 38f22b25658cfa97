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

    /// Whether less at a time may get through.
    var isOfSlowLine: Bool {
        switch self {
        case .timeout: true
        case .problem(let document): document.code == "body-timeout"
        default: false
        }
    }

    /// The server speaks no version in which this device could talk to it. Everything stays here until it is updated.
    static func serverTooOld(_ spoken: UInt32, oldest: UInt32) -> TransportProblem {
        .problem(
            ProblemDocument(
                status: 505, code: "server-too-old", detail: "The server speaks protocol \(spoken), and \(oldest) is needed.",
                next: "Nothing is lost: what is recorded here waits. Tell the office to update its server."))
    }

    /// The server takes what this device holds and shows it nothing.
    static let upgradeRequired = TransportProblem.problem(
        ProblemDocument(
            status: 426, code: "upgrade-required", detail: "This app is too old to be shown anything by its server.",
            next: "Nothing is lost: what was recorded has been sent. Update the app."))

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
