import Foundation
import Synchronization
import Testing
import TruckrollCore
import TruckrollDomain
import TruckrollProtocol

@testable import TruckrollServer

@Suite("Sessions that several processes share")
struct SharedSessionTests {
    /// What two processes have in common, in memory.
    private final class Common: SharedSessions {
        let key: [UInt8]
        private let spent = Mutex<Set<[UInt8]>>([])
        init(_ byte: UInt8 = 7) { key = [UInt8](repeating: byte, count: 32) }
        func spend(_ nonce: [UInt8]) -> Bool { spent.withLock { $0.insert(nonce).inserted } }
    }

    private let tenant = TenantID(high: 1, low: 1)
    private let device = DeviceID(high: 2, low: 2)
    private let replica = ReplicaID(rawValue: 70_000)
    private static func random(_ count: Int) -> [UInt8] { (0..<count).map { _ in .random(in: 0...255) } }

    @Test("a token of one process is known at the other, with its key, its end and what the device may do", arguments: [false, true])
    func elsewhere(isOutdated: Bool) throws {
        let (one, other, common) = (TokenRegistry(random: Self.random), TokenRegistry(random: Self.random), Common())
        let given = try one.issue(tenant: tenant, device: device, replica: replica, now: 1000, isOutdated: isOutdated, sharing: common)
        let shown = try #require(try other.session(token: given.token, tenant: tenant, now: 2000, sharing: common))
        #expect(shown.tenant == tenant && shown.device == device && shown.replica == replica)
        #expect(shown.macKey == given.session.macKey && shown.expiresAt == given.session.expiresAt && shown.isOutdated == isOutdated)
        // It is one session there: what was used once is used.
        #expect(try other.session(token: given.token, tenant: tenant, now: 2000, sharing: common) === shown)
        #expect(try other.session(token: given.token, tenant: tenant, now: given.session.expiresAt, sharing: common) == nil)
        #expect(given.session.macKey.count == 32 && given.session.macKey != common.key)
    }

    @Test("no token is known that nobody with the key gave out for the tenant")
    func foreign() throws {
        let (registry, common) = (TokenRegistry(random: Self.random), Common())
        let token = try registry.issue(tenant: tenant, device: device, replica: replica, now: 1000, sharing: common).token
        let fresh = TokenRegistry(random: Self.random)
        #expect(try fresh.session(token: token, tenant: TenantID(high: 1, low: 2), now: 1001, sharing: common) == nil)
        #expect(try fresh.session(token: token, tenant: tenant, now: 1001, sharing: Common(8)) == nil)
        #expect(try fresh.session(token: token, tenant: tenant, now: 1001) == nil)
        let bytes = try #require(Base64Text.decodeURL(token))
        for index in bytes.indices {
            var changed = bytes
            changed[index] ^= 1
            #expect(try fresh.session(token: Base64Text.encodeURL(changed), tenant: tenant, now: 1001, sharing: common) == nil)
        }
        for length in [0, 1, 45, 46, bytes.count - 1] {
            #expect(try fresh.session(token: Base64Text.encodeURL(bytes.prefix(length)), tenant: tenant, now: 1001, sharing: common) == nil)
        }
        #expect(try fresh.session(token: token, tenant: tenant, now: 1001, sharing: common) != nil)
    }

    @Test("a nonce of one process is good at the other, for its device alone")
    func nonces() throws {
        let common = Common()
        let books = (0..<2).map { _ in ChallengeBook(random: Self.random, now: { 500_000 }, uptime: { 1 }) }
        let nonce = books[0].nonce(tenant: tenant, device: device, sharing: common).nonce
        try books[1].check(nonce, tenant: tenant, device: device, sharing: common)
        #expect(throws: ServiceProblem.self) { try books[1].check(nonce, tenant: tenant, device: DeviceID(high: 2, low: 3), sharing: common) }
        #expect(throws: ServiceProblem.self) { try books[1].check(nonce, tenant: TenantID(high: 1, low: 2), device: device, sharing: common) }
        #expect(throws: ServiceProblem.self) { try books[1].check(nonce, tenant: tenant, device: device) }
        #expect(common.spend(nonce))
        #expect(!common.spend(nonce))
    }
}
