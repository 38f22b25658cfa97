import ArgumentParser
import CommandSupport
import TruckrollClient
import TruckrollDomain
import TruckrollTerminal

struct ResolveCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "resolve", abstract: "End an exception with what was done about it.",
        discussion: """
            Where its kind has questions, they are answered first; where others have to approve it, it is closed when they have. An order \
            that waited for it may then close. The words stay with the exception.

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
        try await options.run { session in try await session.act(ExceptionAction(.resolve, text: words), on: exception) }
    }
}
