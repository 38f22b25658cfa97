import Foundation
import TruckrollCore
import TruckrollProtocol

/// Holds the session: signs in when there is none, when it is nearly over, and when the server refused it.
///
/// Calls that need a session at the same time share one sign-in.
actor SignedChannel {
    private let credentials: DeviceCredentials?
    private let exchange: Exchange
    private let now: @Sendable () -> UInt64
    private let random: @Sendable (Int) -> [UInt8]
    /// The protocol versions this device speaks, and the schema it knows.
    private let protocols: ClosedRange<UInt32>
    private let schemaVersion: UInt32
    /// What the server said at the last sign-in; `nil` before the first.
    private(set) var versions: SpokenVersions?
    private var session: Session?
    private var signingIn: Task<Session, any Error>?

    init(
        credentials: DeviceCredentials?, exchange: Exchange, now: @escaping @Sendable () -> UInt64,
        random: @escaping @Sendable (Int) -> [UInt8], protocols: ClosedRange<UInt32>, schemaVersion: UInt32
    ) {
        self.protocols = protocols
        self.schemaVersion = schemaVersion
        self.credentials = credentials
        self.exchange = exchange
        self.now = now
        self.random = random
    }

    /// Runs `request` with the header fields of a session. When the server refuses the session or the nonce, once more with new ones.
    func run<Value: Sendable>(
        _ target: RequestTarget, _ digest: BodyDigest, _ request: @Sendable ([(name: String, value: String)]) async throws -> Value
    ) async throws -> Value {
        let first = try await currentSession()
        do {
            return try await request(headers(of: first, target, digest))
        } catch TransportProblem.problem(let document) where document.status == 401 {
            switch document.code {
            case "nonce-replayed": break
            case "token-expired", "signature-invalid", "signature-required": forget(first)
            default: throw TransportProblem.problem(document)
            }
        }
        return try await request(headers(of: try await currentSession(), target, digest))
    }

    /// What the server says of its versions, signing in when that was not done yet.
    func agreedVersions() async throws -> SpokenVersions? {
        _ = try await currentSession()
        return versions
    }

    private func headers(of session: Session, _ target: RequestTarget, _ digest: BodyDigest) -> [(name: String, value: String)] {
        let signature = RequestSignature(
            created: session.serverTime(at: now()) / 1000, nonce: random(RequestSignature.nonceBytes))
        return [("Authorization", "Bearer \(session.token)")]
            + signature.headers(target: target, digest: digest, key: session.macKey)
    }

    /// Another call may have signed in anew meanwhile; its session stays.
    private func forget(_ refused: Session) {
        if session == refused { session = nil }
    }

    private func currentSession() async throws -> Session {
        if let session, session.isValid(at: now()) { return session }
        if let signingIn { return try await signingIn.value }
        guard let credentials else {
            throw TransportProblem.problem(
                ProblemDocument(
                    status: 401, code: "not-enrolled", detail: "This device has no enrolment.", next: "Enrol with a code first."))
        }
        let (exchange, now, newest, schema) = (exchange, now, protocols.upperBound, schemaVersion)
        let task = Task { try await Self.signIn(credentials, exchange, now, protocolVersion: newest, schemaVersion: schema) }
        signingIn = task
        defer { signingIn = nil }
        let session = try await task.value
        versions = session.versions
        guard session.versions.protocolVersion >= protocols.lowerBound else {
            throw TransportProblem.serverTooOld(session.versions.protocolVersion, oldest: protocols.lowerBound)
        }
        self.session = session
        return session
    }

    private static func signIn(
        _ credentials: DeviceCredentials, _ exchange: Exchange, _ now: @Sendable () -> UInt64, protocolVersion: UInt32, schemaVersion: UInt32
    ) async throws -> Session {
        var question = PBChallengeRequest()
        question.device = data(credentials.device.bytes)
        let challenge: PBChallenge = try await exchange.message("session/challenge", question, headers: [])
        var proof = PBSignInRequest()
        proof.device = question.device
        proof.replica = credentials.replica.rawValue
        proof.nonce = challenge.nonce
        proof.signature = data(
            try credentials.signer(
                SignInProof.bytes(nonce: Array(challenge.nonce), device: credentials.device, replica: credentials.replica)))
        if let enrolment = credentials.enrolment { proof.enrolment = enrolment }
        proof.protocolVersion = protocolVersion
        proof.schemaVersion = schemaVersion
        let answer: PBSignIn = try await exchange.message("session", proof, headers: [])
        return Session(
            token: answer.token, macKey: Array(answer.macKey), expiresAt: answer.expiresAt,
            clockOffset: Int64(clamping: answer.serverTime).subtractingReportingOverflow(Int64(clamping: now())).partialValue,
            versions: SpokenVersions(answer))
    }
}
