import ArgumentParser

/// How a command over a device's store ends, for scripts.
public enum ExitStatus: Int32, Sendable {
    /// All of it was done.
    case done = 0
    /// Something is wrong with the command's surroundings: a file, the store, the server.
    case failed = 1
    /// The answer is no: a rule of the business, the server or a check says so, and what was said is printed.
    case refused = 2
    /// The server could not be asked. What was recorded is kept and reaches it with a later sync.
    case pending = 3
    /// Something waits for a person.
    case attention = 4

    /// What a command throws to end so.
    public var code: ExitCode { ExitCode(rawValue) }
}
