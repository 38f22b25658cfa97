import ArgumentParser
import CommandSupport
import TruckrollClient
import TruckrollCore
import TruckrollDomain
import TruckrollSync
import TruckrollTerminal

struct SyncCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sync", abstract: "Send what is recorded here and bring in what changed.",
        discussion: """
            Safe to repeat at any time: nothing is sent twice or lost. Tells what became of what waited here, and names new exceptions.

            EXAMPLE
              truckroll-dispatch sync

            EXIT STATUS: 0 in step with the server, 3 the server could not be asked, 64 bad usage, 1 anything else.
            JSON: answered, need_attention, records_changed, records_gone, repaired, given_back, position, decisions (subject, answer, text), \
            exceptions (new ones: id, kind, order, text), synced.
            """)

    @OptionGroup var options: DispatchOptions

    func run() async throws {
        try await options.run { session in
            let mark = try session.client.dispatchMark()
            guard case .reached(let report) = try await session.sync() else {
                session.console.result(["synced": false], [])
                return .pending
            }
            var block = KeyValueBlock()
            block.add("Change sets answered", "\(report.answered)")
            if report.needAttention > 0 { block.add("Of those needing attention", StyledText("\(report.needAttention)", .yellow)) }
            block.add("Records changed", "\(report.recordsChanged)")
            block.add("Records gone", "\(report.recordsGone)")
            if report.repaired > 0 { block.add("Scopes repaired", "\(report.repaired)") }
            if report.givenBack > 0 { block.add("Given back to the server", "\(report.givenBack)") }
            block.add("Position", "\(report.position)")
            let news = try session.client.dispatchNews(since: mark)
            let told = try session.client.read { reader in
                try news.add(to: &block, reader)
                return try news.json(reader)
            }
            session.console.result(
                .object(
                    report.figures + [
                        ("repaired", .int(report.repaired)), ("given_back", .int(report.givenBack)), ("position", .position(report.position)),
                    ] + told + [("synced", true)]), [block])
            return .done
        }
    }
}

extension DispatchNews {
    /// More are found with the commands that list them.
    private static let most = 10

    func add(to block: inout KeyValueBlock, _ reader: LocalReader) throws {
        if !decisions.isEmpty { block.section("Decided") }
        for decision in decisions.prefix(Self.most) { block.add(decision.subject, decision.answer.word + StyledText("  \(decision.answer.text)")) }
        if decisions.count > Self.most { block.add("and more", "\(decisions.count - Self.most), see `show` of their orders") }
        if !exceptions.isEmpty { block.section("New exceptions") }
        for exception in exceptions.prefix(Self.most) {
            block.add("\(exception.id.short) \(try Self.order(exception, reader) ?? "")", StyledText(exception.text("text") ?? ""))
        }
        if exceptions.count > Self.most { block.add("and more", "\(exceptions.count - Self.most), see `exceptions`") }
    }

    func json(_ reader: LocalReader) throws -> [(String, JSONValue)] {
        [
            (
                "decisions",
                .array(decisions.map { ["subject": .string($0.subject), "answer": .string($0.answer.code), "text": .string($0.answer.text)] })
            ),
            (
                "exceptions",
                .array(
                    try exceptions.map { exception in
                        .object(
                            [("id", .string("\(exception.id)"))] + JSONValue.members(exception, ["kind", "text"])
                                + [("order", .text(try Self.order(exception, reader)))])
                    })
            ),
        ]
    }

    private static func order(_ exception: RecordView, _ reader: LocalReader) throws -> String? {
        try exception.reference("order").flatMap { try reader.view("service_order", $0) }?.text("number")
    }
}
