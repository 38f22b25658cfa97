import TruckrollCore
import TruckrollDomain
import TruckrollSync

/// A certificate as it was made.
public struct IssuedCertificate: Sendable {
    public let recorded: Recorded
    /// With check characters, as printed.
    public let number: String
    public let content: CertificateContent
    /// What the review said and did not stop it.
    public let warnings: [CertificateProblem]
    /// Whether the order is certified by it.
    public let orderIsCertified: Bool
}

extension DeviceClient {
    /// Makes the certificate of one asset of an order, final on this device: frozen, hashed, numbered in this device's series and
    /// signed with its key, in one change set. The last one an order waits for certifies the order.
    ///
    /// - Throws: ``DeviceProblem`` `certificate` with the list of what stands in the way, `already-certified`, or `transition`.
    public func certify(_ request: CertificateRequest) throws -> IssuedCertificate {
        let identity = try read { try $0.enrolled() }
        let tenant = try read { try $0.views("tenant").first }
        guard let key = SigningKey(rawRepresentation: identity.privateKey) else {
            throw DeviceProblem("key-unreadable", "The device's key cannot be read.", next: "Enrol again; the outbox stays.")
        }
        let (result, set) = try commit("certify") { editor in
            let state = try editor.require("service_order", request.order).text("state").flatMap { OrderState(rawValue: $0) }
            guard let state, [.in_progress, .paused, .work_complete, .signed_off, .certified].contains(state) else {
                throw DeviceProblem(
                    .transition, "The order is \(state?.title ?? "without a state"); nothing was done yet that could be certified.",
                    next: "Start the work first.")
            }
            let number = try Self.nextNumber(editor)
            let assembly = try CertificateAssembly(
                request, number: number, user: editor.user,
                issuer: CertificateParty(name: tenant?.text("name") ?? identity.tenantName, address: tenant?.addressLines ?? []),
                now: editor.now, from: editor)
            if let former = assembly.former, request.supersedeReason == nil {
                throw DeviceProblem(
                    .alreadyCertified, "The asset has the certificate \(former.text("number") ?? "") of this order.",
                    next: "Replace it with --supersede and the reason.")
            }
            if assembly.former == nil, request.supersedeReason != nil {
                throw DeviceProblem(.certificate, "There is no certificate to replace.", next: "Leave --supersede out.")
            }
            let (content, warnings) = try assembly.freeze(acceptedBy: request.acceptedBy, at: editor.now)
            let bytes = content.canonicalBytes
            let id = try editor.create(
                "certificate",
                [
                    "number": .text(content.number.printed(for: content.hash)), "kind": .text("calibration_certificate"),
                    "revision": .integer(Int64(content.revision)), "order": .reference(request.order), "asset": .reference(request.asset),
                    "content": .bytes(bytes), "content_hash": .bytes(content.hash.bytes),
                    "device_signature": .bytes(try key.signature(over: CertificateSignature.message(for: bytes))),
                    "device": .bytes(identity.device.bytes),
                    "supersedes": .optional(assembly.former?.id), "issued_at": .time(editor.now), "by": .reference(editor.user),
                ])
            // Only what was signed is a signature; an acceptance by word of mouth stands in the content.
            if let accepted = request.acceptedBy, let acceptance = content.acceptance, acceptance.isSigned {
                let shown = acceptance.shownHash
                try editor.signature(request.order, accepted.name, accepted.role, "accepted", accepted.strokes, documentHash: shown.bytes)
            }
            let isLast = try state == .signed_off && editor.isEveryAssetCertified(request.order)
            if isLast { _ = try editor.step(.certify, request.order) }
            return (id: id, content: content, warnings: warnings, isLast: isLast)
        }
        let notices = result.warnings.map { "\($0.message) \($0.remedy)" }
        return IssuedCertificate(
            recorded: Recorded(intent: "certify", set: set?.set.writeID, record: result.id, notices: notices),
            number: result.content.number.printed(for: result.content.hash), content: result.content, warnings: result.warnings,
            orderIsCertified: result.isLast)
    }

    private static func nextNumber(_ editor: LocalEditor) throws -> CertificateNumber {
        let counter = String(editor.nextDocumentNumber())
        let text = "\(editor.series)-\(String(repeating: "0", count: max(0, 6 - counter.count)))\(counter)"
        do { return try CertificateNumber(parsing: text) } catch {
            throw DeviceProblem(
                "series-unusable", "“\(text)” is no certificate number: the device's series is \(editor.series).",
                next: "Have the office enrol the device again.")
        }
    }

    /// The content of a certificate this device holds, with whether its hash and, for this device's own, its signature hold.
    public func certificate(_ id: RecordID) throws -> (line: CertificateLine, content: CertificateContent, isIntact: Bool) {
        try screen { screen in
            let view = try screen.reader.require("certificate", id)
            let bytes = view["content"].bytes ?? []
            let content: CertificateContent
            do { content = try CertificateContent(canonicalBytes: bytes) } catch {
                throw DeviceProblem("certificate-unreadable", "The certificate's content cannot be read: \(error).", next: "Run `audit --repair`.")
            }
            var isIntact = content.hash.bytes == view["content_hash"].bytes && content.number.printed(for: content.hash) == view.text("number")
            if view["device"].bytes == screen.identity.device.bytes, let key = SigningKey(rawRepresentation: screen.identity.privateKey) {
                let signed = Signatures.isValid(
                    view["device_signature"].bytes ?? [], of: CertificateSignature.message(for: bytes), algorithm: .p256, publicKey: key.publicKey)
                isIntact = isIntact && signed
            }
            let all = try view.reference("order").map { try screen.reader.children("certificate", of: $0) } ?? []
            return (try CertificateLine(view, screen, superseded: Set(all.compactMap { $0.reference("supersedes") })), content, isIntact)
        }
    }
}

extension CertificateAssembly {
    /// Freezes the draft, or refuses with everything that stands in the way.
    func freeze(
        acceptedBy accepted: (name: String, role: String, strokes: [[Int]])?, at now: DeviceTime
    ) throws -> (content: CertificateContent, warnings: [CertificateProblem]) {
        let problems = draft?.problems() ?? []
        let errors = missing + problems.filter { $0.severity == .error }.map { "\($0.message) \($0.remedy)" }
        guard var draft, errors.isEmpty else {
            let remarks = problems.filter { $0.severity == .warning }.map { "Remark: \($0.message) \($0.remedy)" }
            throw DeviceProblem(
                .certificate, "The certificate cannot be made yet:", missing: errors + remarks,
                next: "Mend each and certify again; nothing was recorded.")
        }
        do {
            if let accepted {
                try PenStrokes.check(accepted.strokes)
                draft.particulars.acceptance = CustomerAcceptance(
                    name: accepted.name, role: accepted.role, meaning: .accepted, at: now.description, shownHash: try draft.shownHash(),
                    strokes: accepted.strokes)
            }
            return (try draft.freeze(), problems)
        } catch let refusal as FreezeRefusal {
            let errors = refusal.problems.filter { $0.severity == .error }.map { "\($0.message) \($0.remedy)" }
            throw DeviceProblem(
                .certificate, "The certificate cannot be made yet:", missing: errors, next: "Mend each and certify again; nothing was recorded.")
        }
    }
}

extension LocalEditor {
    fileprivate func isEveryAssetCertified(_ order: RecordID) throws -> Bool {
        let certified = Set(try children("certificate", of: order).filter { $0.text("state") != "unregistered" }.compactMap { $0.reference("asset") })
        let assets = try require("service_order", order).references("assets")
        return !assets.isEmpty && certified.isSuperset(of: assets)
    }
}
