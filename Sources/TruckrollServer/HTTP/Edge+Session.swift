import Foundation
import Hummingbird
import TruckrollCore
import TruckrollProtocol

extension Edge {
    /// Takes a device on; its code and its proof are the service's to judge.
    func enrol(_ service: any TenantService, _ request: Request) async throws -> Response {
        try await unsigned(request) { (body: PBEnrolRequest) in try service.enrol(body) }
    }

    /// A new number for a forked device; proven by the old key's signature, which the service verifies.
    func newReplica(_ service: any TenantService, _ request: Request) async throws -> Response {
        try await unsigned(request) { (body: PBReplicaRequest) in try service.newReplica(body) }
    }

    /// Gives a nonce to sign. It is given to any device id, so that nobody learns which ones exist.
    func challenge(_ service: any TenantService, _ request: Request) async throws -> Response {
        let (challenges, tenant, sharing) = (challenges, service.tenant, service.sharing)
        return try await unsigned(request) { (body: PBChallengeRequest) in
            guard let device = DeviceID(bytes: body.device) else { throw ServiceProblem.malformed("A device has 16 bytes.") }
            var reply = PBChallenge()
            let (nonce, now) = challenges.nonce(tenant: tenant, device: device, sharing: sharing)
            reply.nonce = data(nonce)
            reply.serverTime = now
            return reply
        }
    }

    /// Gives a token and a MAC key against the device's signature over the nonce.
    func signIn(_ service: any TenantService, _ request: Request) async throws -> Response {
        let (challenges, tokens, clock, protocols) = (challenges, tokens, configuration.now, configuration.protocols)
        return try await unsigned(request) { (body: PBSignInRequest) in
            guard let device = DeviceID(bytes: body.device), body.replica != 0 else {
                throw ServiceProblem.malformed("A device has 16 bytes, and a replica is above zero.")
            }
            let (replica, nonce, now) = (ReplicaID(rawValue: body.replica), Array(body.nonce), clock())
            try challenges.check(nonce, tenant: service.tenant, device: device, sharing: service.sharing)
            let enrolment = body.hasEnrolment ? body.enrolment : nil
            let key = try service.signingKey(of: device, replica: replica, enrolment: enrolment)
            let message = SignInProof.bytes(nonce: nonce, device: device, replica: replica)
            guard Signatures.isValid(Array(body.signature), of: message, algorithm: key.algorithm, publicKey: key.publicKey) else {
                throw ServiceProblem(
                    status: 401, code: "proof-invalid", detail: "The signature over the nonce is not this device's.",
                    next: "Sign a new challenge with the key the device enrolled with.")
            }
            try challenges.spend(nonce)
            if let sharing = service.sharing, try !sharing.spend(nonce) { throw ServiceProblem.nonceReplayed }
            // A device of before this was said speaks version 1.
            let newest = max(1, body.protocolVersion)
            try service.signIn(
                ProvenDevice(
                    device: device, replica: replica, enrolment: enrolment, protocolVersion: newest, schemaVersion: body.schemaVersion))
            let (token, session) = try tokens.issue(
                tenant: service.tenant, device: device, replica: replica, now: now, isOutdated: newest < protocols.lowerBound,
                sharing: service.sharing)
            var reply = PBSignIn()
            reply.token = token
            reply.macKey = data(session.macKey)
            reply.expiresAt = session.expiresAt
            reply.serverTime = now
            reply.protocolVersion = min(newest, protocols.upperBound)
            reply.schemaVersion = service.schemaVersion
            reply.oldestProtocol = protocols.lowerBound
            return reply
        }
    }

    /// A message that carries its own proof, or needs none.
    private func unsigned<Body: WireMessage, Reply: WireMessage>(
        _ request: Request, _ call: @escaping @Sendable (Body) throws -> Reply
    ) async throws -> Response {
        let form = try bodyForm(request)
        return try await withBody(of: request, upTo: HTTPLimits.smallBodyBytes, from: unsignedBodies) { bytes in
            let body = try decode(Body.self, bytes, form)
            let replyForm = replyForm(request, form)
            return encoded(try await calls.run { try call(body).wire(replyForm) }, replyForm)
        }
    }
}
