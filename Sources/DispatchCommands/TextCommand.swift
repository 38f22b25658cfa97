import ArgumentParser
import CommandSupport
import TruckrollClient
import TruckrollCore
import TruckrollDomain
import TruckrollSync
import TruckrollTerminal

struct TextCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "text", abstract: "Read or write what is wrong with an order.",
        discussion: """
            Technicians may write in it at the same time, offline for hours: what each wrote stays, and nobody is asked. \
            `why ORDER problem` says who wrote which part.

            EXAMPLE
              truckroll-dispatch text SO-2026-000001 --append "It happens after rain."
              truckroll-dispatch text SO-2026-000001 --edit < problem.txt

            EXIT STATUS: 0 shown or stored; 2 kept aside, the reason is printed; 3 recorded, and told to the server when this device \
            syncs; 64 bad usage; 1 anything else, a text over 64 KiB included.
            JSON: answer (granted, refused, pending; of a change), text, order, problem.
            """)

    @OptionGroup var options: DispatchOptions
    @Argument(help: "The order's number, its end, or its id.") var order: String
    @OptionGroup var wording: WordingOptions

    func run() async throws {
        // What is typed is read before the store is opened: nobody else waits for the typist.
        let rewording = wording.isEdit ? try wording.wording() : nil
        try await options.run { session in
            guard let rewording else {
                return try await session.show { reader, _ in
                    let sheet = try DispatchOrderSheet(try DispatchLookup(reader).order(order), reader)
                    return (
                        [("problem", .text(sheet.problem))],
                        (sheet.problem ?? "").split(separator: "\n", omittingEmptySubsequences: false).map { StyledText(String($0)) }
                    )
                }
            }
            let reach = try await session.sync()
            let view = try session.client.read { try DispatchLookup($0).order(self.order) }
            let number = view.text("number") ?? view.id.short
            let recorded = try session.client.reword(.problem, of: view.id, rewording)
            try await session.deliver(after: reach)
            let problem = try session.client.jointText(.problem, of: view.id)
            return session.report(
                try session.client.dispatchReception(of: recorded), about: "Text of \(number)",
                json: [("order", .string(number)), ("problem", .text(problem))])
        }
    }
}
