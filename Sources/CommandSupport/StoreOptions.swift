import ArgumentParser
import Foundation
import TruckrollClient
import TruckrollCore
import TruckrollDomain
import TruckrollProtocol
import TruckrollSync

/// What every command over a device's store takes.
public struct StoreOptions<Program: DeviceProgram>: ParsableArguments, Sendable {
    /// The folder of the store, when it is named.
    @Option(help: ArgumentHelp("Folder of this device's store; else TRUCKROLL_STORE, else ~/.truckroll/\(Program.folder).", valueName: "dir"))
    public var store: String?
    /// Whether results are printed as JSON.
    @Flag(help: "Print JSON instead of text.") public var json = false
    /// Whether problems are told with what the libraries below say about them.
    @Flag(help: "Tell problems with their technical details.") public var verbose = false
    /// Where the device's clock starts, for demonstrations.
    @Option(help: ArgumentHelp("Start the clock here, as RFC 3339.", visibility: .hidden)) public var clock: String?

    public init() {}

    public func validate() throws {
        if let clock, DeviceTime(clock) == nil { throw ValidationError("--clock “\(clock)” is no RFC 3339 time, such as 2026-11-23T08:00:00+01:00.") }
        if store?.isEmpty == true { throw ValidationError("--store names no folder.") }
    }

    /// Opens the store, runs a command over it, prints what goes wrong, and ends with its exit status.
    ///
    /// - Parameters:
    ///   - makesStore: whether the command makes a store that is not there; only enrolling does.
    ///   - status: how the command ends after an error that was printed.
    public func run(
        makesStore: Bool = false, status: (any Error) -> ExitStatus = { _ in .failed },
        _ body: (DeviceClient, Console) async throws -> ExitStatus
    ) async throws {
        let console = Console(isJSON: json, isVerbose: verbose, advice: Program.advice)
        try await console.run(status: status) {
            let folder = StoreLocation.folder(named: store, program: Program.folder, environment: ProcessInfo.processInfo.environment)
            switch DeviceClient.presence(in: folder) {
            case .present: break
            case .absent where makesStore: break
            case .absent:
                throw DeviceProblem(
                    "store-missing", "There is no device's store in \(folder.path): it is not enrolled there.",
                    next: "Check --store and TRUCKROLL_STORE, or enrol: \(Program.command) enrol --server URL --code CODE")
            case .empty:
                throw DeviceProblem(
                    "store-empty", "\(folder.path)/device.sqlite is empty: whatever this device held is not in it.",
                    next:
                        "Bring the file back from a copy, with its -wal file if there is one. Where there is none, remove the empty file and enrol: "
                        + "\(Program.command) enrol --server URL --code CODE")
            case .forbidden:
                throw DeviceProblem(
                    "store-forbidden", "This user may not look into \(folder.path).",
                    next: "Run the command as the user whose device it is, or mend the folder's permissions.")
            }
            let environment = DeviceEnvironment.starting(at: clock.flatMap { DeviceTime($0) })
            let client = try DeviceClient(directory: folder, environment: environment, connect: Console.connect)
            // Only what this attempt to enrol makes may go again with it. Looked at with the store's name locked: whoever was before this
            // one has begun, and its key is not ours to take away.
            let isNew = try makesStore && client.read { try $0.identity() == nil }
            if client.isReadOnly { console.note("The disk takes no writes: what is here can be read, and nothing recorded. Free some space.") }
            defer { warn(of: client, on: console) }
            do { return try await body(client, console) } catch {
                if isNew, Self.isRefusedEnrolment(error, of: client) { client.takeAwayStore() }
                throw error
            }
        }
    }

    /// Whether the server refused to enrol this device. Where no answer came it may have done it, for the key that lies in the store.
    private static func isRefusedEnrolment(_ error: any Error, of client: DeviceClient) -> Bool {
        guard case TransportProblem.problem(let document) = error, (400..<500).contains(document.status) else { return false }
        return (try? client.read { try $0.identity()?.replica.rawValue ?? 0 }) == 0
    }

    /// Says what the command left out, however it ended.
    private func warn(of client: DeviceClient, on console: Console) {
        guard (try? client.read({ try $0.state().isDamaged })) == true else { return }
        console.warn(
            "Part of what this device keeps cannot be read and is left out; the outbox is as it was. "
                + "Run `\(Program.command) audit --repair`: it fetches again what the server has, and makes the rest anew.")
    }
}

/// What every command takes that syncs before it answers.
public struct SyncingOptions<Program: DeviceProgram>: ParsableArguments, Sendable {
    /// Which store, and how it is shown.
    @OptionGroup public var device: StoreOptions<Program>
    /// Whether the network is left alone.
    @Flag(help: "Do not try the network.") public var offline = false

    public init() {}

    /// Runs a command over the store, prints what goes wrong, and ends with its exit status.
    ///
    /// - Parameter makesStore: whether the command makes a store that is not there; only enrolling does.
    public func run(makesStore: Bool = false, _ body: (DeviceSession) async throws -> ExitStatus) async throws {
        try await device.run(makesStore: makesStore) { client, console in
            try await body(DeviceSession(client: client, console: console, isOffline: offline, program: Program.self))
        }
    }
}
