import Foundation
import TruckrollCertificates
import TruckrollClient
import TruckrollCore
import TruckrollDomain
import TruckrollSync

/// Turns registered certificates into files, and registers the files' bytes.
///
/// Nothing leaves the job that its own check would not call genuine. The files are complete before the registration is
/// recorded, so an export that was cut short is simply done again.
struct ExportJob {
    /// A certificate and the registration of its PDF, if there is one.
    struct Item {
        let certificate: RecordView
        let registered: RecordView?

        var number: String { certificate.text("number") ?? certificate.id.short }
    }

    /// What became of one certificate.
    struct Exported: Hashable {
        let number: String
        let file: String
        let sha256: [UInt8]
        let size: Int
        /// Whether its bytes were registered now; otherwise they were before and are written again.
        let isNew: Bool
    }

    let client: DeviceClient
    let identity: DeviceIdentity
    let enrolments: any EnrolmentSource
    let folder: URL

    /// The certificates that are due, by number.
    ///
    /// - Parameters:
    ///   - order: only those of an order.
    ///   - all: superseded and revoked ones as well.
    ///   - again: also those that were exported before.
    func items(order: RecordID?, all: Bool, again: Bool) throws -> [Item] {
        try client.read { reader in
            let certificates =
                try order.map { try reader.views("certificate", where: "order", equals: .reference($0)) } ?? reader.views("certificate")
            return try certificates.filter { view in
                all ? view.text("state") != nil && view.text("state") != "unregistered" : view.text("state") == "registered"
            }
            .map { Item(certificate: $0, registered: try reader.registeredPDF(of: $0.id)) }
            .filter { again || $0.registered == nil }
            .sorted { ($0.number, $0.certificate.id) < ($1.number, $1.certificate.id) }
        }
    }

    /// Writes the files of one certificate, and records the registration of their bytes if there is none.
    ///
    /// - Throws: ``DeviceProblem`` when this certificate cannot be exported; ``FileProblem`` when nothing can be written.
    func export(_ item: Item) async throws -> Exported {
        let sealed = try sealed(item)
        let pdf: [UInt8]
        do { pdf = try CertificatePDF.render(sealed) } catch {
            throw refusal(item, "the page cannot be drawn (\(error))", next: "Shorten its texts in a new revision.")
        }
        let registration = PDFRegistration(content: sealed.contentHash, pdf: pdf)
        let (device, statement) = try signed(registration, item)
        let proof = try await proof(item, sealed, registration, device: device, statement: statement)
        let report = CertificateVerifier.verify(pdf: pdf, proof: proof.encoded, tenantKey: identity.tenantKey)
        guard report.isGenuine else {
            let finding = report.findings.first { $0.result == .refused }
            throw refusal(
                item, "\(finding?.layer.rawValue ?? "check"): \(finding?.message ?? "refused")",
                next: "Do not hand it out; ask the technician for a new revision.")
        }
        let file = folder.appendingPathComponent("\(sealed.printedNumber).pdf")
        try CertificateFiles.write(pdf, to: file)
        try CertificateFiles.write(proof.encoded, to: folder.appendingPathComponent(ProofFile.fileName(for: sealed.printedNumber)))
        if item.registered == nil { try record(registration, statement, item) }
        return Exported(
            number: sealed.printedNumber, file: file.path, sha256: registration.sha256, size: pdf.count, isNew: item.registered == nil)
    }

    // MARK: Parts

    /// The frozen content, which must be the one the record names.
    private func sealed(_ item: Item) throws -> SealedCertificate {
        let view = item.certificate
        let sealed: SealedCertificate
        do {
            sealed = try SealedCertificate(
                contentBytes: view["content"].bytes ?? [], device: view["device"].bytes ?? [], signature: view["device_signature"].bytes ?? [])
        } catch { throw refusal(item, "its content is none this version draws (\(error))", next: "Export it with a newer version of this program.") }
        guard sealed.contentHash.bytes == view["content_hash"].bytes, sealed.printedNumber == view.text("number") else {
            throw refusal(item, "its content is not the one its hash and number stand for", next: "Audit this device, then export again.")
        }
        return sealed
    }

    /// The exporting device and its signature: the registered ones, or this device's now.
    private func signed(_ registration: PDFRegistration, _ item: Item) throws -> (device: [UInt8], statement: [UInt8]) {
        if let registered = item.registered {
            guard registered["sha256"].bytes == registration.sha256, registered.integer("size") == Int64(registration.size) else {
                throw refusal(
                    item, "the PDF made here is not, byte for byte, the one that was registered",
                    next: "Use the version of this program, its drawing library and its fonts that made the first export.")
            }
            return (registered["device"].bytes ?? [], registered["statement"].bytes ?? [])
        }
        guard let key = SigningKey(rawRepresentation: identity.privateKey) else {
            throw DeviceProblem("key-unreadable", "The device's key cannot be read.", next: "Enrol again with another --store.")
        }
        return (identity.device.bytes, try key.signature(over: registration.encoded))
    }

    private func proof(
        _ item: Item, _ sealed: SealedCertificate, _ registration: PDFRegistration, device: [UInt8], statement: [UInt8]
    ) async throws -> ProofFile {
        let signature = sealed.signature ?? []
        let signing = try await enrolments.enrolment(
            of: sealed.device, whoseKeySigned: CertificateSignature.message(for: sealed.contentBytes), signature)
        let exporting = try await enrolments.enrolment(of: device, whoseKeySigned: registration.encoded, statement)
        guard let signing else {
            throw refusal(
                item, "no enrolment is known whose key signed it", next: "Sync and export again; if it stays, the certificate is not genuine.")
        }
        guard let exporting else {
            throw refusal(item, "no enrolment is known of the device that registered its PDF", next: "Sync and export again.")
        }
        return ProofFile(
            number: sealed.printedNumber, content: sealed.contentBytes, device: sealed.device, signature: signature, enrolment: signing,
            pdf: .init(
                sha256: registration.sha256, size: Int(clamping: registration.size), device: device, signature: statement, enrolment: exporting))
    }

    private func record(_ registration: PDFRegistration, _ statement: [UInt8], _ item: Item) throws {
        try client.commit("export-certificate") { editor in
            try editor.create(
                "certificate_pdf",
                [
                    "certificate": .reference(item.certificate.id), "order": item.certificate["order"], "sha256": .bytes(registration.sha256),
                    "size": .integer(Int64(clamping: registration.size)), "made_at": .text(editor.now.description), "statement": .bytes(statement),
                    "device": .bytes(identity.device.bytes),
                ])
        }
    }

    private func refusal(_ item: Item, _ reason: String, next: String) -> DeviceProblem {
        DeviceProblem("not-exported", "\(item.number) was not exported: \(reason).", next: next)
    }
}

extension LocalReader {
    /// The first registration of a certificate's PDF.
    func registeredPDF(of certificate: RecordID) throws -> RecordView? {
        try views("certificate_pdf", where: "certificate", equals: .reference(certificate))
            .min { ($0.time("made_at")?.milliseconds ?? 0, $0.id) < ($1.time("made_at")?.milliseconds ?? 0, $1.id) }
    }
}
