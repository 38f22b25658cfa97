/// One of the programs over a device's store: what it is called, and what it advises.
public protocol DeviceProgram: Sendable {
    /// The command, such as `truckroll-dispatch`.
    static var command: String { get }
    /// The folder of its store below `~/.truckroll`.
    static var folder: String { get }
    /// What its user does next about problems that carry no advice of their own.
    static var advice: ProblemAdvice { get }
}

/// What the user of one program does next about problems that carry no advice of their own.
public struct ProblemAdvice: Sendable {
    /// When there is no way to the server.
    public let unreachable: String
    /// When a value does not fit its field.
    public let misfit: String
    /// When a folder or a file cannot be used.
    public let folder: String
    /// Whether a problem the server answers with is named by its code as well as in words.
    public let namesCodes: Bool

    /// Advice in these words.
    public init(unreachable: String, misfit: String, folder: String, namesCodes: Bool = false) {
        self.unreachable = unreachable
        self.misfit = misfit
        self.folder = folder
        self.namesCodes = namesCodes
    }
}
