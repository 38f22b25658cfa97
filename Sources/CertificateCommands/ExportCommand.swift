import ArgumentParser
import CommandSupport
import Foundation
import TruckrollClient
import TruckrollCore
import TruckrollDomain
import TruckrollSync
import TruckrollTerminal

struct ExportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export", abstract: "Write registered certificates as PDF with their proof, and register the PDF's bytes.",
        discussion: """
            Exports what has not been exported: running it again exports nothing new. Beside NUMBER.pdf stands \
            NUMBER.proof.json, with which a stranger checks the PDF (see verify). With --again the files of earlier exports are \
            made anew and must be, byte for byte, what was registered.

            EXAMPLE
              truckroll-certificates export --out archive
              truckroll-certificates export --out archive --order SO-2026-000001 --again

            EXIT STATUS: 0 all exported, also when there was nothing to do; 2 some could not be exported, each is named; \
            3 exported, and the server will hear of it when this device syncs; 64 bad usage; 1 anything else.
            JSON: exported (number, file, sha256, size, new), failed (number, reason, next), synced.
            """)

    @OptionGroup var options: CertificateOptions
    @Option(help: ArgumentHelp("The folder for the files; made when it is not there.", valueName: "dir")) var out = "."
    @Option(help: ArgumentHelp("Only certificates of this order.", valueName: "number")) var order: String?
    @Flag(help: "Superseded and revoked certificates as well.") var all = false
    @Flag(help: "Also those exported before, from the frozen content.") var again = false
    @Flag(help: "No progress on standard error.") var quiet = false

    func run() async throws {
        try await options.run { session in
            let client = session.client
            var reach = try await session.sync()
            let job = ExportJob(
                client: client, identity: try qualityIdentity(session), enrolments: DeviceEnrolments(client: client),
                folder: URL(fileURLWithPath: out, isDirectory: true))
            let orderID = try order.map { text in try client.read { try DispatchLookup($0).order(text).id } }
            let items = try job.items(order: orderID, all: all, again: again)
            var (exported, failed): ([ExportJob.Exported], [(number: String, problem: DeviceProblem)]) = ([], [])
            let start = ContinuousClock.now
            var progress = Progress("Exporting certificates", total: items.count, on: session.console.errors, isQuiet: quiet || items.isEmpty) {
                start.duration(to: .now)
            }
            for item in items {
                do { exported.append(try await job.export(item)) } catch let problem as DeviceProblem { failed.append((item.number, problem)) }
                progress.advance()
            }
            progress.finish()
            if exported.contains(where: \.isNew), reach.isReached { reach = try await session.sync() }
            for failure in failed { session.console.problem(failure.problem) }
            session.console.result(Self.json(exported, failed, reach), [Self.table(exported)])
            if !failed.isEmpty { return .refused }
            return try exported.contains(where: \.isNew) && !client.read { try $0.outbox().isEmpty } ? .pending : .done
        }
    }

    /// The registration of a PDF is the quality manager's word.
    private func qualityIdentity(_ session: DeviceSession) throws -> DeviceIdentity {
        let identity = try session.identity()
        let role = try session.client.read { try $0.view("user", identity.user)?.text("role") }
        guard let role else {
            throw DeviceProblem("never-synced", "This device does not hold its own user yet.", next: "Export with a network once.")
        }
        guard role == Role.quality.rawValue || role == Role.importer.rawValue else {
            throw DeviceProblem(
                "not-allowed", "This device belongs to a \(role); certificates are exported by quality.",
                next: "Enrol another --store for a user with the role quality.")
        }
        return identity
    }

    private static func table(_ exported: [ExportJob.Exported]) -> Table {
        var table = Table(
            [.init("Number"), .init("File", .left, .truncates(minimum: 16)), .init("Bytes", .right), .init("")], emptyText: "Nothing to export.",
            footer: exported.count == 1 ? "1 certificate" : "\(exported.count) certificates")
        for one in exported {
            table.addRow(
                StyledText(one.number), StyledText(one.file), "\(one.size)",
                one.isNew ? StyledText("registered", .green) : StyledText("as registered", .dim))
        }
        return table
    }

    private static func json(
        _ exported: [ExportJob.Exported], _ failed: [(number: String, problem: DeviceProblem)], _ reach: DispatchReach
    ) -> JSONValue {
        [
            "exported": .array(
                exported.map { one in
                    [
                        "number": .string(one.number), "file": .string(one.file), "sha256": .string(one.sha256.hexadecimal), "size": .int(one.size),
                        "new": .bool(one.isNew),
                    ]
                }),
            "failed": .array(
                failed.map { ["number": .string($0.number), "reason": .string($0.problem.detail), "next": .string($0.problem.next)] }),
            "synced": .bool(reach.isReached),
        ]
    }
}
