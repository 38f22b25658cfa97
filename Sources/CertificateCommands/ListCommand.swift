import ArgumentParser
import CommandSupport
import TruckrollClient
import TruckrollCore
import TruckrollDomain
import TruckrollSync
import TruckrollTerminal

struct ListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List certificates and whether they are exported.",
        discussion: """
            EXAMPLE
              truckroll-certificates list --order SO-2026-000001

            EXIT STATUS: 0 listed, an empty list and being offline included; 64 bad usage; 1 anything else.
            JSON: certificates (number, kind, revision, state, order, asset, technician, issued_at, exported, pdf_sha256, id), synced.
            """)

    @OptionGroup var options: CertificateOptions
    @Option(help: ArgumentHelp("Only certificates of this order.", valueName: "number")) var order: String?

    func run() async throws {
        try await options.run { session in
            let client = session.client
            let reach = try await session.sync()
            let now = try client.now()
            let lines = try client.read { reader in
                let orderID = try order.map { try DispatchLookup(reader).order($0).id }
                let found = try orderID.map { try reader.views("certificate", where: "order", equals: .reference($0)) } ?? reader.views("certificate")
                return try found.map { try CertificateLine($0, reader) }.sorted { ($0.number, $0.view.id) < ($1.number, $1.view.id) }
            }
            let calendar = try client.read { try DispatchCalendar($0, now: now) }
            session.console.result(
                ["certificates": .array(lines.map { .object($0.json) }), "synced": .bool(reach.isReached)], [Self.table(lines, calendar)])
            return .done
        }
    }

    private static func table(_ lines: [CertificateLine], _ calendar: DispatchCalendar) -> Table {
        var table = Table(
            [
                .init("Number"), .init("Kind", .left, .truncates(minimum: 8)), .init("Rev", .right), .init("State"), .init("Order"),
                .init("Asset", .left, .truncates(minimum: 8)), .init("Technician", .left, .truncates(minimum: 8)), .init("Issued"), .init("PDF"),
            ], emptyText: "No certificates.", footer: lines.count == 1 ? "1 certificate" : "\(lines.count) certificates")
        for line in lines {
            table.addRow(
                StyledText(line.number), StyledText(line.view.text("kind") ?? ""), "\(line.view.integer("revision") ?? 0)",
                StyledText(line.view.text("state") ?? "not registered", line.view.text("state") == "registered" ? .green : .yellow),
                StyledText(line.order ?? ""), StyledText(line.asset ?? ""), StyledText(line.technician ?? ""),
                StyledText(calendar.spoken(line.view.text("issued_at"))),
                line.pdf == nil ? StyledText("not exported", .dim) : StyledText("exported", .green))
        }
        return table
    }
}
