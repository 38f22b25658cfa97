import ArgumentParser
import CommandSupport
import TruckrollClient
import TruckrollTerminal

struct FindCommand: FieldVerb {
    static let configuration = CommandConfiguration(
        commandName: "find", abstract: "Find jobs, assets, sites, people, parts and notes by words.",
        discussion: Teach.text(
            "Looks in every text this device holds: numbers, tags, serials, names, addresses, titles, problems and notes, what you wrote offline included. "
                + "All words have to be there; a word may be the beginning of one, and from three characters on a part of a number. Case and accents do not "
                + "matter. Whole numbers come first, then their ends, then names.",
            "find zone 1 pump", "find 000123", "find muller --kind customer --kind site", "find \"sensor drift\" --limit 50", exits: Teach.read))

    @Argument(help: "Words, or the beginnings of some.") var text: [String]
    @Option(help: ArgumentHelp("Only this: \(SearchKind.words). Repeat it for several.", valueName: "kind")) var kind: [SearchKind] = []
    @Option(help: "How many to show.") var limit = 20
    @OptionGroup var global: GlobalOptions

    func validate() throws {
        guard SearchKind.limits ~= limit else { throw ValidationError("--limit is from 1 to \(SearchKind.limits.upperBound).") }
    }

    func perform(_ desk: Desk) async throws {
        let result = try desk.client.search(text.joined(separator: " "), kinds: kind, limit: limit)
        desk.print(result.table)
        desk.print(json: .object(result.json))
    }
}
