import ArgumentParser
import CommandSupport
import Foundation
import TruckrollClient
import TruckrollCore
import TruckrollSync
import TruckrollTerminal

struct EnrolCommand: FieldVerb {
    static let configuration = CommandConfiguration(
        commandName: "enrol", abstract: "Make this device one of the company's.",
        discussion: Teach.text(
            "The office gives a one-time code. The device makes a key pair, keeps the private key, and gets its own number and document series. "
                + "Safe to repeat after a lost connection.",
            "enrol --server https://truckroll.example --code ABCD-EFGH-JKMN-PQRS-TVWX --name \"Ana's tablet\"",
            exits: "0 enrolled, 1 failed, 3 offline (repeat it later with the same code), 64 bad usage."))

    static let makesStore = true

    @Option(help: "Address of the server.") var server: String
    @Option(help: "The code from the office.", transform: Wording.read) var code: String
    @Option(help: "What the office sees this device as.", transform: Wording.read) var name: String?
    @OptionGroup var global: GlobalOptions

    func validate() throws { try ServerURL.check(server, as: "--server") }

    func perform(_ desk: Desk) async throws {
        let identity = try await desk.client.enrol(server: server, code: code, deviceName: name ?? ProcessInfo.processInfo.hostName)
        desk.print("Enrolled with \(identity.tenantName) as replica \(identity.replica), series \(identity.series). Now: truckroll-field sync")
        desk.print(
            json: [
                "tenant": .string(identity.tenantName), "tenant_id": .string(identity.tenant.description),
                "device": .string(identity.device.description),
                "replica": .int(Int(identity.replica.rawValue)), "series": .string(identity.series), "user": .string(identity.user.description),
            ])
    }
}
