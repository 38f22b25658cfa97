import ArgumentParser
import CommandSupport
import TruckrollClient
import TruckrollCore
import TruckrollDomain
import TruckrollSync
import TruckrollTerminal

struct AuditCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "audit", abstract: "Compare every record here with the server's digests.",
        discussion: """
            Syncs first, then compares scope by scope, and checks the store's own records against their hashes.

            EXAMPLE
              truckroll-dispatch audit --repair

            EXIT STATUS: 0 equal, or repaired with --repair; 2 something differs; 3 the server could not be asked; \
            64 bad usage; 1 anything else.
            JSON: scopes, records, position, differing, unreadable, overlays_differing, rows_differing, made_anew, repaired.
            """)

    @OptionGroup var options: DispatchOptions
    @Flag(help: "Fetch again what differs.") var repair = false

    func run() async throws {
        try await options.run { session in
            guard try await session.sync().isReached else {
                session.console.fail(DeviceProblem("offline", "There is nothing to compare with.", next: "Repeat the audit with a network."))
                return .pending
            }
            let arrivals = Arrivals("Comparing every record with the server.", on: session.console.errors)
            defer { arrivals.finish() }
            let report = try await session.client.audit(repairing: repair, onReply: { arrivals.show($0) })
            var block = KeyValueBlock()
            block.add("Scopes compared", "\(report.scopes)")
            block.add("Records", "\(report.records)")
            block.add("Position", "\(report.position)")
            let names = report.differing.map(\.name)
            block.add("Differing", names.isEmpty ? StyledText("none", .green) : StyledText(names.joined(separator: ", "), .red))
            for line in report.madeAnew.lines(repairing: true) { block.add("Here", StyledText(line)) }
            for line in report.derived.lines(repairing: repair) { block.add("Here", StyledText(line, .red)) }
            if !names.isEmpty, repair { block.add("Repaired", "\(names.count)") }
            if !report.isClean, !repair { block.add("Mend it", StyledText("truckroll-dispatch audit --repair", .cyan)) }
            session.console.result(report.json(repairing: repair), [block])
            return report.isClean || repair ? .done : .refused
        }
    }
}
