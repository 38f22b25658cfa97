import TruckrollCore
import TruckrollCryptography
import TruckrollDomain

/// Checks a certificate with nothing but the tenant's public key: no network, no store, no account.
public enum CertificateVerifier {
    /// Checks `pdf` against the proof that travels with it.
    ///
    /// - Parameters:
    ///   - pdf: bytes of the PDF.
    ///   - proof: bytes of the proof file.
    ///   - tenantKey: the tenant's public key, X9.63 uncompressed, got in a way that is trusted.
    /// - Returns: a report, whatever the bytes are; nothing in them can end the program.
    public static func verify(pdf: [UInt8], proof: [UInt8], tenantKey: [UInt8]) -> VerificationReport {
        var check = Check()
        guard tenantKey.count == EnrolmentStatement.keyLength,
            let key = try? P256.Signing.PublicKey(x963Representation: tenantKey)
        else {
            check.refuse(.tenantKey, "the key given is not a P-256 public key of 65 bytes")
            return check.report()
        }
        check.accept(.tenantKey, "a P-256 public key")
        let file: ProofFile
        do { file = try ProofFile(decoding: proof) } catch {
            check.refuse(.proofFile, "the file is not a proof as this software writes it (\(error))")
            return check.report()
        }
        check.accept(.proofFile, "complete and well formed")
        check.content(file, tenantKey: key)
        check.pdf(pdf, file: file, tenantKey: key)
        return check.report()
    }
}

/// The findings so far.
private struct Check {
    private var findings: [VerificationReport.Layer: VerificationReport.Finding] = [:]
    private var subject: VerificationReport.Subject?
    private var notes: [String] = []
    private var signer: EnrolmentStatement?

    mutating func accept(_ layer: VerificationReport.Layer, _ message: String) {
        findings[layer] = .init(layer: layer, result: .intact, message: message)
    }

    mutating func refuse(_ layer: VerificationReport.Layer, _ message: String) {
        findings[layer] = .init(layer: layer, result: .refused, message: message)
    }

    func report() -> VerificationReport {
        let all = VerificationReport.Layer.allCases.map {
            findings[$0] ?? .init(layer: $0, result: .notChecked, message: "rests on something that was refused")
        }
        let closing = "whether the certificate was since replaced or revoked, only the issuer can say"
        return VerificationReport(findings: all, subject: subject, notes: notes + [closing])
    }

    // MARK: Content, number, signing device

    mutating func content(_ file: ProofFile, tenantKey: P256.Signing.PublicKey) {
        signer = enrolment(file.enrolment, of: file.device, by: tenantKey, layer: .enrolment)
        let hash = ContentHash(of: file.content)
        // The key is looked at even if nobody vouches for it, to tell an altered number from an altered content.
        let signature = signatureProblem(file)
        guard let content = try? CertificateContent(canonicalBytes: file.content) else {
            refuse(.content, "the content was altered: it cannot be read")
            finishSignature(signature)
            return
        }
        let printed = content.number.printed(for: hash)
        if printed == file.number {
            accept(.content, "readable, and its check characters are those of the number")
            accept(.number, printed)
        } else if signature == nil {
            accept(.content, "readable, and as the device signed it")
            refuse(.number, "the proof says \(file.number), and the content says \(printed)")
        } else {
            refuse(.content, "the content was altered: it is not the one of number \(file.number)")
        }
        finishSignature(signature)
        if let acceptance = content.acceptance {
            if content.isAcceptanceBound {
                accept(
                    .acceptance,
                    "the acceptance the technician recorded is bound to this very content"
                        + (acceptance.isSigned ? "" : "; no customer signature was taken"))
            } else {
                refuse(.acceptance, "the customer accepted another content")
            }
        } else {
            accept(.acceptance, "nobody was asked to accept this content")
        }
        describe(content, printed: printed)
    }

    private func signatureProblem(_ file: ProofFile) -> SignatureProblem? {
        guard let statement = try? EnrolmentStatement(decoding: file.enrolment.statement),
            let key = try? P256.Signing.PublicKey(x963Representation: statement.publicKey)
        else { return .doesNotVerify }
        do throws(SignatureProblem) {
            try LowS.verify(file.signature, over: CertificateSignature.message(for: file.content), by: key)
            return nil
        } catch { return error }
    }

    private mutating func finishSignature(_ problem: SignatureProblem?) {
        guard let signer else { return }
        if problem == nil {
            accept(.deviceSignature, "made by device \(Hexadecimal.text(signer.device))")
        } else {
            refuse(.deviceSignature, "device \(Hexadecimal.text(signer.device)) did not sign this content")
        }
    }

    private mutating func describe(_ content: CertificateContent, printed: String) {
        let issued = try? CertificateInstant(parsing: content.dates.issued)
        subject = VerificationReport.Subject(
            number: printed, revision: content.revision, issuer: content.issuer.name,
            technician: content.technician.name, issued: issued?.spoken ?? content.dates.issued,
            customer: content.customer.name,
            item: "\(content.item.maker) \(content.item.model), serial \(content.item.serial)",
            outcome: content.outcome,
            replaces: content.supersedes?.number)
        if let signer, let issued, issued.milliseconds < Int64(clamping: signer.issuedAt) {
            notes.append("issued, by the device's clock, before the device was enrolled")
        }
        if !content.leftInService { notes.append("the item was taken out of service") }
    }

    // MARK: PDF

    mutating func pdf(_ bytes: [UInt8], file: ProofFile, tenantKey: P256.Signing.PublicKey) {
        let recorded = file.pdf
        let exporter = enrolment(recorded.enrolment, of: recorded.device, by: tenantKey, layer: .exporterEnrolment)
        guard let exporter, let key = try? P256.Signing.PublicKey(x963Representation: exporter.publicKey) else {
            return
        }
        if let signer, signer.tenant != exporter.tenant {
            refuse(.exporterEnrolment, "the exporting device belongs to another tenant than the signing one")
            return
        }
        let registration = PDFRegistration(
            content: ContentHash(of: file.content), sha256: recorded.sha256, size: UInt64(recorded.size))
        guard let registration, (try? LowS.verify(recorded.signature, over: registration.encoded, by: key)) != nil
        else {
            refuse(
                .registration, "device \(Hexadecimal.text(exporter.device)) did not register such a PDF of this content"
            )
            return
        }
        accept(.registration, "made by device \(Hexadecimal.text(exporter.device))")
        if registration.matches(bytes) {
            accept(.pdf, "exactly the \(recorded.size) bytes that were registered")
        } else {
            refuse(.pdf, "these \(bytes.count) bytes are not the \(recorded.size) that were registered")
        }
    }

    /// The statement, if the tenant signed it and it is about `device`.
    private mutating func enrolment(
        _ signed: ProofFile.Enrolment, of device: [UInt8], by tenantKey: P256.Signing.PublicKey,
        layer: VerificationReport.Layer
    ) -> EnrolmentStatement? {
        guard (try? LowS.verify(signed.signature, over: signed.statement, by: tenantKey)) != nil else {
            refuse(layer, "the tenant key given does not vouch for the device: key not trusted")
            return nil
        }
        guard let statement = try? EnrolmentStatement(decoding: signed.statement) else {
            refuse(layer, "the statement cannot be read")
            return nil
        }
        guard statement.device == device else {
            refuse(layer, "the statement is about another device")
            return nil
        }
        accept(layer, "the tenant vouches for device \(Hexadecimal.text(device)), replica \(statement.replica)")
        return statement
    }
}
