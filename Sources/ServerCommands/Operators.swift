import ArgumentParser
import Foundation
import TruckrollCore
import TruckrollDomain
import TruckrollServer
import TruckrollTerminal

/// Lists the people who can enrol devices.
struct Users: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "List the users.",
        discussion: "Stop the server first, or use the dispatcher's `technicians`.\n\nEXIT STATUS: 0 done, 1 failed, 64 bad usage.")
    @OptionGroup var options: DataOptions

    func run() async throws {
        try await reporting(json: options.json) {
            let tenant = try options.open()
            defer { try? tenant.close() }
            let users = try tenant.users()
            let out = Terminal.standardOutput()
            if options.json {
                out.print(
                    JSONValue.array(
                        users.map {
                            .object([
                                ("number", .string($0.text("number") ?? "")), ("name", .string($0.text("name") ?? "")),
                                ("role", .string($0.text("role") ?? "")), ("id", .string("\($0.id)")),
                            ])
                        }))
                return
            }
            var table = Table([.init("Number"), .init("Name", .left, .truncates(minimum: 10)), .init("Role")], emptyText: "No users.")
            for user in users {
                table.addRow(StyledText(user.text("number") ?? ""), StyledText(user.text("name") ?? ""), StyledText(user.text("role") ?? ""))
            }
            out.print(table)
        }
    }
}

/// Makes a code with which a user enrols a device.
struct EnrolmentCode: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "enrolment-code", abstract: "Make a one-time code that enrols a device of a user.",
        discussion: """
            The code works once, within three days. Works beside a running server.

              truckroll-server enrolment-code --data ./data --user P0101

            EXIT STATUS: 0 made, 1 failed, 64 bad usage.
            """)
    @OptionGroup var options: DataOptions
    @Option(help: "The user's number, name or id.") var user: String

    func run() async throws {
        try await reporting(json: options.json) {
            let answer = try await AdminAccess(directory: options.directory)
                .run("enrolment-code", options: options, arguments: ["user": user], locally: .enrolmentCode(user: user))
            let out = Terminal.standardOutput()
            if options.json { return out.print(answer) }
            out.print("\(answer["code"]?.stringValue ?? "")  (for \(answer["user"]?.stringValue ?? ""), valid three days, once)")
        }
    }
}

/// Lists enrolments.
struct Devices: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "List the enrolled devices.",
        discussion:
            "Versions are protocol and schema of the app, as it said when it signed in last since the server was started. Works beside a running server.\n\nEXIT STATUS: 0 done, 1 failed, 64 bad usage."
    )
    @OptionGroup var options: DataOptions

    func run() async throws {
        try await reporting(json: options.json) {
            let answer = try await AdminAccess(directory: options.directory).run("devices", options: options, locally: .devices)
            let out = Terminal.standardOutput()
            if options.json { return out.print(answer) }
            var table = Table(
                [
                    .init("Replica", .right), .init("User"), .init("Role"), .init("Name"), .init("Sets", .right), .init("Series"), .init("Versions"),
                    .init("Still holds", .right), .init("State"),
                    .init("Device"),
                ],
                emptyText: "No devices are enrolled.")
            for device in answer.arrayValue ?? [] {
                let revoked = device["revoked"] == .bool(true)
                table.addRow(
                    StyledText("\(device["replica"]?.intValue ?? 0)"), StyledText(device["user"]?.stringValue ?? ""),
                    StyledText(device["role"]?.stringValue ?? ""),
                    StyledText(device["name"]?.stringValue ?? ""), StyledText("\(device["sets"]?.intValue ?? 0)"),
                    StyledText(device["series"]?.stringValue ?? ""),
                    StyledText(Self.versions(device)), Self.held(device),
                    StyledText(revoked ? "revoked" : "enrolled", revoked ? .red : .green), StyledText(device["device"]?.stringValue ?? ""))
            }
            out.print(table)
        }
    }
}

extension Devices {
    /// Sets that are still on the device, and for how long there have always been some.
    private static func held(_ device: JSONValue) -> StyledText {
        guard let count = device["held"]?.intValue, let since = device["held_since"]?.intValue else { return "–" }
        let minutes = max(0, Int(Date().timeIntervalSince1970) - since / 1000) / 60
        return StyledText("\(count) for \(minutes) min", minutes > 0 ? .yellow : .plain)
    }

    /// Protocol and schema as the device said them at its last sign-in since the server was started.
    private static func versions(_ device: JSONValue) -> String {
        guard let spoken = device["protocol_version"]?.intValue else { return "–" }
        return "\(spoken)/\(device["schema_version"]?.intValue.map { "\($0)" } ?? "–")"
    }
}

/// Shuts a device out.
struct Revoke: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Shut a device out.",
        discussion: """
            Its next request and its open stream are refused. What it recorded and did not send stays on it and can still come in \
            as an outbox file. A restored database does not let it in again.

            EXIT STATUS: 0 done, 1 failed or no such device, 64 bad usage.
            """)
    @OptionGroup var options: DataOptions
    @Argument(help: "The device's id, as `devices` lists it.") var device: String
    @Flag(help: "Also when no such device is listed: a restored database does not know those enrolled since the copy was made.")
    var evenIfUnknown = false

    func validate() throws {
        guard DeviceID(device) != nil else { throw ValidationError("“\(device)” is no device id; `truckroll-server devices` lists them.") }
    }

    func run() async throws {
        try await reporting(json: options.json) {
            let answer = try await AdminAccess(directory: options.directory)
                .run(
                    "revoke", options: options, arguments: ["device": device, "even_if_unknown": evenIfUnknown ? "yes" : "no"],
                    locally: .revoke(device: device, evenIfUnknown: evenIfUnknown))
            Terminal.standardOutput().print(options.json ? answer.compact : "Device \(device) is shut out.")
        }
    }
}

/// How the tenant stands.
struct Status: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Show how a tenant stands.", discussion: "Works beside a running server.\n\nEXIT STATUS: 0 done, 1 failed, 64 bad usage.")
    @OptionGroup var options: DataOptions

    func run() async throws {
        try await reporting(json: options.json) {
            let answer = try await AdminAccess(directory: options.directory).run("status", options: options, locally: .status)
            let out = Terminal.standardOutput()
            if options.json { return out.print(answer) }
            var block = KeyValueBlock(title: "Tenant")
            block.add("Id", StyledText(answer["tenant"]?.stringValue ?? ""))
            block.add("Epoch", StyledText(answer["epoch"]?.stringValue ?? ""))
            block.add("Position", StyledText("\(answer["position"]?.intValue ?? 0)"))
            block.add("Devices", StyledText("\(answer["devices"]?.intValue ?? 0)"))
            block.add("Needs attention", StyledText((answer["needs_attention"]?.intValue ?? 0).counted("change set")))
            block.add("Open exceptions", StyledText("\(answer["open_exceptions"]?.intValue ?? 0)"))
            if let settling = answer["settling"], let replicas = settling["replicas"]?.arrayValue {
                let numbers = replicas.compactMap(\.intValue).map { "\($0)" }.joined(separator: ", ")
                let awaited = replicas.count == 1 ? "replica \(numbers) has" : "replicas \(numbers) have"
                block.add("Settling", StyledText("no new stock is promised before \(awaited) synced, or a day has passed", .yellow))
                let requests = (settling["requests"]?.intValue ?? 0).counted("reservation or lease", "reservations and leases")
                block.add("Waiting", StyledText("\(requests); see `settle --help`"))
            }
            out.print(block)
        }
    }
}

/// Ends the waiting after a restore.
struct Settle: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "After a restore: promise stock again without waiting for the devices that have not synced yet.",
        discussion: """
            A restored server does not know what it has promised since the copy was made. So reservations and stock leases wait \
            until every device that may hold such a promise has synced, at most a day; `status` says which are missing, and \
            `devices` whose they are. Facts, orders and appointments do not wait. Say `settle` when the missing ones are lost or \
            will not come: what they hold all the same will stand, and a shortage becomes an exception. Works beside a running server.

              truckroll-server status --data ./data
              truckroll-server settle --data ./data

            EXIT STATUS: 0 done, also when nothing was waited for; 1 failed, 64 bad usage.
            """)
    @OptionGroup var options: DataOptions

    func run() async throws {
        try await reporting(json: options.json) {
            let answer = try await AdminAccess(directory: options.directory).run("settle", options: options, locally: .settle)
            let out = Terminal.standardOutput()
            if options.json { return out.print(answer) }
            out.print(answer["settled"] == .bool(true) ? "The requests that waited are answered." : "Nothing was waited for.")
        }
    }
}

/// What waits for a person.
struct Attention: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "List change sets that were set aside or quarantined.",
        discussion: "Nothing in this list is lost: each set is kept whole.\n\nEXIT STATUS: 0 done, 1 failed, 64 bad usage.")
    @OptionGroup var options: DataOptions

    func run() async throws {
        try await reporting(json: options.json) {
            let answer = try await AdminAccess(directory: options.directory).run("attention", options: options, locally: .attention)
            let out = Terminal.standardOutput()
            if options.json { return out.print(answer) }
            var table = Table(
                [
                    .init("Position", .right), .init("Set"), .init("Outcome"), .init("User"), .init("Action"),
                    .init("Reason", .left, .wraps(minimum: 20)),
                ],
                emptyText: "Nothing waits for a person.")
            for item in answer.arrayValue ?? [] {
                let reasons = (item["reasons"]?.arrayValue ?? []).compactMap(\.stringValue).joined(separator: "; ")
                table.addRow(
                    StyledText("\(item["position"]?.intValue ?? 0)"), StyledText(item["set"]?.stringValue ?? ""),
                    StyledText(item["outcome"]?.stringValue ?? "", .yellow),
                    StyledText(item["user"]?.stringValue ?? ""), StyledText(item["intent"]?.stringValue ?? ""), StyledText(reasons))
            }
            out.print(table)
        }
    }
}

/// Lets a quarantined change set take effect.
struct Release: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Let a quarantined change set take effect, after a person has looked at it.",
        discussion: """
            For sets that are sound and were held for another reason: their device was shut out, or they wait for one that was. \
            A set of a device that is still shut out takes effect too, because you decided so: its receipt and the answer say it. \
            What is malformed stays quarantined, and so does work that came in under another number. Works beside a running server.

              truckroll-server attention --data ./data
              truckroll-server release --data ./data --set 3/17

            EXIT STATUS: 0 released, 1 not released (the message says why), 64 bad usage.
            """)
    @OptionGroup var options: DataOptions
    @Option(help: "The set, as `attention` lists it: REPLICA/SEQUENCE.") var set: String

    func validate() throws {
        guard WriteID(set) != nil else { throw ValidationError("“\(set)” is no set; `truckroll-server attention` lists them as REPLICA/SEQUENCE.") }
    }

    func run() async throws {
        try await reporting(json: options.json) {
            let answer = try await AdminAccess(directory: options.directory)
                .run("release", options: options, arguments: ["set": set], locally: .release(set: set))
            let out = Terminal.standardOutput()
            if options.json { return out.print(answer) }
            out.print("Set \(set) took effect at position \(answer["position"]?.stringValue ?? ""): \(answer["outcome"]?.stringValue ?? "").")
            if let note = answer["note"]?.stringValue { out.print(StyledText(note, .yellow)) }
        }
    }
}

/// Prints the company's public key.
struct TenantKey: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tenant-key", abstract: "Print the company's public key, with which strangers check certificates.",
        discussion: "The key is 65 bytes in hexadecimal: the uncompressed P-256 point.\n\nEXIT STATUS: 0 done, 1 failed, 64 bad usage.")
    @OptionGroup var options: DataOptions

    func run() async throws {
        try await reporting(json: options.json) {
            let key = try options.home().tenantKey().publicKey.hexadecimal
            Terminal.standardOutput().print(options.json ? (["public_key": .string(key)] as JSONValue).compact : key)
        }
    }
}
