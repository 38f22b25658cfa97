import TruckrollClient
import TruckrollSync
import TruckrollTerminal

/// Where the commands write and how they reach a server; a test binds its own.
public enum Console {
    /// Results.
    @TaskLocal public static var output: Terminal = .standardOutput()
    /// Problems and progress.
    @TaskLocal public static var errors: Terminal = .standardError()
    /// The way to the server; `nil` is HTTP.
    @TaskLocal public static var connect: (@Sendable (String, DeviceIdentity?) throws -> any SyncTransport)? = nil
}
