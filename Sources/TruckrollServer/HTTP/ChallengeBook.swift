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
        /// By how much the clock was ahead of the time since the machine started, when it was read last.
        var ahead: Int64?
        /// The latest time it was read.
        var latest: UInt64 = 0
        /// When each stops being accepted.
        var spent: [[UInt8]: UInt64] = [:]
        var nextSweep: UInt64 = 0
    }

    /// A clock that is set back by less is one that is kept right.
    private static let tolerance: UInt64 = 1000
    /// By how much the clocks of several processes may differ.
    private static let otherClocks: UInt64 = 30_000

    private let random: @Sendable (Int) -> [UInt8]
    private let now: @Sendable () -> UInt64
    private let uptime: @Sendable () -> UInt64
    private let state: Mutex<State>

    /// - Parameters:
    ///   - now: the server's clock, Unix milliseconds.
    ///   - uptime: milliseconds of a clock that nobody sets.
    init(
        random: @escaping @Sendable (Int) -> [UInt8], now: @escaping @Sendable () -> UInt64,
        uptime: @escaping @Sendable () -> UInt64
    ) {
        (self.random, self.now, self.uptime) = (random, now, uptime)
        state = Mutex(State(key: SymmetricKey(data: random(32))))
    }

    /// Reads the clock: requests that take long bring no old readings with them.
    private func withState<T>(_ body: (inout State, _ now: UInt64) -> T) -> T {
        state.withLock { state in
            let now = now()
            let ahead = Int64(clamping: now) - Int64(clamping: uptime())
            let isSetBack = state.ahead.map { ahead < $0 - Int64(Self.tolerance) } ?? false
            if isSetBack || now + Self.tolerance < state.latest { state = State(key: SymmetricKey(data: random(32))) }
            state.ahead = ahead
            state.latest = max(state.latest, now)
            return body(&state, now)
        }
    }

    /// Nonces of several processes are under one key. They are remembered for a day, so that a clock set back by less brings none back.
    private func keyAndTime(_ sharing: (any SharedSessions)?) -> (SymmetricKey, UInt64) {
        withState { state, now in
            guard let sharing else { return (state.key, now) }
            return (SymmetricKey(data: MessageAuthentication.code(for: Array("truckroll/challenges/1".utf8), key: sharing.key)), now)
        }
    }

    /// A new nonce of 56 bytes, and the time of it.
    func nonce(tenant: TenantID, device: DeviceID, sharing: (any SharedSessions)? = nil) -> (nonce: [UInt8], now: UInt64) {
        let salt = random(16)
        let (key, now) = keyAndTime(sharing)
        var bytes: [UInt8] = []
        bytes.append(bigEndian: now)
        bytes += salt
        return (bytes + HMAC<SHA256>.authenticationCode(for: bytes + tenant.bytes + device.bytes, using: key), now)
    }

    /// - Throws: `challenge-invalid` for a nonce this server did not give to this device within the last minute.
    func check(_ nonce: [UInt8], tenant: TenantID, device: DeviceID, sharing: (any SharedSessions)? = nil) throws(ServiceProblem) {
        let (key, now) = keyAndTime(sharing)
        guard nonce.count == 56,
            HMAC<SHA256>.isValidAuthenticationCode(
                nonce[24...], authenticating: Array(nonce[..<24]) + tenant.bytes + device.bytes, using: key)
        else { throw .challengeInvalid }
        let given = nonce[..<8].reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        guard now < given + HTTPLimits.challengeSeconds * 1000, given <= now + (sharing == nil ? Self.tolerance : Self.otherClocks) else {
            throw .challengeInvalid
        }
    }

    /// Uses up a nonce that ``check(_:tenant:device:)`` accepted and whose signature was found valid.
    ///
    /// - Throws: ``ServiceProblem/nonceReplayed`` the second time.
    func spend(_ nonce: [UInt8]) throws(ServiceProblem) {
        enum Answer { case fresh, replayed, full }
        let answer = withState { state, now -> Answer in
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
