import Synchronization
import TruckrollCore
import TruckrollProtocol

/// A device that signed in: who it is, under which key it signs its requests, and until when.
final class SessionRecord: Sendable {
    let tenant: TenantID
    let device: DeviceID
    let replica: ReplicaID
    let macKey: [UInt8]
    /// Unix milliseconds.
    let expiresAt: UInt64
    /// Whether the device speaks a protocol so old that it is only listened to.
    let isOutdated: Bool
    private let nonces = Mutex(NonceWindow())

    init(tenant: TenantID, device: DeviceID, replica: ReplicaID, macKey: [UInt8], expiresAt: UInt64, isOutdated: Bool) {
        self.tenant = tenant
        self.device = device
        self.replica = replica
        self.macKey = macKey
        self.expiresAt = expiresAt
        self.isOutdated = isOutdated
    }

    /// Whether the session is on: not after its end, nor before its beginning, as when the clock was set back. So a clock that was set
    /// neither prolongs a session nor keeps its nonces for longer than they count.
    func isValid(at now: UInt64) -> Bool {
        now < expiresAt && expiresAt <= now + UInt64(Limits.tokenSeconds + Limits.requestAgeSeconds) * 1000
    }

    /// - Throws: ``ServiceProblem/upgradeRequired`` when the device is shown nothing any more.
    func checkMayRead() throws(ServiceProblem) {
        if isOutdated { throw .upgradeRequired }
    }

    /// The request as it is served: of an outdated device what it brings is taken, and it gets its receipts alone.
    func served(_ request: PBSyncRequest) throws(ServiceProblem) -> PBSyncRequest {
        guard isOutdated, request.pull else { return request }
        guard !request.push.isEmpty else { throw .upgradeRequired }
        var pushing = request
        pushing.pull = false
        return pushing
    }

    /// Uses up the nonce of a request whose signature was found valid.
    ///
    /// - Throws: ``ServiceProblem/nonceReplayed``, or ``ServiceProblem/tooManyRequests`` when the window is full.
    func spend(nonce: [UInt8], now: UInt64) throws(ServiceProblem) {
        switch nonces.withLock({ $0.insert(nonce, now: now) }) {
        case .fresh: return
        case .replayed: throw .nonceReplayed
        case .full: throw .tooManyRequests
        }
    }
}

/// The nonces one session used as long as their requests could be replayed. Its size is bounded by time and by a count.
///
/// A signature is accepted from 120 s before to 120 s after its time, so a nonce is kept for at least 240 s: it falls out
/// with the second change of generations after it came.
struct NonceWindow {
    enum Answer { case fresh, replayed, full }

    private var current: Set<[UInt8]> = []
    private var previous: Set<[UInt8]> = []
    private var since: UInt64 = 0

    mutating func insert(_ nonce: [UInt8], now: UInt64) -> Answer {
        let generation = UInt64(2 * Limits.requestAgeSeconds) * 1000
        if now >= since &+ generation {
            previous = now >= since &+ 2 &* generation ? [] : current
            current = []
            since = now
        }
        if current.contains(nonce) || previous.contains(nonce) { return .replayed }
        guard current.count < HTTPLimits.noncesOfSession else { return .full }
        current.insert(nonce)
        return .fresh
    }
}
