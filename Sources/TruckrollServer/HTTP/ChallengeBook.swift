import Synchronization
import TruckrollCore
import TruckrollCryptography

/// The nonces a device signs to sign in.
///
/// A nonce proves itself: time, 16 random bytes, and an HMAC over both, the tenant and the device. So asking for nonces
/// costs the server no memory. Only those spent by a valid sign-in are remembered, until they are too old anyway.
final class ChallengeBook: Sendable {
    private struct State {
        var spent: [[UInt8]: UInt64] = [:]
        var nextSweep: UInt64 = 0
    }

    private let key: SymmetricKey
    private let random: @Sendable (Int) -> [UInt8]
    private let state = Mutex(State())

    init(random: @escaping @Sendable (Int) -> [UInt8]) {
        key = SymmetricKey(data: random(32))
        self.random = random
    }

    /// A new nonce of 56 bytes.
    func nonce(tenant: TenantID, device: DeviceID, now: UInt64) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.append(bigEndian: now)
        bytes += random(16)
        return bytes + HMAC<SHA256>.authenticationCode(for: bytes + tenant.bytes + device.bytes, using: key)
    }

    /// - Throws: `challenge-invalid` for a nonce this server did not give to this device within the last minute.
    func check(_ nonce: [UInt8], tenant: TenantID, device: DeviceID, now: UInt64) throws(ServiceProblem) {
        guard nonce.count == 56,
            HMAC<SHA256>.isValidAuthenticationCode(
                nonce[24...], authenticating: Array(nonce[..<24]) + tenant.bytes + device.bytes, using: key)
        else { throw .challengeInvalid }
        let given = nonce[..<8].reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        guard now < given + HTTPLimits.challengeSeconds * 1000, given <= now + 1000 else { throw .challengeInvalid }
    }

    /// Uses up a nonce that ``check(_:tenant:device:now:)`` accepted and whose signature was found valid.
    ///
    /// - Throws: ``ServiceProblem/nonceReplayed`` the second time.
    func spend(_ nonce: [UInt8], now: UInt64) throws(ServiceProblem) {
        enum Answer { case fresh, replayed, full }
        let answer = state.withLock { state -> Answer in
            if now >= state.nextSweep || state.spent.count >= HTTPLimits.spentChallenges {
                // One from a time to come was given before the clock was set back, and is not accepted any more.
                state.spent = state.spent.filter { now < $0.value && $0.value <= now + HTTPLimits.challengeSeconds * 1000 + 2000 }
                state.nextSweep = now + HTTPLimits.challengeSeconds * 1000
            }
            guard state.spent[nonce] == nil else { return .replayed }
            guard state.spent.count < HTTPLimits.spentChallenges else { return .full }
            state.spent[nonce] = now + HTTPLimits.challengeSeconds * 1000 + 1000
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
