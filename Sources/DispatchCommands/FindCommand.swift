import ArgumentParser
import CommandSupport
import TruckrollClient
import TruckrollTerminal

struct FindCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "find", abstract: "Find orders, assets, sites, people, parts and notes by words.",
        discussion: """
            Looks in every text this device holds: numbers, tags, serials, names, addresses, titles, problems and notes. All words have to be there; \
            a word may be the beginning of one, and from three characters on a part of a number. Case and accents do not matter. Whole numbers come \
            first, then their ends, then names.

            EXAMPLE
              truckroll-dispatch find zone 1 pump
              truckroll-dispatch find 000123
              truckroll-dispatch find muller --kind customer --kind site

            \(StockCommand.read)
            JSON: found (kind, name, text, order, where, id), total, total_is_more, synced, as_of_position.
            """)

    @OptionGroup var options: DispatchOptions
    @Argument(help: "Words, or the beginnings of some.") var text: [String]
    @Option(help: ArgumentHelp("Only this: \(SearchKind.words). Repeat it for several.", valueName: "kind")) var kind: [SearchKind] = []
    @Option(help: "How many to show.") var limit = 20

    func validate() throws {
        guard SearchKind.limits ~= limit else { throw ValidationError("--limit is from 1 to \(SearchKind.limits.upperBound).") }
    }

    func run() async throws {
        try await options.run { session in
            let reach = try await session.sync()
            let result = try session.client.search(text.joined(separator: " "), kinds: kind, limit: limit)
            try session.print(reach) { _, _ in (result.json, [result.table]) }
            return .done
        }
    }
}
