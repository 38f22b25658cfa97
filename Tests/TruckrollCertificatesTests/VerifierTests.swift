import Testing
import TruckrollCertificates
import TruckrollCryptography
import TruckrollDomain

struct VerifierTests {
    private let issuer = SampleIssuer()
    private let sealed: SealedCertificate
    private let pdf: [UInt8]
    private let proof: ProofFile

    init() throws {
        sealed = try issuer.seal(try Samples.content())
        pdf = try CertificatePDF.render(sealed)
        proof = try issuer.proof(of: sealed, pdf: pdf)
    }

    private func verify(_ change: (inout ProofFile) throws -> Void) rethrows -> VerificationReport {
        var proof = proof
        try change(&proof)
        return CertificateVerifier.verify(pdf: pdf, proof: proof.encoded, tenantKey: issuer.publicKey)
    }

    /// The report for each of some flipped bits of `bytes`, spread over all of them, first and last included.
    private func flips(
        of bytes: WritableKeyPath<ProofFile, [UInt8]>, step: Int = 1
    ) -> [(bit: Int, report: VerificationReport)] {
        let count = proof[keyPath: bytes].count * 8
        return (Array(stride(from: 0, to: count, by: step)) + [count - 1]).map { bit in
            (bit, verify { $0[keyPath: bytes][bit / 8] ^= 1 << UInt8(bit % 8) })
        }
    }

    @Test("a certificate as issued is genuine, and the report says who, when and what")
    func genuine() throws {
        let report = verify { _ in }
        #expect(report.isGenuine, "\(report.text)")
        #expect(report.firstRefused == nil)
        #expect(report.findings.map(\.layer) == VerificationReport.Layer.allCases)
        for words in ["GENUINE", sealed.printedNumber, "GD4-20871-A", "Jürgen Żółkiewski", "2026-11-20 11:40 +01:00"] {
            #expect(report.text.contains(words))
        }
        #expect(try ProofFile(decoding: proof.encoded) == proof)
        #expect(ProofFile.fileName(for: sealed.printedNumber).hasSuffix(".proof.json"))
    }

    @Test("one bit of the content is refused as the content")
    func content() {
        for (bit, report) in flips(of: \.content, step: 331) {
            #expect(report.firstRefused == .content, "bit \(bit)")
            #expect(report.findings.contains { $0.layer == .deviceSignature && $0.result == .refused }, "bit \(bit)")
            #expect(report.findings.contains { $0.layer == .registration && $0.result == .refused }, "bit \(bit)")
        }
    }

    @Test("one bit of a signature, statement or device is refused as the layer it belongs to")
    func signatures() {
        let layers: [(WritableKeyPath<ProofFile, [UInt8]>, VerificationReport.Layer)] = [
            (\.signature, .deviceSignature), (\.device, .enrolment), (\.enrolment.statement, .enrolment),
            (\.enrolment.signature, .enrolment), (\.pdf.signature, .registration), (\.pdf.sha256, .registration),
            (\.pdf.device, .exporterEnrolment), (\.pdf.enrolment.statement, .exporterEnrolment),
            (\.pdf.enrolment.signature, .exporterEnrolment),
        ]
        for (path, layer) in layers {
            for (bit, report) in flips(of: path, step: 7) {
                #expect(report.firstRefused == layer, "\(layer), bit \(bit)")
            }
        }
        #expect(verify { $0.pdf.size += 1 }.firstRefused == .registration)
    }

    @Test("one bit of the PDF, a byte more or a byte less is refused as the PDF")
    func pages() {
        func report(_ pdf: [UInt8]) -> VerificationReport {
            CertificateVerifier.verify(pdf: pdf, proof: proof.encoded, tenantKey: issuer.publicKey)
        }
        for bit in Array(stride(from: 0, to: pdf.count * 8, by: 20_011)) + [pdf.count * 8 - 1] {
            var copy = pdf
            copy[bit / 8] ^= 1 << UInt8(bit % 8)
            #expect(report(copy).firstRefused == .pdf, "bit \(bit)")
        }
        for other in [pdf + [0x0A], Array(pdf.dropLast()), []] { #expect(report(other).firstRefused == .pdf) }
    }

    @Test("a byte changed anywhere in the proof file is refused, and nothing traps")
    func anyByte() {
        let bytes = proof.encoded
        for index in Array(stride(from: 0, to: bytes.count, by: 97)) + [bytes.count - 1] {
            var copy = bytes
            copy[index] ^= 1
            let report = CertificateVerifier.verify(pdf: pdf, proof: copy, tenantKey: issuer.publicKey)
            #expect(!report.isGenuine, "byte \(index)")
            #expect(report.firstRefused != nil, "byte \(index)")
        }
        for count in stride(from: 0, to: bytes.count, by: 501) {
            let report = CertificateVerifier.verify(
                pdf: pdf, proof: Array(bytes.prefix(count)), tenantKey: issuer.publicKey)
            #expect(report.firstRefused == .proofFile)
        }
    }

    @Test("another tenant's key does not vouch, and a key that is none is named")
    func keys() {
        let other = SampleIssuer()
        let report = CertificateVerifier.verify(pdf: pdf, proof: proof.encoded, tenantKey: other.publicKey)
        #expect(report.firstRefused == .enrolment)
        #expect(report.text.contains("key not trusted"))
        for key in [[], [UInt8](repeating: 4, count: 65), Array(issuer.publicKey.dropLast())] {
            let report = CertificateVerifier.verify(pdf: pdf, proof: proof.encoded, tenantKey: key)
            #expect(report.firstRefused == .tenantKey)
        }
    }

    @Test("the genuine PDF of another certificate is refused")
    func otherCertificate() throws {
        let other = try issuer.seal(try Samples.draft(technician: "Nikos Βασιλείου").freeze())
        let otherPDF = try CertificatePDF.render(other)
        let report = CertificateVerifier.verify(pdf: otherPDF, proof: proof.encoded, tenantKey: issuer.publicKey)
        #expect(report.firstRefused == .pdf)
        // Its registration, put into this proof, is about another content.
        let otherProof = try issuer.proof(of: other, pdf: otherPDF)
        let mixed = { (proof: ProofFile) in
            CertificateVerifier.verify(pdf: otherPDF, proof: proof.encoded, tenantKey: self.issuer.publicKey)
        }
        var swapped = proof
        swapped.pdf = otherProof.pdf
        #expect(mixed(swapped).firstRefused == .registration)
    }

    @Test("an altered number is refused as the number")
    func number() {
        for number in ["ACME-2026-D07-000124-\(sealed.contentHash.checkCharacters)", "ACME-2026-D07-000123-0000", "X"] {
            #expect(verify { $0.number = number }.firstRefused == .number)
        }
    }

    @Test("the twin of a signature is refused, though mathematics accepts it")
    func twin() throws {
        let order = "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551"
        let n = try #require(Hexadecimal.bytes(order))
        var (twin, borrow) = (proof.signature, 0)
        for index in (0..<32).reversed() {
            let difference = Int(n[index]) - Int(proof.signature[32 + index]) - borrow
            borrow = difference < 0 ? 1 : 0
            twin[32 + index] = UInt8(truncatingIfNeeded: difference)
        }
        #expect(verify { $0.signature = twin }.firstRefused == .deviceSignature)
    }

    @Test("an acceptance of another content is refused, though the device signed it")
    func acceptance() throws {
        var content = try Samples.content()
        content.channels[0].points[1].asLeft?.indicated = "51"
        let sealed = try issuer.seal(content)
        let pdf = try CertificatePDF.render(sealed)
        let proof = try issuer.proof(of: sealed, pdf: pdf)
        let report = CertificateVerifier.verify(pdf: pdf, proof: proof.encoded, tenantKey: issuer.publicKey)
        #expect(report.firstRefused == .acceptance)
    }
}
