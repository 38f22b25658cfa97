import ArgumentParser
import Foundation
import TruckrollCore
import TruckrollServer
import TruckrollSync
import TruckrollTerminal

/// Makes an empty tenant.
struct Initialise: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "init", abstract: "Make a tenant.",
        discussion: """
            Makes the database, the keys and the company's record. Nothing is changed where the tenant is there already.

              truckroll-server init --data ./data --name "Acme Service GmbH" \\
                --code ACME --time-zone Europe/Berlin

            EXIT STATUS: 0 made or there, 1 failed, 64 bad usage.
            """)

    @OptionGroup var options: DataOptions
    @Option(help: "The company's legal name.") var name: String
    @Option(help: "A short code; document numbers begin with it.") var code: String
    @Option(help: "IANA time zone in which whole days are counted.") var timeZone = "Europe/Berlin"

    func run() async throws {
        try await reporting(json: options.json) {
            guard TimeZone(identifier: timeZone) != nil else {
                throw Failure("“\(timeZone)” is no time zone.", next: "Use an IANA name such as Europe/Berlin.")
            }
            guard (1...8).contains(code.count), code.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber) }) else {
                throw Failure("“\(code)” is no code.", next: "Use 1 to 8 ASCII letters and digits.")
            }
            let id = TenantID(bytes: SecureRandom.bytes(16)) ?? TenantID(high: 0, low: 1)
            let tenant = try Founder.found(
                directory: options.directory, tenant: try options.tenant.map { _ in try options.tenantID() } ?? id, name: name, code: code,
                timeZone: timeZone, now: try options.clock.now())
            defer { try? tenant.close() }
            let out = Terminal.standardOutput()
            if options.json {
                out.print(["tenant": .string("\(tenant.home.tenant)")] as JSONValue)
            } else {
                out.print("Made tenant \(tenant.home.tenant) for \(name).")
            }
        }
    }
}

enum Founder {
    /// Opens a tenant and gives it its first records.
    static func found(directory: URL, tenant id: TenantID, name: String, code: String, timeZone: String, now: @escaping @Sendable () -> Int64) throws
        -> SQLiteTenant
    {
        let home = TenantHome(directory: directory, tenant: id)
        try home.found()
        let tenant = try SQLiteTenant(home: home, now: now, founding: true)
        try tenant.engine.found(
            .init(tenant: id, code: code, name: name, timeZone: timeZone, epoch: SecureRandom.epoch(), instance: try tenant.home.instance()),
            at: try tenant.moment())
        return tenant
    }
}
