import Foundation
import Testing
import TruckrollCore
import TruckrollDomain
import TruckrollProtocol
import TruckrollStoreMemory
import TruckrollStoreSQLite
import TruckrollSync

@Suite("Sets that wait")
struct WaitingTests {
    /// The schema of the next release: tasks have an estimate.
    private func newerSchema() throws -> Schema {
        let documents = try Schema.documents.map { document in
            guard var entity = try JSONSerialization.jsonObject(with: document) as? [String: Any], entity["title"] as? String == "Task",
                var properties = entity["properties"] as? [String: Any]
            else { return document }
            properties["estimate"] = [
                "description": "Minutes it will take.", "type": "integer", "minimum": 0, "maximum": 1000, "x-field": 40, "x-merge": "last_writer",
                "x-since": Int(Schema.current + 1),
            ]
            entity["properties"] = properties
            return try JSONSerialization.data(withJSONObject: entity)
        }
        return try Schema(documents: documents, version: Schema.current + 1)
    }

    private func upgraded(_ device: World.Device, _ schema: Schema) -> World.Device {
        World.Device(
            name: device.name, engine: DeviceEngine(schema: schema, store: device.engine.store), world: device.world, replica: device.replica,
            user: device.user)
    }

    private func estimate(_ company: Company, _ device: World.Device, _ minutes: Int64) throws {
        try company.world.commit(device, "estimate") { try $0.patch("task", company.mandatoryTask, ["estimate": .integer(minutes)]) }
    }

    @Test("where many sets are deferred, each is asked about in its turn")
    func turns() throws {
        let company = try Company()
        let (world, newer) = (company.world, try newerSchema())
        let anna = upgraded(company.anna, newer)
        for minutes in 0..<40 { try estimate(company, anna, Int64(minutes)) }
        try world.sync(anna)
        #expect(try anna.engine.read { try $0.outbox() }.count == 40)
        var asked: Set<UInt64> = []
        for _ in 0..<120 {
            let request = try anna.engine.nextRequest()
            #expect(request.push.count <= Limits.deferredSetsInPush)
            #expect(request.push.map(\.sequence) == request.push.map(\.sequence).sorted())
            asked.formUnion(request.push.map(\.sequence))
            world.milliseconds += 7_000
            try world.sync(anna)
        }
        #expect(asked.count == 40)
    }

    @Test("a set of a newer schema is deferred, goes on showing, and takes effect with its old stamp when the server has learnt it")
    func takenUp() throws {
        let company = try Company()
        let (world, newer) = (company.world, try newerSchema())
        let anna = upgraded(company.anna, newer)
        try estimate(company, anna, 30)
        try world.commit(anna, "title") { try $0.patch("task", company.mandatoryTask, ["title": .text("Later title")]) }
        try world.sync(anna)
        let waiting = try anna.engine.read { try $0.outbox() }
        #expect(waiting.map(\.standing) == [.deferred])
        #expect(try world.value(anna, "task", company.mandatoryTask, "estimate") == .integer(30))
        #expect(try world.serverValue("task", company.mandatoryTask, "title") == .text("Later title"), "what does not need it went on")

        let store = world.server.store
        let server = ServerEngine(schema: newer, store: store, security: world.server.security)
        try server.takeUpDeferred(at: world.moment)
        let task = RecordKey(type: try newer.entity("task").type, id: company.mandatoryTask)
        let stored = try #require(try store.read { try $0.record(task) })
        let entry = try #require(stored.record[FieldID(rawValue: 40)])
        #expect(entry.version.stamp == waiting[0].receipt?.stamp)
        try world.sync(anna)
        #expect(try anna.engine.read { try $0.outbox() }.isEmpty)
        let own = try #require(try anna.engine.read { try $0.own(waiting[0].set.writeID) })
        #expect(own.receipt?.outcome == .applied)
        // Once: the same start again finds nothing to do.
        let head = try store.read { try $0.tenant()?.head }
        try server.takeUpDeferred(at: world.moment)
        #expect(try store.read { try $0.tenant()?.head } == head)
    }

    @Test("what builds on a waiting set waits with it, and nothing else does")
    func dependants() throws {
        let company = try Company()
        let (world, newer) = (company.world, try newerSchema())
        let anna = upgraded(company.anna, newer)
        let task = world.id()
        try world.commit(anna, "add") {
            try $0.create(
                "task", id: task,
                [
                    "order": .reference(company.order), "title": .text("New"), "mandatory": .text("no"), "state": .text("open"),
                    "estimate": .integer(5),
                ])
        }
        try world.commit(anna, "done") { try $0.patch("task", task, ["state": .text("done")]) }
        try company.event(anna, .accept)
        try world.sync(anna)
        #expect(try anna.engine.read { try $0.outbox() }.map(\.intent) == ["add", "done"])
        #expect(try company.state() == "accepted")
        let server = ServerEngine(schema: newer, store: world.server.store, security: world.server.security)
        try server.takeUpDeferred(at: world.moment)
        #expect(try world.serverValue("task", task, "state") == .text("done"))
        try world.sync(anna)
        #expect(try anna.engine.read { try $0.outbox() }.isEmpty)
        #expect(try world.audit(anna).isEmpty)
    }

    @Test("a person releases what a shut-out device had recorded; what is malformed stays")
    func released() throws {
        let company = try Company()
        let world = company.world
        try company.event(company.anna, .accept)
        let device = try #require(try company.anna.engine.read { try $0.identity() }).device
        try world.server.revoke(device, at: world.moment)
        var request = PBCarryRequest()
        request.sets = try company.anna.engine.read { try $0.outbox() }.map { PBSignedSet($0.set) }
        #expect(try world.server.carry(request, revoked: [], at: world.moment).receipts.map(\.outcome) == [UInt32(Outcome.quarantined.rawValue)])
        #expect(try company.state() == "dispatched")
        let id = WriteID(replica: company.anna.replica, sequence: 1)
        let released = try world.server.release(id, at: world.moment)
        #expect(released.outcome == .applied)
        #expect(released.remarks.map(\.code) == ["device-revoked"], "the receipt says that a person decided so")
        #expect(try company.state() == "accepted")
        #expect(throws: EngineProblem.self) { try world.server.release(id, at: world.moment) }
        // Asked again, the server gives the answer that holds now.
        #expect(try world.server.carry(request, revoked: [], at: world.moment).receipts.map(\.outcome) == [UInt32(Outcome.applied.rawValue)])
    }

    @Test("a deferred set that cannot be taken up is kept aside, and stops neither the others nor the start")
    func hopeless() throws {
        let company = try Company()
        let (world, newer) = (company.world, try newerSchema())
        let (anna, dora) = (upgraded(company.anna, newer), upgraded(company.dora, newer))
        // Of a schema that is to come, in which no such field turns out to be.
        let task = RecordKey(type: try newer.entity("task").type, id: company.mandatoryTask)
        let write = FieldWrite(field: FieldID(rawValue: 77), op: .set, value: .integer(3), bases: [])
        try company.forge([Op(kind: .patch, key: task, writes: [write])], schemaVersion: newer.version, by: anna)
        try world.sync(anna)
        try estimate(company, dora, 45)
        try world.sync(dora)
        let server = ServerEngine(schema: newer, store: world.server.store, security: world.server.security)
        try server.takeUpDeferred(at: world.moment)
        let entry = try server.store.read { try $0.record(task)?.record[FieldID(rawValue: 40)] }
        #expect(entry?.version.stamp.replica == dora.replica, "the other one took effect")
        let id = WriteID(replica: anna.replica, sequence: 1)
        #expect(try server.store.read { try $0.waiting(id)?.isDeferred } == false, "kept for a person")
        let head = try server.store.read { try $0.tenant()?.head }
        try server.takeUpDeferred(at: world.moment)
        #expect(try server.store.read { try $0.tenant()?.head } == head, "the next start does not try it again")
    }

    @Test("what a device had brought before it was shut out takes effect when the server has learnt it, and nobody has to let it")
    func deferredThenShutOut() throws {
        let company = try Company()
        let (world, newer) = (company.world, try newerSchema())
        let anna = upgraded(company.anna, newer)
        try estimate(company, anna, 30)
        try world.sync(anna)
        let file = try anna.engine.read { try $0.outbox() }.map { PBSignedSet($0.set) }
        try world.server.revoke(try #require(try anna.engine.read { try $0.identity() }).device, at: world.moment)
        let server = ServerEngine(schema: newer, store: world.server.store, security: world.server.security)
        try server.takeUpDeferred(at: world.moment)
        let task = RecordKey(type: try newer.entity("task").type, id: company.mandatoryTask)
        #expect(try server.store.read { try $0.record(task)?.record[FieldID(rawValue: 40)] } != nil)
        var request = PBCarryRequest()
        request.sets = file
        let receipt = try #require(try server.carry(request, revoked: [], at: world.moment).receipts.first)
        #expect(receipt.outcome == UInt32(Outcome.applied.rawValue))
        #expect(receipt.remarks.isEmpty, "no operator had a part in it")
    }

    @Test("that a set of a shut-out device once waited does not bring it past the lock of a server that lost it")
    func deferredReceiptShown() throws {
        let company = try Company(store: { MemoryServerStore(schema: $0) })
        let (world, newer) = (company.world, try newerSchema())
        let store = try #require(world.store as? MemoryServerStore)
        let backup = store.copy()
        let anna = upgraded(company.anna, newer)
        try world.commit(anna, "title") { try $0.patch("task", company.mandatoryTask, ["title": .text("Applied")]) }
        try estimate(company, anna, 30)
        try world.sync(anna)
        let sets = try anna.engine.read { try $0.ownSets() }
        #expect(sets.compactMap { $0.receipt?.outcome } == [.applied, .deferred])
        store.restore(from: backup)
        try world.server.revoke(try #require(try anna.engine.read { try $0.identity() }).device, at: world.moment)
        var request = PBCarryRequest()
        request.sets = sets.map { PBSignedSet($0.set) }
        request.shown = sets.compactMap { $0.receipt.map { PBReceipt($0) } }
        let receipts = try world.server.carry(request, revoked: [], at: world.moment).receipts
        #expect(receipts.map(\.outcome) == [Outcome.applied, .quarantined].map { UInt32($0.rawValue) })
        #expect(receipts.last?.remarks.map(\.code) == ["device-revoked"])
    }

    @Test("two copies of the same work that both wait take effect once, whichever is released first", arguments: [true, false])
    func twins(isFormerFirst: Bool) throws {
        let company = try Company()
        let (world, anna) = (company.world, company.anna)
        try company.event(anna, .accept)
        let identity = try #require(try anna.engine.read { try $0.identity() })
        let former = try anna.engine.read { try $0.outbox() }.map { PBSignedSet($0.set, device: identity.device) }
        let key = SigningKey()
        let old = try #require(SigningKey(rawRepresentation: identity.privateKey))
        var request = PBReplicaRequest()
        request.device = data(identity.device.bytes)
        request.oldReplica = identity.replica.rawValue
        request.algorithm = UInt32(SignatureAlgorithm.p256.rawValue)
        request.newPublicKey = data(key.publicKey)
        request.signature = data(
            try old.signature(over: ReplicaProof.message(device: identity.device, oldReplica: identity.replica, newKey: key.publicKey)))
        var renumbered = identity
        renumbered.replica = ReplicaID(rawValue: try world.server.newReplica(request, at: world.moment).replica)
        renumbered.privateKey = key.rawRepresentation
        try anna.engine.renumber(as: renumbered, SyncConversation.Fork(replica: identity.replica, lastCommon: 0))
        let later = try anna.engine.read { try $0.outbox() }.map { PBSignedSet($0.set, device: identity.device) }
        try world.server.revoke(identity.device, at: world.moment)
        for set in later + former {
            var carry = PBCarryRequest()
            carry.sets = [set]
            #expect(try world.server.carry(carry, revoked: [], at: world.moment).receipts.map(\.outcome) == [UInt32(Outcome.quarantined.rawValue)])
        }
        let ids = [WriteID(replica: identity.replica, sequence: 1), WriteID(replica: renumbered.replica, sequence: 1)]
        let (first, second) = isFormerFirst ? (ids[0], ids[1]) : (ids[1], ids[0])
        #expect(try world.server.release(first, at: world.moment).outcome == .applied)
        #expect(try company.state() == "accepted")
        let head = try world.server.store.read { try $0.tenant()?.head }
        let problem = #expect(throws: EngineProblem.self) { try world.server.release(second, at: world.moment) }
        #expect(problem?.code == "release-refused")
        #expect(problem?.detail.contains("under another number") == true)
        #expect(try world.server.store.read { try $0.tenant()?.head } == head)
    }

    @Test("what is not proven by its device's signature cannot be released")
    func notReleased() throws {
        let company = try Company()
        let world = company.world
        try company.event(company.anna, .accept)
        var request = try company.anna.engine.nextRequest()
        request.push[0].signature = data([UInt8](repeating: 1, count: 64))
        let reply = try world.server.sync(request, replica: company.anna.replica, at: world.moment)
        #expect(reply.receipts.map(\.outcome) == [UInt32(Outcome.quarantined.rawValue)])
        let id = WriteID(replica: company.anna.replica, sequence: 1)
        let problem = #expect(throws: EngineProblem.self) { try world.server.release(id, at: world.moment) }
        #expect(problem?.code == "release-refused")
        #expect(try company.state() == "dispatched")
        #expect(try world.server.store.read { try $0.waiting(id) } != nil, "it stays kept")
    }
}
