import Hummingbird
import TruckrollCore
import TruckrollProtocol

extension Edge {
    /// A request whose token and signature hold. Its body must still match ``digest``.
    struct Admitted {
        let session: SessionRecord
        let digest: BodyDigest
    }

    /// Lets a request of a signed-in device in, before any of its body is read.
    ///
    /// - Throws: `signature-required`, `token-expired`, `signature-invalid` or `nonce-replayed`, in this order.
    func admit(_ request: Request, at service: any TenantService) throws(ServiceProblem) -> Admitted {
        let scheme = "Bearer "
        guard let authorization = request.headers.single("authorization"), authorization.utf8.starts(with: scheme.utf8),
            let digestText = request.headers.single("content-digest"), let input = request.headers.single("signature-input"),
            let signatureText = request.headers.single("signature")
        else { throw .signatureRequired }
        let now = configuration.now()
        let token = String(authorization.utf8.dropFirst(scheme.utf8.count)) ?? ""
        guard let session = try tokens.session(token: token, tenant: service.tenant, now: now, sharing: service.sharing) else { throw .tokenExpired }
        guard let digest = BodyDigest(headerValue: digestText) else { throw .signatureInvalid("Content-Digest cannot be read.") }
        let target = RequestTarget(method: request.head.method.rawValue, pathAndQuery: request.head.path ?? "")
        do {
            let signature = try RequestSignature(inputHeaderValue: input, target: target)
            try signature.verify(headerValue: signatureText, target: target, digest: digest, key: session.macKey)
            guard signature.isFresh(atUnixSeconds: now / 1000) else {
                throw ServiceProblem.signatureInvalid("The signature is not of the last \(Limits.requestAgeSeconds) seconds.")
            }
            try session.spend(nonce: signature.nonce, now: now)
        } catch let problem as RequestSignatureProblem {
            throw .signatureInvalid("\(problem).")
        } catch let problem as ServiceProblem {
            throw problem
        } catch { throw .internalFault }
        return Admitted(session: session, digest: digest)
    }

    /// ``admit(_:at:)`` for a request that has no body.
    func admitWithoutBody(_ request: Request, at service: any TenantService) throws(ServiceProblem) -> SessionRecord {
        let admitted = try admit(request, at: service)
        guard admitted.digest == .empty else { throw .signatureInvalid("Content-Digest is not that of an empty body.") }
        return admitted.session
    }
}
