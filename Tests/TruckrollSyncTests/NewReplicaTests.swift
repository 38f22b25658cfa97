import Testing
import TruckrollCore
import TruckrollProtocol
import TruckrollSync

@Suite("New numbers for copied devices")
struct NewReplicaTests {
    private func request(_ device: World.Device, new key: SigningKey) throws -> PBReplicaRequest {
        let identity = try #require(try device.engine.read { try $0.identity() })
        let old = try #require(SigningKey(rawRepresentation: identity.privateKey))
        var request = PBReplicaRequest()
        request.device = data(identity.device.bytes)
        request.oldReplica = identity.replica.rawValue
        request.algorithm = UInt32(SignatureAlgorithm.p256.rawValue)
        request.newPublicKey = data(key.publicKey)
        request.signature = data(
            try old.signature(over: ReplicaProof.message(device: identity.device, oldReplica: identity.replica, newKey: key.publicKey)))
        return request
    }

    @Test("come a few at once, then one each ten minutes, and never later; a repeated request gets the same number at any time")
    func bounded() throws {
        let company = try Company()
        let (world, anna) = (company.world, company.anna)
        func number(_ key: SigningKey = SigningKey()) throws -> UInt32 {
            try world.server.newReplica(try request(anna, new: key), at: world.moment).replica
        }
        let key = SigningKey()
        let first = try number(key)
        // The enrolment itself was one of the budget.
        for _ in 2..<Limits.replicasAtOnce { _ = try number() }
        let refused = #expect(throws: EngineProblem.self) { _ = try number() }
        #expect(refused?.code == "too-many-replicas")
        let wait = try #require(refused?.retryAfterSeconds)
        #expect((1...Limits.replicaRefillSeconds).contains(wait))
        #expect(try number(key) == first)
        let head = try world.server.store.read { try $0.tenant()?.head }
        #expect(throws: EngineProblem.self) { _ = try number() }
        #expect(try world.server.store.read { try $0.tenant()?.head } == head, "a refusal leaves nothing")

        world.milliseconds += Int64(wait) * 1000
        let later = try number()
        #expect(later > first)
        #expect(throws: EngineProblem.self) { _ = try number() }
        // However long somebody tries, ten minutes are enough.
        for _ in 0..<20 {
            world.milliseconds += Int64(Limits.replicaRefillSeconds) * 1000
            _ = try number()
            #expect(throws: EngineProblem.self) { _ = try number() }
        }
        #expect(try number(key) == first)
        // Others are not held up, and after some hours a few come at once again.
        _ = try world.server.newReplica(try request(company.ben, new: SigningKey()), at: world.moment)
        world.milliseconds += Int64(Limits.replicaRefillSeconds * Limits.replicasAtOnce) * 1000
        for _ in 0..<Limits.replicasAtOnce { _ = try number() }
    }

    @Test("a server's clock that was a year ahead holds nobody up when it is set right")
    func clock() throws {
        let company = try Company()
        let (world, anna) = (company.world, company.anna)
        for _ in 1..<Limits.replicasAtOnce { _ = try world.server.newReplica(try request(anna, new: SigningKey()), at: world.moment) }
        world.milliseconds -= 365 * 86_400_000
        for _ in 0..<Limits.replicasAtOnce { _ = try world.server.newReplica(try request(anna, new: SigningKey()), at: world.moment) }
        let refused = #expect(throws: EngineProblem.self) {
            _ = try world.server.newReplica(try request(anna, new: SigningKey()), at: world.moment)
        }
        #expect((1...Limits.replicaRefillSeconds).contains(refused?.retryAfterSeconds ?? 0))
    }
}
