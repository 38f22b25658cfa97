import ArgumentParser
import Foundation
import TruckrollClient
import TruckrollDomain
import TruckrollSync
import TruckrollTerminal

/// What every command takes.
struct StoreOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Folder of this device's store; else TRUCKROLL_STORE, else ~/.truckroll/dispatch.", valueName: "dir"))
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
        return FileManager.default.homeDirectoryForCurrentUser.appendingPathComponent(".truckroll/dispatch", isDirectory: true)
    }

    private var environment: DeviceEnvironment {
        guard let start = clock.flatMap({ DeviceTime($0) }) else { return .system() }
        return .system(clockOffsetMilliseconds: start.milliseconds - DeviceEnvironment.system().now())
    }

    /// Runs a command over the store, prints what goes wrong, and ends with its exit status.
    func run(_ body: (DispatchSession) async throws -> DispatchExit) async throws {
        let console = Console(isJSON: json)
        var exit = DispatchExit.failed
        do {
            let session = DispatchSession(
                client: try DeviceClient(directory: directory, environment: environment), console: console, isOffline: offline)
            exit = try await body(session)
            if !console.output.isIntact {
                console.problem("Not all of the output could be written.", next: "Free disk space, or look at where the output goes.")
                exit = .failed
            }
        } catch { console.problem(error) }
        if exit != .done { throw ExitCode(exit.rawValue) }
    }
}

/// The exit statuses of the dispatcher's commands.
enum DispatchExit: Int32 {
    case done = 0
    case failed = 1
    /// The server, or the order's state, said no.
    case refused = 2
    /// Recorded or not compared, because the server could not be asked.
    case pending = 3
}
