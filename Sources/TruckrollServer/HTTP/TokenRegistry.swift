import Synchronization
import TruckrollCore
import TruckrollCryptography
import TruckrollProtocol

/// The sessions of devices that signed in, kept in memory: after a restart every device signs in again, without its user. Where several
/// processes serve a tenant, a token says itself who it is given to, and each of them learns of the session when it is shown.
///
/// Tokens are looked up by their SHA-256, so that neither memory nor timing gives one away.
final class TokenRegistry: Sendable {
    private struct Owner: Hashable {
        let tenant: TenantID
        let replica: ReplicaID
    }

    private struct State {
        var sessions: [SHA256Digest: SessionRecord] = [:]
        var tokens: [Owner: [SHA256Digest]] = [:]
        var nextSweep: UInt64 = 0
    }

    private let state = Mutex(State())
    private let random: @Sendable (Int) -> [UInt8]

    init(random: @escaping @Sendable (Int) -> [UInt8]) { self.random = random }

    /// Opens a session.
    ///
    /// - Throws: ``ServiceProblem/overloaded`` when the registry is full.
    func issue(
        tenant: TenantID, device: DeviceID, replica: ReplicaID, now: UInt64, isOutdated: Bool = false, sharing: (any SharedSessions)? = nil
    ) throws(ServiceProblem) -> (token: String, session: SessionRecord) {
        let expiresAt = now + UInt64(Limits.tokenSeconds) * 1000
        let sealed = sharing.map {
            SealedToken(device: device, replica: replica, expiresAt: expiresAt, isOutdated: isOutdated, salt: random(16)).sealed(
                for: tenant, by: $0.key)
        }
        let session = SessionRecord(
            tenant: tenant, device: device, replica: replica, macKey: sealed?.macKey ?? random(32), expiresAt: expiresAt, isOutdated: isOutdated)
        let token = sealed?.token ?? Base64Text.encodeURL(random(32))
        try keep(session, token: token, now: now)
        return (token, session)
    }

    /// - Throws: ``ServiceProblem/overloaded`` when the registry is full.
    private func keep(_ session: SessionRecord, token: String, now: UInt64) throws(ServiceProblem) {
        let key = SHA256.hash(data: Array(token.utf8))
        let owner = Owner(tenant: session.tenant, replica: session.replica)
        let stored = state.withLock { state in
            // Also when the clock was set back since the last time.
            if now >= state.nextSweep || state.nextSweep > now + 60_000 || state.sessions.count >= HTTPLimits.tokens {
                sweep(&state, now: now)
                state.nextSweep = now + 60_000
            }
            guard state.sessions[key] == nil else { return true }
            guard state.sessions.count < HTTPLimits.tokens else { return false }
            state.sessions[key] = session
            var tokens = state.tokens[owner, default: []] + [key]
            while tokens.count > HTTPLimits.tokensOfReplica { state.sessions[tokens.removeFirst()] = nil }
            state.tokens[owner] = tokens
            return true
        }
        guard stored else { throw .overloaded }
    }

    /// The session of a token at `tenant`; `nil` when it is unknown, another tenant's, or over.
    func session(token: String, tenant: TenantID, now: UInt64, sharing: (any SharedSessions)? = nil) throws(ServiceProblem) -> SessionRecord? {
        let key = SHA256.hash(data: Array(token.utf8))
        if state.withLock({ $0.sessions[key] }) == nil, let sharing,
            let opened = SealedToken.session(of: token, tenant: tenant, key: sharing.key), opened.isValid(at: now)
        {
            try keep(opened, token: token, now: now)
        }
        guard let session = state.withLock({ $0.sessions[key] }), session.tenant == tenant, session.isValid(at: now) else { return nil }
        return session
    }

    private func sweep(_ state: inout State, now: UInt64) {
        for (owner, tokens) in state.tokens {
            let alive = tokens.filter { token in
                guard let session = state.sessions[token], session.isValid(at: now) else {
                    state.sessions[token] = nil
                    return false
                }
                return true
            }
            state.tokens[owner] = alive.isEmpty ? nil : alive
        }
    }
}
