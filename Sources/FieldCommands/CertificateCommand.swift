import ArgumentParser
import CommandSupport
import TruckrollClient
import TruckrollDomain
import TruckrollTerminal

struct CertificateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "certificate", abstract: "Certificates this device holds.",
        discussion: Teach.text(
            "To check one as a stranger, use truckroll-certificates.", "certificate show HGS-2026-D3-000001", exits: Teach.read),
        subcommands: [Show.self])

    struct Show: FieldVerb {
        static let configuration = CommandConfiguration(
            commandName: "show", abstract: "What a certificate says.",
            discussion: Teach.text(
                "Checks the hash and, for this device's own, the signature.", "certificate show 000001",
                exits: "0 shown and intact, 1 failed or not intact, 64 bad usage."))
        @Argument(help: "The certificate: its number, id, or words of either.") var certificate: String
        @OptionGroup var global: GlobalOptions

        func perform(_ desk: Desk) async throws {
            let (line, content, isIntact) = try desk.client.certificate(try desk.client.findCertificate(certificate))
            desk.print(Self.block(line, content, isIntact))
            desk.print("")
            desk.print(Self.table(content))
            desk.print(
                json: line.fact.with([
                    ("number", .string(line.number)), ("revision", .int(line.revision)), ("state", .text(line.state)),
                    ("superseded", .bool(line.isSuperseded)), ("intact", .bool(isIntact)),
                    ("content_hash", .string(content.hash.text)), ("outcome", .string(content.outcome.rawValue)),
                    ("content", (try? JSONValue.parse(String(decoding: content.canonicalBytes, as: UTF8.self))) ?? .null),
                ]))
            guard isIntact else { throw ExitStatus.failed.code }
        }

        private static func block(_ line: CertificateLine, _ content: CertificateContent, _ isIntact: Bool) -> KeyValueBlock {
            var block = KeyValueBlock(title: "\(content.title) \(line.number)")
            block.add("level", StyledText(content.level.words))
            let state =
                line.state == "revoked" ? "revoked" : line.isSuperseded ? "superseded: a newer one of this job stands in its place" : line.state
            block.add("state", StyledText(state ?? "final here", line.isSuperseded ? [.bold, .yellow] : .plain))
            block.add("outcome", StyledText(content.outcome.word, content.outcome.isWithinTolerance ? .green : .red))
            block.add(
                "intact", isIntact ? StyledText("yes", .green) : StyledText("NO: hash, number or signature do not fit the content", [.bold, .red]))
            block.add(
                "item", "\(content.item.maker) \(content.item.model), serial \(content.item.serial)" + (content.item.tag.map { ", tag \($0)" } ?? ""))
            block.add("as received", StyledText(content.item.conditionAsReceived))
            block.add("customer", StyledText(([content.customer.name] + content.customer.address).joined(separator: ", ")))
            block.add("place", StyledText([content.place.site, content.place.area, content.place.zone].compactMap { $0 }.joined(separator: "; ")))
            block.add("method", StyledText(content.method.procedure))
            for deviation in content.deviations { block.add("deviation", StyledText(deviation, .yellow)) }
            block.add("done", "\(content.dates.begin) to \(content.dates.end)")
            block.add("next, as agreed", StyledText(content.nextCalibration ?? "none was named"))
            block.add("issued", "\(content.dates.issued) by \(content.technician.name), \(content.technician.qualification)")
            block.add("accepted", StyledText(content.acceptance?.words ?? "nobody was asked to accept this content"))
            if let former = content.supersedes { block.add("replaces", "\(former.number): \(former.reason)") }
            block.add("SHA-256", StyledText(content.hash.text))
            block.add("where", Sign.text(line.fact.place))
            return block
        }

        private static func table(_ content: CertificateContent) -> Table {
            var table = Table(
                [
                    .init("Ch", .right), .init("Gas"), .init("Point"), .init("Phase"), .init("Applied", .right), .init("Indicated", .right),
                    .init("Error", .right),
                    .init("Accepted", .right), .init("U (k=2)", .right), .init("Unit"), .init("Verdict"),
                ], emptyText: "No results.")
            for channel in content.channels {
                for point in channel.points {
                    for (phase, reading) in [("as found", point.asFound), ("as left", point.asLeft)] {
                        guard let reading else { continue }
                        table.addRow(
                            "\(channel.number)", StyledText(channel.gas), StyledText(point.point.rawValue), StyledText(phase),
                            StyledText(reading.applied), StyledText(reading.indicated),
                            StyledText(reading.error), StyledText(reading.tolerance), StyledText(reading.uncertainty),
                            StyledText(channel.unit.rawValue),
                            StyledText(reading.verdict.word, reading.verdict.isWithinTolerance ? .green : .red))
                    }
                }
            }
            return table
        }
    }
}
