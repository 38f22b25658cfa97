import Synchronization
import TruckrollCore
import TruckrollCryptography

/// The nonces a device signs to sign in.
///
/// A nonce proves itself: time, 16 random bytes, and an HMAC over both, the tenant and the device. So asking for nonces
/// costs the server no memory. Only those spent by a valid sign-in are remembered, until they are too old anyway. A clock that
/// is set back makes all of them void: otherwise one that has been forgotten could come into its time a second time.
final class ChallengeBook: Sendable {
    private struct State {
        var key: SymmetricKey
        /// The latest time anything was asked at.
        var latest: UInt64 = 0
        /// When each stops being accepted.
        var spent: [[UInt8]: UInt64] = [:]
        var nextSweep: UInt64 = 0
    }

    /// Requests that run side by side may have read the clock in another order.
    private static let tolerance: UInt64 = 1000

    private let random: @Sendable (Int) -> [UInt8]
    private let state: Mutex<State>

    init(random: @escaping @Sendable (Int) -> [UInt8]) {
        self.random = random
        state = Mutex(State(key: SymmetricKey(data: random(32))))
    }

    private func withState<T>(at now: UInt64, _ body: (inout State) -> T) -> T {
        state.withLock { state in
            if now + Self.tolerance < state.latest { state = State(key: SymmetricKey(data: random(32)), latest: now) }
            state.latest = max(state.latest, now)
            return body(&state)
        }
    }

    /// A new nonce of 56 bytes.
    func nonce(tenant: TenantID, device: DeviceID, now: UInt64) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.append(bigEndian: now)
        bytes += random(16)
        let key = withState(at: now) { $0.key }
        return bytes + HMAC<SHA256>.authenticationCode(for: bytes + tenant.bytes + device.bytes, using: key)
    }

    /// - Throws: `challenge-invalid` for a nonce this server did not give to this device within the last minute.
    func check(_ nonce: [UInt8], tenant: TenantID, device: DeviceID, now: UInt64) throws(ServiceProblem) {
        let key = withState(at: now) { $0.key }
        guard nonce.count == 56,
            HMAC<SHA256>.isValidAuthenticationCode(
                nonce[24...], authenticating: Array(nonce[..<24]) + tenant.bytes + device.bytes, using: key)
        else { throw .challengeInvalid }
        let given = nonce[..<8].reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        guard now < given + HTTPLimits.challengeSeconds * 1000, given <= now + Self.tolerance else { throw .challengeInvalid }
    }

    /// Uses up a nonce that ``check(_:tenant:device:now:)`` accepted and whose signature was found valid.
    ///
    /// - Throws: ``ServiceProblem/nonceReplayed`` the second time.
    func spend(_ nonce: [UInt8], now: UInt64) throws(ServiceProblem) {
        enum Answer { case fresh, replayed, full }
        let answer = withState(at: now) { state -> Answer in
            if now >= state.nextSweep || state.spent.count >= HTTPLimits.spentChallenges {
                state.spent = state.spent.filter { now < $0.value }
                state.nextSweep = now + HTTPLimits.challengeSeconds * 1000
            }
            guard state.spent[nonce] == nil else { return .replayed }
            guard state.spent.count < HTTPLimits.spentChallenges else { return .full }
            state.spent[nonce] = now + HTTPLimits.challengeSeconds * 1000 + Self.tolerance
            return .fresh
        }
        switch answer {
        case .fresh: return
        case .replayed: throw .nonceReplayed
        case .full: throw .overloaded
        }
    }
}

extension ServiceProblem {
    static let challengeInvalid = ServiceProblem(
        status: 401, code: "challenge-invalid", detail: "The nonce is not one this server gave to this device within the last minute.",
        next: "Ask for a new challenge and sign that.")
}
