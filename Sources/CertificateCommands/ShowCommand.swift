import ArgumentParser
import CommandSupport
import TruckrollClient
import TruckrollCore
import TruckrollDomain
import TruckrollSync
import TruckrollTerminal

struct ShowCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Show what a certificate says.",
        discussion: """
            EXAMPLE
              truckroll-certificates show HGS-2026-D3-000001-4DDP

            EXIT STATUS: 0 shown, being offline included; 64 bad usage; 1 anything else, an unknown number included.
            JSON: number, kind, revision, state, order, asset, technician, issued_at, exported, pdf_sha256, id, content_hash, \
            content, synced. content is the frozen content itself, as text.
            """)

    @OptionGroup var options: CertificateOptions
    @Argument(help: "The certificate's number, with or without its check characters, or its end.") var number: String

    func run() async throws {
        try await options.run { session in
            let client = session.client
            let reach = try await session.sync()
            let line = try client.read { try CertificateLine(try $0.certificate(number), $0) }
            let bytes = line.view["content"].bytes ?? []
            let json: [(String, JSONValue)] =
                line.json + [
                    ("content_hash", .text(line.view["content_hash"].bytes?.hexadecimal)),
                    ("content", .string(String(decoding: bytes, as: UTF8.self))),
                    ("synced", .bool(reach.isReached)),
                ]
            session.console.result(.object(json), [Self.block(line, try? CertificateContent(canonicalBytes: bytes))])
            return .done
        }
    }

    private static func block(_ line: CertificateLine, _ content: CertificateContent?) -> KeyValueBlock {
        var block = KeyValueBlock(title: StyledText(line.number))
        block.add("State", StyledText(line.view.text("state") ?? "not registered"))
        block.add("Order", StyledText(line.order ?? ""))
        block.add("Technician", StyledText(line.technician ?? ""))
        block.add("Issued", StyledText(line.view.text("issued_at") ?? ""))
        block.add("Content", StyledText("SHA-256 \(line.view["content_hash"].bytes?.hexadecimal ?? "")"))
        block.add(
            "PDF", StyledText(line.pdf.map { "SHA-256 \($0["sha256"].bytes?.hexadecimal ?? ""), \($0.integer("size") ?? 0) bytes" } ?? "not exported")
        )
        guard let content else {
            block.add("Note", StyledText("The content is of a kind this version cannot read.", .yellow))
            return block
        }
        block.section("\(content.title), revision \(content.revision)")
        block.add("Issuer", StyledText(content.issuer.name))
        block.add("Customer", StyledText(content.customer.name))
        block.add("Place", StyledText(content.place.site))
        block.add("Item", StyledText("\(content.item.maker) \(content.item.model), serial \(content.item.serial)"))
        block.add("As received", StyledText(content.item.conditionAsReceived))
        for deviation in content.deviations { block.add("Deviation", StyledText(deviation, .yellow)) }
        block.add("Next, as agreed", StyledText(content.nextCalibration ?? "none was named"))
        block.add("Outcome", StyledText("\(content.outcome.word), \(content.leftInService ? "left in service" : "taken out of service")"))
        for channel in content.channels {
            block.add("Channel \(channel.number)", StyledText("\(channel.gas), \(channel.rangeLow ?? "0") to \(channel.rangeHigh)"))
        }
        block.add("Performed by", StyledText(content.technician.name))
        block.add("Accepted", StyledText(content.acceptance?.words ?? "not signed by the customer"))
        if let former = content.supersedes { block.add("Replaces", StyledText(former.number)) }
        return block
    }
}
