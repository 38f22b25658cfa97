import ArgumentParser
import Foundation
import TruckrollClient
import TruckrollCore
import TruckrollDomain
import TruckrollSync
import TruckrollTerminal

/// What every command over a store takes.
struct StoreOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Folder of this device's store; else TRUCKROLL_STORE, else ~/.truckroll/certificates.", valueName: "dir"))
    var store: String?
    @Flag(help: "Print JSON instead of text.") var json = false
    @Flag(help: "Do not try the network.") var offline = false
    @Option(help: ArgumentHelp("Start the clock here, as RFC 3339.", visibility: .hidden)) var clock: String?

    func validate() throws {
        if let clock, DeviceTime(clock) == nil { throw ValidationError("--clock “\(clock)” is no RFC 3339 time, such as 2026-11-23T08:00:00+01:00.") }
        if store?.isEmpty == true { throw ValidationError("--store names no folder.") }
    }

    private var directory: URL {
        if let store { return URL(fileURLWithPath: store, isDirectory: true) }
        if let store = ProcessInfo.processInfo.environment["TRUCKROLL_STORE"], !store.isEmpty {
            return URL(fileURLWithPath: store, isDirectory: true)
        }
        return FileManager.default.homeDirectoryForCurrentUser.appendingPathComponent(".truckroll/certificates", isDirectory: true)
    }

    private var environment: DeviceEnvironment {
        guard let start = clock.flatMap({ DeviceTime($0) }) else { return .system() }
        return .system(clockOffsetMilliseconds: start.milliseconds - DeviceEnvironment.system().now())
    }

    /// Runs a command over the store, prints what goes wrong, and ends with its exit status.
    func run(_ body: (DeviceClient, Console) async throws -> CertificateExit) async throws {
        let console = Console(isJSON: json)
        try await console.run {
            try await body(try DeviceClient(directory: directory, environment: environment), console)
        }
    }
}

/// The exit statuses of the certificate commands.
enum CertificateExit: Int32 {
    case done = 0
    /// Something is wrong with the command's surroundings: a file, the store, the server.
    case failed = 1
    /// A certificate is not valid, or not all could be exported.
    case notValid = 2
    /// Exported; the server will hear of it when this device syncs.
    case pending = 3
}

extension DeviceClient {
    /// Who this device is, once it is enrolled.
    func enrolledIdentity() throws -> DeviceIdentity {
        guard let identity = try read({ try $0.identity() }), identity.replica.rawValue != 0 else {
            throw DeviceProblem(
                "not-enrolled", "This device is not enrolled.",
                next: "Ask the office for a code, then: truckroll-certificates enrol --server URL --code CODE")
        }
        return identity
    }

    /// Syncs if it can, and says on standard error when it could not.
    func syncIfPossible(_ console: Console, offline: Bool) async throws -> DispatchReach {
        _ = try enrolledIdentity()
        let reach = try await dispatchSync(offline: offline)
        switch reach {
        case .reached: break
        case .offline(let problem): console.note("Not synced (\(problem)). This works on what the device holds.")
        case .notTried: console.note("Not synced, as asked. This works on what the device holds.")
        }
        return reach
    }
}
