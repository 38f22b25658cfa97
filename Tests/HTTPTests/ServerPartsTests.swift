import Dispatch
import Synchronization
import Testing
import TruckrollCore
import TruckrollProtocol

@testable import TruckrollServer

@Suite("Parts of the server's edge")
struct ServerPartsTests {
    @Test("the pool runs as many calls as it has threads, lets some wait, and refuses the rest at once")
    func pool() async throws {
        let pool = BlockingPool(label: "test", threads: 2, waiting: 3)
        let gate = DispatchSemaphore(value: 0)
        let (started, start) = AsyncStream<Void>.makeStream()
        var beginnings = started.makeAsyncIterator()
        try await withThrowingTaskGroup(of: Bool.self) { group in
            func add() {
                group.addTask {
                    do {
                        try await pool.run {
                            start.yield()
                            gate.wait()
                        }
                        return true
                    } catch let problem as ServiceProblem where problem == .overloaded {
                        return false
                    }
                }
            }
            add()
            add()
            _ = await beginnings.next()
            _ = await beginnings.next()
            for _ in 0..<10 { add() }
            // Seven of the ten are refused while both threads are held.
            for _ in 0..<7 {
                let ran = try await group.next()
                #expect(ran == false)
            }
            for _ in 0..<5 { gate.signal() }
            for _ in 0..<5 {
                let ran = try await group.next()
                #expect(ran == true)
            }
        }
        let after = try await pool.run { 7 }
        #expect(after == 7)
    }

    @Test("nonces are remembered for their window and no longer than two of them")
    func nonces() {
        var window = NonceWindow()
        let start: UInt64 = 1_760_000_000_000
        #expect(window.insert([1], now: start) == .fresh)
        #expect(window.insert([1], now: start + 1) == .replayed)
        #expect(window.insert([1], now: start + 239_000) == .replayed)
        #expect(window.insert([2], now: start + 241_000) == .fresh)
        #expect(window.insert([1], now: start + 242_000) == .replayed)
        #expect(window.insert([1], now: start + 482_000) == .fresh)
    }

    @Test("one session cannot fill the server's memory with nonces")
    func nonceFlood() {
        var window = NonceWindow()
        for index in 0..<HTTPLimits.noncesOfSession {
            #expect(window.insert([UInt8(index & 0xFF), UInt8(index >> 8 & 0xFF), UInt8(index >> 16)], now: 1_000_000_000) == .fresh)
        }
        #expect(window.insert([9, 9, 9, 9], now: 1_000_000_000) == .full)
    }

    @Test("a device that signs in over and over keeps its newest tokens")
    func tokens() throws {
        let counter = Mutex<UInt8>(0)
        let registry = TokenRegistry { count in
            let value = counter.withLock { value in
                value += 1
                return value
            }
            return [UInt8](repeating: value, count: count)
        }
        let (tenant, device, replica) = (TenantID(high: 1, low: 1), DeviceID(high: 2, low: 2), ReplicaID(rawValue: 3))
        let tokens = try (0..<10).map { _ in try registry.issue(tenant: tenant, device: device, replica: replica, now: 1000).token }
        for (index, token) in tokens.enumerated() {
            #expect(try (registry.session(token: token, tenant: tenant, now: 1001) != nil) == (index >= 2))
        }
        #expect(try registry.session(token: tokens[9], tenant: tenant, now: 601_000) == nil)
        #expect(try registry.session(token: tokens[9], tenant: TenantID(high: 9, low: 9), now: 1001) == nil)
    }

    @Test("a clock that is set back ends the sessions of before it, and neither tokens nor nonces pile up")
    func clockSetBack() throws {
        let counter = Mutex<UInt64>(0)
        let random: @Sendable (Int) -> [UInt8] = { count in
            let value = counter.withLock { value in
                value += 1
                return value
            }
            return (0..<count).map { UInt8(truncatingIfNeeded: value >> UInt64($0 % 8 * 8)) }
        }
        let (tenant, device) = (TenantID(high: 1, low: 1), DeviceID(high: 2, low: 2))
        let (before, after): (UInt64, UInt64) = (200_000_000, 200_000_000 - 86_400_000)
        let registry = TokenRegistry(random: random)
        let old = try registry.issue(tenant: tenant, device: device, replica: ReplicaID(rawValue: 3), now: before).token
        #expect(try registry.session(token: old, tenant: tenant, now: before - 60_000) != nil, "a clock may be set by a little")
        #expect(try registry.session(token: old, tenant: tenant, now: after) == nil)
        let new = try registry.issue(tenant: tenant, device: device, replica: ReplicaID(rawValue: 3), now: after).token
        #expect(try registry.session(token: new, tenant: tenant, now: after) != nil)
        #expect(try registry.session(token: old, tenant: tenant, now: before) == nil, "it does not come to life again")

        let clock = Mutex<UInt64>(before)
        let book = ChallengeBook(random: random, now: { clock.withLock { $0 } }, uptime: { 1 })
        for _ in 0..<HTTPLimits.spentChallenges { try book.spend(book.nonce(tenant: tenant, device: device).nonce) }
        #expect(throws: ServiceProblem.self) { try book.spend(book.nonce(tenant: tenant, device: device).nonce) }
        clock.withLock { $0 = after }
        try book.spend(book.nonce(tenant: tenant, device: device).nonce)
    }

    @Test(
        "a nonce given before the clock was set back is void, and one given after it is good once; a clock that is kept right voids none",
        arguments: [UInt64(900), 1001, 30_000])
    func nonceOfBefore(step: UInt64) throws {
        let (tenant, device) = (TenantID(high: 1, low: 1), DeviceID(high: 2, low: 2))
        let clock = Mutex<UInt64>(100_000_000)
        let uptime = Mutex<UInt64>(5_000)
        let book = ChallengeBook(
            random: { count in (0..<count).map { _ in UInt8.random(in: 0...255) } }, now: { clock.withLock { $0 } },
            uptime: { uptime.withLock { $0 } })
        let (spent, unspent) = (book.nonce(tenant: tenant, device: device).nonce, book.nonce(tenant: tenant, device: device).nonce)
        try book.check(spent, tenant: tenant, device: device)
        try book.spend(spent)
        clock.withLock { $0 -= step }
        if step < 1000 {
            try book.check(unspent, tenant: tenant, device: device)
            #expect(throws: ServiceProblem.self) { try book.spend(spent) }
        } else {
            for nonce in [spent, unspent] { #expect(throws: ServiceProblem.self) { try book.check(nonce, tenant: tenant, device: device) } }
        }
        // When it is as late again as then, by whatever way.
        clock.withLock { $0 += step }
        uptime.withLock { $0 += step }
        #expect(throws: ServiceProblem.self) {
            try book.check(spent, tenant: tenant, device: device)
            try book.spend(spent)
        }
        // Set back while nobody asked, and read only when it is later than before.
        let before = book.nonce(tenant: tenant, device: device).nonce
        clock.withLock { $0 += 40_000 - step }
        uptime.withLock { $0 += 40_000 }
        if step > 1000 { #expect(throws: ServiceProblem.self) { try book.check(before, tenant: tenant, device: device) } }
        let fresh = book.nonce(tenant: tenant, device: device).nonce
        try book.check(fresh, tenant: tenant, device: device)
        try book.spend(fresh)
        #expect(throws: ServiceProblem.self) { try book.spend(fresh) }
    }

    @Test("wake-ups nobody took yet are one")
    func coalesces() async {
        let heads = HeadBroadcaster()
        let (wakeUps, poke) = heads.subscribe(ReplicaID(rawValue: 2))
        for _ in 0..<100 { heads.moved() }
        poke.finish()
        var count = 0
        for await _ in wakeUps { count += 1 }
        #expect(count == 1)
        #expect(heads.listenerCount == 0)
    }

    @Test("a replica's further stream ends its oldest and nobody else's")
    func tooManyStreams() async throws {
        let heads = HeadBroadcaster()
        let other = heads.subscribe(ReplicaID(rawValue: 3))
        var streams = (0..<Limits.streamsOfReplica).map { _ in heads.subscribe(ReplicaID(rawValue: 2)) }
        #expect(heads.listenerCount == Limits.streamsOfReplica + 1)
        streams.append(heads.subscribe(ReplicaID(rawValue: 2)))
        #expect(heads.listenerCount == Limits.streamsOfReplica + 1)
        var oldest = streams[0].wakeUps.makeAsyncIterator()
        #expect(await oldest.next() != nil, "the wake-up of its beginning")
        #expect(await oldest.next() == nil)
        heads.moved()
        for stream in streams.dropFirst() + [other] {
            var wakeUps = stream.wakeUps.makeAsyncIterator()
            #expect(await wakeUps.next() != nil)
        }
    }
}
