import CommandSupport
import TruckrollClient

/// The quality manager's program over its store.
enum CertificateProgram: DeviceProgram {
    static let command = "truckroll-certificates"
    static let folder = "certificates"
    static let advice = ProblemAdvice(
        unreachable: "Look at the network and the server's address, then sync again.",
        misfit: "Nothing was recorded. Correct the value and repeat the command.",
        folder: "Check the folder and its permissions.")
}

/// What every command over a store takes.
typealias CertificateOptions = SyncingOptions<CertificateProgram>

extension DeviceSession {
    /// Syncs if it can, and says on standard error when it could not.
    func sync() async throws -> DispatchReach { try await sync { "This works on what the device holds." } }
}
