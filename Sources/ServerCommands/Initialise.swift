import ArgumentParser
import Foundation
import TruckrollCore
import TruckrollDomain
import TruckrollServer
import TruckrollSync
import TruckrollTerminal

/// Makes an empty tenant.
struct Initialise: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "init", abstract: "Make a tenant.",
        discussion: """
            Makes the database, the keys and the company's record. Nothing is changed where the company is there already: the one \
            with the same code. Stop a server of the same data directory first.

            The company is empty but for the user its importer runs under. Users, customers, sites and assets come in as the \
            change sets of an importer: a program that enrols as user IMPORT and speaks the protocol (Protocol/). There is no command \
            that brings them in yet. To try Truckroll, take the demonstration company: `truckroll-server demo-data`.

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
            let storage = try options.storage()
            let asked = try options.tenant.map { _ in try options.tenantID() }
            if let there = try Founder.standing(code: code, or: asked, in: options.directory, storage, now: try options.clock.now()) {
                return tell(try agreed(there, asked), isNew: false)
            }
            let id = asked ?? TenantID(bytes: SecureRandom.bytes(16)) ?? TenantID(high: 0, low: 1)
            let tenant = try Founder.found(
                directory: options.directory, in: storage, tenant: id, name: name, code: code, timeZone: timeZone,
                now: try options.clock.now())
            defer { try? tenant.close() }
            tell(Founder.Standing(tenant: id, name: name, code: code, timeZone: timeZone), isNew: true)
        }
    }

    /// The company that is there, where it is the one that was asked for.
    private func agreed(_ there: Founder.Standing, _ asked: TenantID?) throws -> Founder.Standing {
        guard there.tenant == asked ?? there.tenant, there.code == code else {
            throw Failure(
                "Tenant \(there.tenant) is there already: \(there.name), code \(there.code).",
                next: there.tenant == asked
                    ? "Give its code, or leave --tenant out to make another company."
                    : "Give another --code: numbers of documents begin with it, so no two companies share one.", code: "tenant-there")
        }
        guard there.name == name else {
            throw Failure(
                "The code \(code) is that of “\(there.name)”, tenant \(there.tenant).",
                next: "Give another --code for another company, or the name it has.", code: "tenant-there")
        }
        return there
    }

    private func tell(_ company: Founder.Standing, isNew: Bool) {
        let out = Terminal.standardOutput()
        guard !options.json else { return out.print(["tenant": .string("\(company.tenant)"), "made": .bool(isNew)] as JSONValue) }
        out.print(
            isNew
                ? "Made tenant \(company.tenant) for \(company.name)."
                : "Tenant \(company.tenant) for \(company.name) (code \(company.code), time zone \(company.timeZone)) is there already; nothing was changed."
        )
    }
}

enum Founder {
    /// What a tenant is known by.
    struct Standing {
        let tenant: TenantID
        let name: String
        let code: String
        let timeZone: String
    }

    /// The tenant that has a code, whatever its letters' case, or that has the id.
    ///
    /// - Throws: what opening a tenant throws; a server that runs holds its tenants.
    static func standing(
        code: String, or id: TenantID?, in directory: URL, _ storage: any Storage, now: @escaping @Sendable () -> Int64
    ) throws -> Standing? {
        var found: Standing?
        for tenant in try TenantHome.all(in: directory) {
            let home = TenantHome(directory: directory, tenant: tenant)
            // One whose making was cut short before it had a database has no code yet; opening one that has lost it says so.
            guard try storage.knows(home) else { continue }
            let opened = try Tenant(home: home, in: storage, now: now)
            defer { try? opened.close() }
            guard let company = try opened.company() else { continue }
            let standing = Standing(
                tenant: tenant, name: company.text("name") ?? "", code: company.text("code") ?? "", timeZone: company.text("time_zone") ?? "")
            if tenant == id { return standing }
            if standing.code.uppercased() == code.uppercased() { found = standing }
        }
        return found
    }

    /// Opens a tenant and gives it its first records.
    static func found(
        directory: URL, in storage: any Storage, tenant id: TenantID, name: String, code: String, timeZone: String,
        now: @escaping @Sendable () -> Int64
    ) throws -> Tenant {
        let home = TenantHome(directory: directory, tenant: id)
        try home.found()
        let tenant = try Tenant(home: home, in: storage, now: now, founding: true)
        try tenant.found(code: code, name: name, timeZone: timeZone)
        return tenant
    }
}
