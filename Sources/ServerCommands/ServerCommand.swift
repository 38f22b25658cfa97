import ArgumentParser
import Foundation
import TruckrollCore
import TruckrollDomain
import TruckrollServer
import TruckrollStoreSQLite
import TruckrollSync
import TruckrollTerminal

/// `truckroll-server`: serves devices, and does what an operator does.
public struct ServerCommand: AsyncParsableCommand {
    public static let configuration = CommandConfiguration(
        commandName: "truckroll-server",
        abstract: "The backend for field technicians who work offline.",
        discussion: """
            Begin with the demonstration company, then serve it:

              truckroll-server demo-data --data ./data --size small
              truckroll-server enrolment-code --data ./data --user P0101
              truckroll-server serve --data ./data

            `init` makes a company of your own, with nothing in it: its users, customers, sites and assets come in as the change sets \
            of an importer, a program that speaks the protocol; there is no command that brings them in yet.

            EXIT STATUS: 0 done, 1 failed (the message says what to do), 64 bad usage.
            """,
        version: SoftwareRelease.version,
        subcommands: [
            Serve.self, Initialise.self, DemoData.self, Users.self, EnrolmentCode.self, Devices.self, Revoke.self, Status.self, Check.self,
            Attention.self, Release.self, Backup.self, Restore.self, Settle.self, MigrateStore.self, TenantKey.self, SchemaDocuments.self,
        ])

    public static var _errorLabel: String { "error" }

    public init() {}
}

/// What every command about a data directory takes.
struct DataOptions: ParsableArguments {
    @Option(help: "The directory that holds the tenants' databases and keys.") var data: String

    @Option(help: "The tenant's id. Not needed where there is only one.") var tenant: String?

    @Flag(help: "Print JSON.") var json = false

    @OptionGroup var database: DatabaseOptions
    @OptionGroup var clock: ClockOptions

    var directory: URL { URL(fileURLWithPath: data) }

    /// The tenant the command is about.
    func tenantID() throws -> TenantID {
        if let tenant {
            guard let id = TenantID(tenant) else { throw Failure("“\(tenant)” is no tenant id.", next: "Use the form 8-4-4-4-12 in lower case.") }
            return id
        }
        // A folder one may not look into looks as if nothing were in it.
        let tenants = directory.appendingPathComponent("tenants").path
        do { _ = try FileManager.default.attributesOfItem(atPath: tenants) } catch CocoaError.fileReadNoPermission {
            throw Failure(
                "This user may not look into \(data).", next: "Run the command as the user who runs the server.", code: "data-forbidden")
        } catch {}
        let all = try TenantHome.all(in: directory)
        guard let only = all.first, all.count == 1 else {
            throw all.isEmpty
                ? Failure("There is no tenant in \(data).", next: "Make one with `truckroll-server init` or `truckroll-server demo-data`.")
                : Failure(
                    "There are \(all.count) tenants in \(data).", next: "Name one with --tenant: \(all.map(\.description).joined(separator: ", ")).")
        }
        return only
    }

    func home() throws -> TenantHome { TenantHome(directory: directory, tenant: try tenantID()) }

    /// Opens the tenant's database; fails while a server holds its file.
    func open() throws -> Tenant { try Tenant(home: try home(), in: try storage(), now: try clock.now()) }

    func storage() throws -> any Storage { try database.storage(in: directory) }
}

/// Where the tenants have their databases.
struct DatabaseOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The PostgreSQL database that holds the tenants, in place of files: postgres://user@host/database. TRUCKROLL_POSTGRES says the same.",
            valueName: "url"))
    var postgres: String?

    @Option(
        help: ArgumentHelp(
            "Divide the tables into so many partitions by tenant, where they are made: with the first command on an empty database.",
            visibility: .hidden)
    ) var postgresPartitions = 0
    @Option(help: ArgumentHelp("The schema of the PostgreSQL database.", visibility: .hidden)) var postgresSchema = "truckroll"

    /// The connection string; `nil` when the tenants are in files.
    var url: String? {
        let given = postgres ?? ProcessInfo.processInfo.environment["TRUCKROLL_POSTGRES"]
        return given.flatMap { $0.isEmpty ? nil : $0 }
    }

    /// - Parameter connections: to PostgreSQL at once.
    func storage(in directory: URL, connections: Int = 2) throws -> any Storage {
        guard let url else { return SQLiteStorage() }
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        return try PostgresStorage(
            url: url, name: postgresSchema, directory: directory, connections: connections, partitions: postgresPartitions)
    }
}

/// The clock that a demonstration runs on.
struct ClockOptions: ParsableArguments {
    @Option(help: ArgumentHelp("The time to begin at, as RFC 3339.", visibility: .hidden)) var clock: String?

    /// Unix time in milliseconds: from the given start on, else the machine's.
    func now() throws -> @Sendable () -> Int64 { try SystemClock.beginning(at: clock) }
}

enum SystemClock {
    /// Unix time in milliseconds.
    @Sendable static func now() -> Int64 { Int64(Date().timeIntervalSince1970 * 1000) }

    /// A clock that begins at an RFC 3339 time and runs on from there; the machine's when there is none.
    static func beginning(at text: String?) throws -> @Sendable () -> Int64 {
        guard let text else { return now }
        guard let time = DeviceTime(text) else { throw Failure("“\(text)” is no time.", next: "Use RFC 3339, such as 2026-11-23T06:45:00+01:00.") }
        let offset = time.milliseconds - now()
        return { now() + offset }
    }
}

/// A command that could not do its work, with what to do next.
struct Failure: Error, ExplainedProblem {
    let code: String
    let whatHappened: String
    let whatToDoNext: String?

    init(_ whatHappened: String, next: String, code: String = "failed") {
        self.code = code
        self.whatHappened = whatHappened
        whatToDoNext = next
    }
}

extension ParsableArguments {
    /// Runs `body` and turns its errors into a message on standard error and exit status 1.
    ///
    /// - Parameter json: whether the error is printed as an object on standard output, too.
    func reporting(json: Bool = false, _ body: () async throws -> Void) async throws {
        do { try await body() } catch let exit as ExitCode { throw exit } catch let wrongUse as ValidationError { throw wrongUse } catch {
            let words = OperatorWords(error)
            ProblemPrinter(on: .standardError()).print(words)
            if json { Terminal.standardOutput().print(words.json) }
            throw ExitCode(1)
        }
    }
}
