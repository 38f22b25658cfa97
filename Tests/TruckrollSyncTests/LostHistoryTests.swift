import Foundation
import Testing
import TruckrollCore
import TruckrollDomain
import TruckrollProtocol
import TruckrollStoreMemory
import TruckrollSync

/// A company whose server's database can be put back to an older copy.
@Suite("A history that was lost")
struct LostHistoryTests {
    @Test("a copy put back by hand is found out by the first device that is ahead of it; old stamps hold again")
    func byHand() throws {
        let company = try Company(store: { MemoryServerStore(schema: $0) })
        let world = company.world
        let store = try #require(world.store as? MemoryServerStore)
        let backup = store.copy()
        let epoch = try store.read { try $0.tenant()?.epoch }
        try company.event(company.anna, .accept, .travel)
        try world.sync(company.anna)
        let before = try #require(try company.anna.engine.read { try $0.journal(limit: 1) }.first?.receipt)
        store.restore(from: backup)
        #expect(try company.state() == "dispatched")

        try world.sync(company.anna)
        #expect(try store.read { try $0.tenant()?.epoch } != epoch)
        #expect(try company.state() == "en_route")
        let after = try #require(try company.anna.engine.read { try $0.journal(limit: 1) }.first?.receipt)
        #expect(after.stamp == before.stamp)
        #expect(after.epoch != before.epoch)
        #expect(try world.audit(company.anna).isEmpty)
    }

    @Test("a copy put back by hand twice is found out by a device that has left its epoch for one it does not know; facts made there land")
    func byHandTwice() throws {
        let (company, store) = try Company.inMemory()
        let (world, anna, dora) = (company.world, company.anna, company.dora)
        func epoch() throws -> Epoch? { try store.read { try $0.tenant()?.epoch } }
        for device in [anna, dora] { try world.sync(device) }
        let backup = store.copy()
        let first = try epoch()
        let earlier = try company.note(by: dora)
        try world.sync(dora)
        store.restore(from: backup)
        for device in [dora, anna] { try world.sync(device) }
        let second = try epoch()
        #expect(second != first)
        #expect(try anna.engine.read { try $0.state().checkpoint?.epoch } == second)
        let fact = try company.note(by: anna)

        store.restore(from: backup)
        #expect(try epoch() == first)
        try world.sync(anna)
        #expect(try epoch() != first && epoch() != second)
        #expect(try world.serverRecords("note").map(\.id).contains(fact))
        let third = try epoch()
        for device in [dora, anna] { try world.sync(device) }
        #expect(try epoch() == third)
        #expect(try world.serverRecords("note").map(\.id).sorted() == [earlier, fact].sorted())
        for device in [anna, dora] { #expect(try world.audit(device).isEmpty) }
    }

    @Test("an epoch that is lost begins one new epoch, however often a device shows that it was in it")
    func lostEpochOnce() throws {
        let (company, store) = try Company.inMemory()
        let (world, anna) = (company.world, company.anna)
        func epoch() throws -> Epoch? { try store.read { try $0.tenant()?.epoch } }
        try world.sync(anna)
        let backup = store.copy()
        try company.putBack(backup, in: store)
        try world.sync(anna)
        let lost = try anna.engine.read { try $0.state() }
        store.restore(from: backup)
        try world.sync(anna)
        let third = try epoch()
        let present = try anna.engine.read { try $0.state() }
        #expect(third != lost.checkpoint?.epoch && present.checkpoint?.epoch == third)
        // A program that shows the checkpoint of the present epoch as one it had left for the lost one.
        var request = PBSyncRequest()
        for state in [present, lost] {
            var shown = PBShownCheckpoint()
            shown.checkpoint = PBCheckpoint(try #require(state.checkpoint))
            shown.mac = data(state.checkpointMAC)
            request.former.append(shown)
        }
        request.checkpoint = try #require(request.former.first).checkpoint
        request.checkpointMac = try #require(request.former.first).mac
        for _ in 0..<2 { _ = try world.server.sync(request, replica: anna.replica, at: world.moment) }
        #expect(try epoch() == third)
        #expect(try store.read { try $0.epochs() }.last?.lost == [try #require(lost.checkpoint).epoch])
        #expect(try world.audit(anna).isEmpty)
    }

    @Test("a wrong checkpoint without the server's own MAC concerns its device alone")
    func forgedCheckpoint() throws {
        let company = try Company()
        let epoch = try company.world.server.store.read { try $0.tenant()?.epoch }
        try company.anna.engine.store.write { transaction in
            var state = try transaction.state()
            let checkpoint = try #require(state.checkpoint)
            state.checkpoint = Checkpoint(
                epoch: checkpoint.epoch, position: Position(rawValue: checkpoint.position.rawValue + 100), historyPrefix: checkpoint.historyPrefix,
                viewVersion: checkpoint.viewVersion)
            try transaction.save(state)
        }
        try company.world.sync(company.anna)
        #expect(try company.world.server.store.read { try $0.tenant()?.epoch } == epoch)
        #expect(try company.world.audit(company.anna).isEmpty)
    }

    /// What a device that does not hold the order names as the base of a note about it.
    enum NamedBase: String, CaseIterable {
        /// Its own of the lost history, where it held the order.
        case ownLost
        /// That of the other technician, with the MAC that came with it.
        case anothers
        /// Its own from before the copy was made, when the order was not in its view.
        case ownOfBefore
        /// Its own from before the copy, when it held the order, after it has named a later one without it.
        case ownThatWentBack
        /// Its own from before the copy, the last it named, when it held the order.
        case ownHolding
    }

    @Test(
        "a base of a former epoch counts for the device it was given to, and only where the server cannot tell itself", arguments: NamedBase.allCases)
    func namedBase(_ named: NamedBase) throws {
        let company = try Company(store: { MemoryServerStore(schema: $0) })
        let (world, ben) = (company.world, company.ben)
        let store = try #require(world.store as? MemoryServerStore)
        func note(_ shown: DeviceState) throws -> RecordID {
            try ben.engine.store.write { transaction in
                var state = try transaction.state()
                (state.checkpoint, state.checkpointMAC) = (shown.checkpoint, shown.checkpointMAC)
                try transaction.save(state)
            }
            return try company.note(by: ben)
        }
        func state(_ device: World.Device) throws -> DeviceState { try device.engine.store.read { try $0.state() } }

        let before = try state(ben)
        var shown = before
        if named == .ownHolding || named == .ownThatWentBack {
            try company.reassign(from: company.annaUser, to: company.benUser)
            try world.sync(ben)
            shown = try state(ben)
            try company.reassign(from: company.benUser, to: company.annaUser)
        }
        if named == .ownThatWentBack {
            try world.sync(ben)
            _ = try note(try state(ben))
            try world.sync(ben)
        }
        let copy = store.copy()
        if named == .ownLost {
            try company.reassign(from: company.annaUser, to: company.benUser)
            try world.sync(ben)
            shown = try state(ben)
        }
        if named == .anothers {
            try company.event(company.anna, .accept)
            try world.sync(company.anna)
            shown = try state(company.anna)
        }
        let made = try note(shown)
        store.restore(from: copy)
        try world.server.checkInstance([2], newEpoch: Epoch(rawValue: 12), at: world.moment)
        try world.sync(ben)
        let lands = named == .ownLost || named == .ownHolding
        #expect(try (world.serverValue("note", made, "text") != .null) == lands)
        let receipt = try #require(try ben.engine.read { try $0.journal(limit: 1) }.first?.receipt)
        #expect(receipt.remarks.map(\.code) == (lands ? [] : ["outside-view"]))
        #expect(try world.audit(ben).isEmpty)
    }

    @Test("a device that goes on under a new number, because a copy of it spoke first, keeps what it could see in the lost history")
    func newNumber() throws {
        let company = try Company(store: { MemoryServerStore(schema: $0) })
        let (world, ben) = (company.world, company.ben)
        let store = try #require(world.store as? MemoryServerStore)
        let copy = store.copy()
        try company.reassign(from: company.annaUser, to: company.benUser)
        try world.sync(ben)
        let note = try company.note(by: ben)
        store.restore(from: copy)
        try world.server.checkInstance([2], newEpoch: Epoch(rawValue: 12), at: world.moment)
        try store.write { transaction in
            var row = try #require(try transaction.replica(ben.replica))
            row.lastSequence += 1
            row.lastHash = SetHash(body: [1])
            try transaction.save(row)
        }
        try world.sync(ben)
        #expect(try ben.engine.read { try $0.identity()?.replica } != ben.replica)
        #expect(try world.serverValue("note", note, "text") == .text("The fan is loud."))
        #expect(try ben.engine.read { try $0.journal(limit: 1) }.first?.receipt?.remarks == [])
        #expect(try world.audit(ben).isEmpty)
    }

    @Test("a device enrolled after the copy is let in again each time the copy is put back, and what it saw in between counts as seen")
    func readmittedTwice() throws {
        let company = try Company(store: { MemoryServerStore(schema: $0) })
        let world = company.world
        let store = try #require(world.store as? MemoryServerStore)
        let copy = store.copy()
        let carl = try world.fresh("carl", user: company.annaUser)
        try world.sync(carl)
        func devices() throws -> Set<Value> { Set(try world.serverRecords("device").map { $0["replica"] }) }
        let enrolled = try devices()
        let series = try world.serverRecords("lease").count
        store.restore(from: copy)
        try world.signIn(carl)
        #expect(try devices() == enrolled)
        #expect(try world.serverRecords("lease").count == series)
        try world.sync(carl)

        store.restore(from: copy)
        try company.reassign(from: company.annaUser, to: company.benUser)
        let note = try company.note(by: carl)
        try world.signIn(carl)
        try world.sync(carl)
        #expect(try world.serverValue("note", note, "text") == .text("The fan is loud."))
        #expect(try carl.engine.read { try $0.journal(limit: 1) }.first?.receipt?.remarks == [])
        #expect(try world.audit(carl).isEmpty)
    }

    @Test(
        "an enrolment that is shown changes nothing before its device has proved itself, and a series shown with it counts for nothing",
        arguments: ["", "ACME-2026-D2", String(repeating: "X", count: 5000)])
    func shownEnrolment(claimed: String) throws {
        let (company, store) = try Company.inMemory()
        let world = company.world
        let copy = store.copy()
        let carl = try world.fresh("carl", user: company.annaUser)
        let identity = try #require(try carl.engine.read { try $0.identity() })
        try company.putBack(copy, in: store)
        var enrolment = try Wire.decode(PBEnrolment.self, identity.enrolment)
        enrolment.series = claimed
        func standing() throws -> (TenantState?, [ReplicaRow]) { try store.read { (try $0.tenant(), try $0.replicas()) } }

        world.milliseconds += 48 * 3_600_000
        let before = try standing()
        let key = try world.server.signingKey(of: identity.device, replica: carl.replica, enrolment: enrolment, revoked: [])
        #expect(key.publicKey == SigningKey(rawRepresentation: identity.privateKey)?.publicKey)
        let anna = try #require(try company.anna.engine.read { try $0.identity() })
        _ = try world.server.signingKey(of: anna.device, replica: anna.replica, enrolment: nil, revoked: [])
        let after = try standing()
        #expect(after.0 == before.0 && after.1 == before.1)

        let row = try world.server.signIn(device: identity.device, replica: carl.replica, enrolment: enrolment, revoked: [], at: world.moment)
        #expect(row.series == identity.series)
        let series = try world.serverRecords("lease").filter { $0.integer("replica") == Int64(carl.replica.rawValue) }.map { $0.text("series") }
        #expect(series == [identity.series])
    }

    @Test("what was kept aside as unproven before the restore holds up nothing behind it, whoever brings it back")
    func keptAsideBefore() throws {
        let company = try Company(store: { MemoryServerStore(schema: $0) })
        let (world, anna) = (company.world, company.anna)
        let store = try #require(world.store as? MemoryServerStore)
        let backup = store.copy()
        for _ in 0..<3 { _ = try company.note(by: anna) }
        var spoilt = try #require(try anna.engine.read { try $0.outbox() }.dropFirst().first)
        var signature = spoilt.set.signature
        signature[5] ^= 1
        spoilt.set = SignedSet(writeID: spoilt.set.writeID, body: spoilt.set.body, algorithm: spoilt.set.algorithm, signature: signature)
        try anna.engine.store.write { [spoilt] in try $0.update(spoilt) }
        try world.sync(anna)
        let sets = try anna.engine.read { try $0.ownSets() }
        var request = PBCarryRequest()
        request.sets = sets.map { PBSignedSet($0.set) }
        request.shown = sets.compactMap { $0.receipt.map { PBReceipt($0) } }
        let outcomes = request.shown.map(\.outcome)
        #expect(outcomes == [Outcome.applied, .quarantined, .applied].map { UInt32($0.rawValue) })

        store.restore(from: backup)
        var unshown = request
        unshown.shown = []
        let stopped = try world.server.carry(unshown, revoked: [], at: world.moment)
        #expect(stopped.receipts.count == 1 && stopped.pushProblem.code == "signature-invalid", "nobody's word, and no number taken")
        let taken = try world.server.carry(request, revoked: [], at: world.moment)
        #expect(taken.receipts.map(\.outcome) == outcomes && !taken.hasPushProblem)
        // Now it is here, and needs no proof any more.
        let again = try world.server.carry(unshown, revoked: [], at: world.moment)
        #expect(again.receipts.map(\.outcome) == outcomes && again.receipts.allSatisfy(\.duplicate))
        #expect(try world.serverRecords("note").count == 2)
    }

    @Test("what came with a damaged signature after a restore can be released once somebody brings it whole")
    func damagedOnTheWay() throws {
        let company = try Company(store: { MemoryServerStore(schema: $0) })
        let (world, anna) = (company.world, company.anna)
        let store = try #require(world.store as? MemoryServerStore)
        let backup = store.copy()
        // It was kept aside because its device was shut out, which an operator may undo.
        _ = try company.note(by: anna)
        let own = try #require(try anna.engine.read { try $0.outbox() }.first)
        let id = own.set.writeID
        let device = try #require(try world.server.replica(anna.replica)).device
        try world.server.revoke(device, at: world.moment)
        var request = PBCarryRequest()
        request.sets = [PBSignedSet(own.set)]
        request.shown = try world.server.carry(request, revoked: [], at: world.moment).receipts
        #expect(request.shown.map(\.outcome) == [UInt32(Outcome.quarantined.rawValue)])

        store.restore(from: backup)
        try world.server.revoke(device, at: world.moment)
        var spoilt = request
        spoilt.sets[0].signature[5] ^= 1
        #expect(try world.server.carry(spoilt, revoked: [], at: world.moment).receipts.count == 1)
        #expect(throws: EngineProblem.self) { try world.server.release(id, at: world.moment) }
        #expect(try world.server.carry(request, revoked: [], at: world.moment).receipts.map(\.duplicate) == [true])
        #expect(try world.server.release(id, at: world.moment).outcome == .applied)
        #expect(try world.serverRecords("note").count == 1)
    }

    @Test("work of a former number that another copy took in the restored history goes on under a new one, and nothing of either is lost")
    func formerNumberTaken() throws {
        let (company, store) = try Company.inMemory()
        let world = company.world
        let copy = store.copy()
        let kept = MemoryDeviceStore(schema: world.schema)
        let identity = try #require(try company.anna.engine.read { try $0.identity() })
        try kept.write { try $0.save(identity) }
        func device(_ name: String, _ store: MemoryDeviceStore) -> World.Device {
            World.Device(
                name: name, engine: DeviceEngine(schema: world.schema, store: store), world: .init(), replica: company.anna.replica,
                user: company.annaUser)
        }
        try world.sync(device("template", kept))
        let (firstStore, second) = (kept.copy(), device("second", kept.copy()))
        let first = device("first", firstStore)
        // Two share a set; the one that speaks first keeps the number, and the other goes on under its own.
        let shared = try company.note(by: first)
        let third = device("third", firstStore.copy())
        _ = try company.note(by: third)
        try world.sync(third)
        let own = try company.note(by: first)
        try world.sync(first)
        #expect(try first.engine.read { try $0.identity()?.replica } != company.anna.replica)

        // The server forgets it all, and a copy of before takes the number that the shared set had.
        try company.putBack(copy, in: store)
        let seconds = try company.note(by: second)
        try world.sync(second)
        for _ in 0..<2 {
            try world.signIn(first)
            try world.sync(first)
        }
        #expect(try first.engine.read { try $0.outbox() }.isEmpty)
        for id in [shared, own, seconds] { #expect(try world.serverValue("note", id, "text") != .null) }
        #expect(try first.engine.read { try $0.unresolved() }.isEmpty)
        #expect(try world.serverRecords("note").count == 3)
        for device in [first, second] { #expect(try world.audit(device).isEmpty) }
    }
}
