import ArgumentParser
import CommandSupport
import TruckrollClient
import TruckrollTerminal

struct ServerCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "server", abstract: "Go on with the company's server at another address.",
        discussion: """
            When the company's server has moved. This device signs in there first; where it is not let in, nothing changes. Nothing has to \
            be enrolled or fetched again. `status` shows the present address.

            EXAMPLE
              truckroll-dispatch server https://truckroll.example

            EXIT STATUS: 0 done, 3 the server could not be asked, 64 bad usage, 1 anything else.
            JSON: server, former.
            """)

    @Argument(help: "The new address.") var url: String
    @OptionGroup var options: DispatchOptions

    func validate() throws { try ServerURL.check(url, as: "The address") }

    func run() async throws {
        try await options.run { session in
            let former = try await session.client.move(to: url)
            let words = StyledText("From now on this device syncs with \(url); before, with \(former).")
            session.console.result(["server": .string(url), "former": .string(former)], [words])
            return .done
        }
    }
}
