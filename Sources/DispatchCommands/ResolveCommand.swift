import ArgumentParser
import CommandSupport
import TruckrollClient
import TruckrollCore
import TruckrollDomain
import TruckrollTerminal

struct ResolveCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "resolve", abstract: "End an exception with what was done about it.",
        discussion: """
            An order that waited for it may close. The words stay with the exception.

            EXAMPLE
              truckroll-dispatch resolve 1f2e3d4c "Called Ms Adler: she goes on alone"

            EXIT STATUS: 0 resolved; 2 not allowed, the reason is printed; 3 recorded, and told to the server when this device syncs; \
            64 bad usage; 1 anything else.
            JSON: answer (granted, refused, pending), text, id.
            """)

    @OptionGroup var options: DispatchOptions
    @Argument(help: "The exception's id or its end, as `exceptions` lists it.") var exception: String
    @Argument(help: "What was done.", transform: Wording.read) var words: String

    func run() async throws {
        try await options.run { session in
            let reach = try await session.sync()
            let exception = try session.client.dispatchException(self.exception)
            let ticket = try session.client.dispatchResolve(exception.id, words: words)
            try await session.deliver(after: reach)
            return session.report(
                try session.client.dispatchResolution(of: ticket), about: "Resolve \(exception.id.short)", json: [("id", .string("\(exception.id)"))])
        }
    }
}
