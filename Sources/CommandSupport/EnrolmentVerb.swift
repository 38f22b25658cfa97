import ArgumentParser
import TruckrollClient
import TruckrollCore
import TruckrollDomain
import TruckrollSync
import TruckrollTerminal

/// Where a device of the office enrols, and with which code.
public struct EnrolmentOptions: ParsableArguments, Sendable {
    /// The server's address.
    @Option(help: ArgumentHelp("The server's address.", valueName: "url")) public var server: String
    /// The code, when it is not to be read from standard input.
    @Option(help: "The one-time code; read from standard input when left out.") public var code: String?

    public init() {}
}

/// A device that has just enrolled and synced.
public struct Enrolment: Sendable {
    /// Who the device is now.
    public let identity: DeviceIdentity
    /// The name of its user, when the device holds that record.
    public let user: String?
    /// The role of its user; empty when the device does not hold that record.
    public let role: String
    private let recordsChanged: Int

    /// What it became, in a sentence.
    public var sentence: StyledText {
        StyledText(
            "Enrolled at \(identity.tenantName) for \(user ?? "an unknown user") as replica \(identity.replica). What \(user ?? "the user") may see is here."
        )
    }

    /// What it became, with more about the device behind its user.
    public func json(_ more: [(String, JSONValue)] = []) -> JSONValue {
        .object(
            [
                ("tenant", .string(identity.tenantName)), ("replica", .int(Int(identity.replica.rawValue))), ("user", .text(user)),
                ("role", .string(role)),
            ] + more + [("server", .string(identity.serverURL)), ("records_changed", .int(recordsChanged))])
    }

    /// Whether the user has the role, or the importer's, which may do everything.
    public func fits(_ role: Role) -> Bool { self.role == role.rawValue || self.role == Role.importer.rawValue }

    fileprivate init(_ identity: DeviceIdentity, _ report: SyncReport, _ user: RecordView?) {
        self.identity = identity
        self.user = user?.text("name")
        role = user?.text("role") ?? ""
        recordsChanged = report.recordsChanged
    }
}

extension DeviceSession {
    /// Enrols the device and brings in its records.
    ///
    /// - Parameter name: the device's name, as others see it.
    public func enrol(_ options: EnrolmentOptions, name: String) async throws -> Enrolment {
        guard let code = options.code ?? readLine(), !code.isEmpty else {
            throw DeviceProblem("code-missing", "There is no enrolment code.", next: "Give it with --code, or on standard input.")
        }
        let identity = try await client.enrol(server: options.server, code: code, deviceName: name)
        let arrivals = Arrivals("Enrolled. What the user may see comes in now; of a large company that takes a minute.", on: console.errors)
        defer { arrivals.finish() }
        let report = try await client.sync(onReply: { arrivals.show($0) })
        return Enrolment(identity, report, try client.read { try $0.view("user", identity.user) })
    }
}
