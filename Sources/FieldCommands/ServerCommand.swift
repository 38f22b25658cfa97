import ArgumentParser
import CommandSupport
import TruckrollClient
import TruckrollTerminal

struct ServerCommand: FieldVerb {
    static let configuration = CommandConfiguration(
        commandName: "server", abstract: "Go on with the company's server at another address.",
        discussion: Teach.text(
            "When the company's server has moved. The device signs in there first; where it is not let in, nothing changes. Nothing has to be "
                + "enrolled or fetched again, and what waits in the outbox goes to the new address. `status` shows the present one.",
            "server https://truckroll.example", exits: Teach.network))

    @Argument(help: "The new address.") var url: String
    @OptionGroup var global: GlobalOptions

    func validate() throws { try ServerURL.check(url, as: "The address") }

    func perform(_ desk: Desk) async throws {
        let former = try await desk.client.move(to: url)
        desk.print("From now on this device syncs with \(url); before, with \(former).")
        desk.print(json: ["server": .string(url), "former": .string(former)])
    }
}
