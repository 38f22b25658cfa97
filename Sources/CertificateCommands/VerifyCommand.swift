import ArgumentParser
import CommandSupport
import TruckrollCertificates
import TruckrollDomain
import TruckrollTerminal

struct VerifyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify", abstract: "Check a certificate with nothing but its files and the company's public key.",
        discussion: """
            Needs no account, no network and no store. The key must have come from the company in a way you trust, not beside \
            the PDF.

            EXAMPLE
              truckroll-certificates verify HGS-2026-D3-000001-4DDP.pdf --key company.pub

            EXIT STATUS: 0 valid; 2 not valid, the layer that fails is named; 64 bad usage; 1 a file cannot be read.
            JSON: valid, refused_layer, subject (number, revision, issuer, technician, issued, customer, item, outcome, replaces), \
            layers (layer, result: intact, refused or not-checked, message), notes.
            """)

    @Argument(help: "The PDF.") var file: String
    @Option(help: ArgumentHelp("Its proof; beside the PDF, with .proof.json for .pdf, when left out.", valueName: "file")) var proof: String?
    @Option(help: ArgumentHelp("The company's public key, as the command key writes it.", valueName: "file")) var key: String
    @Flag(help: "Print JSON instead of text.") var json = false

    func run() async throws {
        let console = Console(isJSON: json, advice: CertificateProgram.advice)
        try await console.run {
            let report = CertificateVerifier.verify(
                pdf: try CertificateFiles.read(file), proof: try CertificateFiles.read(proofPath), tenantKey: try TenantKeyFile.read(key))
            console.result(report.json, [report.block])
            return report.isGenuine ? .done : .refused
        }
    }

    private var proofPath: String {
        if let proof { return proof }
        return (file.lowercased().hasSuffix(".pdf") ? String(file.dropLast(4)) : file) + ".proof.json"
    }
}

extension VerificationReport {
    /// The report for a person without our vocabulary. Texts out of the file can neither colour it nor add lines to it.
    var block: KeyValueBlock {
        var block = KeyValueBlock(
            title: isGenuine ? StyledText("VALID", .green) : StyledText("NOT VALID (\(firstRefused?.rawValue ?? "unknown")): do not rely on it", .red)
        )
        if let subject {
            block.section(isGenuine ? "What it says" : "What it claims, and nothing proves")
            block.add("Certificate", StyledText("\(subject.number), revision \(subject.revision)"))
            block.add("What", StyledText(subject.item))
            block.add("Outcome", StyledText("as left: \(subject.outcome.word)"))
            block.add("When", StyledText(subject.issued))
            block.add("Who", StyledText("\(subject.technician), \(subject.issuer)"))
            block.add("For", StyledText(subject.customer))
            if let replaces = subject.replaces { block.add("Replaces", StyledText(replaces)) }
        }
        block.section("In short")
        block.add("Content", verdict([.content, .number, .deviceSignature, .acceptance], good: "intact", bad: "altered"))
        block.add("PDF", verdict([.registration, .pdf], good: "intact", bad: "altered"))
        block.add("Company's key", verdict([.tenantKey, .enrolment, .exporterEnrolment], good: "trusted", bad: "not trusted"))
        block.section("Layer by layer")
        for finding in findings {
            let style: Style = finding.result == .intact ? .green : finding.result == .refused ? .red : .dim
            block.add(finding.layer.rawValue, StyledText(finding.result.rawValue, style) + StyledText(": \(finding.message)"))
        }
        block.section("Worth knowing")
        for note in notes { block.add("Note", StyledText(note)) }
        return block
    }

    /// One word for several layers.
    private func verdict(_ layers: Set<Layer>, good: String, bad: String) -> StyledText {
        let results = findings.filter { layers.contains($0.layer) }.map(\.result)
        if results.contains(.refused) { return StyledText(bad, .red) }
        return results.contains(.notChecked) ? StyledText("cannot be told", .yellow) : StyledText(good, .green)
    }

    var json: JSONValue {
        [
            "valid": .bool(isGenuine), "refused_layer": .text(firstRefused?.rawValue),
            "subject": subject.map { subject in
                [
                    "number": .string(subject.number), "revision": .int(subject.revision), "issuer": .string(subject.issuer),
                    "technician": .string(subject.technician), "issued": .string(subject.issued), "customer": .string(subject.customer),
                    "item": .string(subject.item), "outcome": .string(subject.outcome.word), "replaces": .text(subject.replaces),
                ]
            } ?? .null,
            "layers": .array(
                findings.map { ["layer": .string($0.layer.rawValue), "result": .string($0.result.rawValue), "message": .string($0.message)] }),
            "notes": .array(notes.map { .string($0) }),
        ]
    }
}
