import Foundation
import Testing
import TruckrollCore
import TruckrollDomain
import TruckrollProtocol
import TruckrollStoreMemory
import TruckrollSync

/// A device that holds an answer whose effect never came, and a server that was put back by hand to before it gave it.
@Suite("Answers of a history that was lost")
struct LostAnswerTests {
    let company: Company
    let store: MemoryServerStore
    var world: World { company.world }
    var anna: World.Device { company.anna }

    init() throws {
        (company, store) = try Company.inMemory()
        for device in [company.anna, company.ben, company.dora] { try company.world.sync(device) }
    }

    private func epoch() throws -> Epoch? { try store.read { try $0.tenant()?.epoch } }

    /// A visit that breaks off when the answers are there and before the records are.
    private func push(_ device: World.Device) throws {
        var request = try device.engine.nextRequest()
        request.pull = false
        let reply = try world.server.sync(request, replica: device.replica, at: world.moment)
        #expect(!reply.receipts.isEmpty)
        _ = try device.engine.apply(reply, sentAt: world.milliseconds, receivedAt: world.milliseconds)
        #expect(try device.engine.read { try $0.outbox() }.isEmpty)
    }

    @Test("it shows the answer, and brings the set again; so it does when others have filled its place", arguments: [false, true])
    func comesAgain(isPassed: Bool) throws {
        let backup = store.copy()
        let first = try epoch()
        let fact = try company.note(by: anna)
        try push(anna)
        store.restore(from: backup)
        if isPassed {
            for _ in 0..<3 { _ = try company.note(by: company.dora) }
            try world.sync(company.dora)
        }
        try world.sync(anna)
        #expect(try world.serverRecords("note").map(\.id).contains(fact))
        #expect(try epoch() != first)
        #expect(try anna.engine.nextRequest().answered.isEmpty, "what has arrived is shown no more")
        #expect(try world.audit(anna).isEmpty)
    }

    @Test("so does one that recovers, when a copy made in the new epoch is put back by hand")
    func whileRecovering() throws {
        let backup = store.copy()
        let fact = try company.note(by: anna)
        try world.sync(anna)
        try company.putBack(backup, in: store)
        let second = try epoch()
        let copy = store.copy()
        #expect(try world.exchange(anna).hasHistoryChanged)
        try push(anna)
        store.restore(from: copy)
        try world.sync(anna)
        #expect(try world.serverRecords("note").map(\.id).contains(fact))
        #expect(try epoch() != second)
        #expect(try world.audit(anna).isEmpty)
    }

    @Test("an answer of an epoch that the database does not know proves the same")
    func unknownEpoch() throws {
        let backup = store.copy()
        let first = try epoch()
        try company.putBack(backup, in: store)
        #expect(try world.exchange(anna).hasHistoryChanged)
        let fact = try company.note(by: anna)
        try push(anna)
        store.restore(from: backup)
        // The same request twice, as networks do, begins one epoch.
        let request = try anna.engine.nextRequest()
        #expect(try world.server.sync(request, replica: anna.replica, at: world.moment).hasHistoryChanged)
        let third = try epoch()
        #expect(third != first)
        #expect(try world.server.sync(request, replica: anna.replica, at: world.moment).hasHistoryChanged)
        try world.sync(anna)
        #expect(try epoch() == third)
        #expect(try world.serverRecords("note").map(\.id).contains(fact))
    }

    @Test("a restore in order begins no further epoch because of it")
    func inOrder() throws {
        let backup = store.copy()
        let fact = try company.note(by: anna)
        try push(anna)
        try company.putBack(backup, in: store)
        let second = try epoch()
        try world.sync(anna)
        #expect(try epoch() == second)
        #expect(try world.serverRecords("note").map(\.id).contains(fact))
    }

    @Test("what was kept aside is shown too")
    func keptAside() throws {
        let backup = store.copy()
        try world.commit(anna, "spoiled") { try $0.event(.accept, order: company.order) }
        let own = try #require(try anna.engine.read { try $0.outbox() }.first)
        try anna.engine.store.write { transaction in
            var spoiled = own
            var signature = own.set.signature
            signature[40] ^= 1
            spoiled.set = SignedSet(writeID: own.set.writeID, body: own.set.body, algorithm: own.set.algorithm, signature: signature)
            try transaction.update(spoiled)
        }
        try push(anna)
        let receipt = try #require(try anna.engine.read { try $0.own(own.set.writeID)?.receipt })
        #expect(receipt.outcome == .quarantined)
        store.restore(from: backup)
        try world.sync(anna)
        #expect(try store.read { try $0.admitted(own.set.writeID) } != nil)
    }

    @Test("so is what was kept aside under a former number, when its device goes on under another one")
    func keptAsideBefore() throws {
        let backup = store.copy()
        try company.forge([Op(kind: .patch, key: RecordKey(type: .init(rawValue: 0xFFF), id: world.id()))], by: anna)
        try push(anna)
        let aside = try #require(try anna.engine.read { try $0.journal(limit: 1) }.first)
        #expect(aside.receipt?.outcome == .quarantined)
        // The device's own word on a later set of that number, which its disk has changed, proves nothing to anybody.
        var spoiled = aside
        spoiled.set = SignedSet(
            writeID: WriteID(replica: aside.set.writeID.replica, sequence: aside.set.writeID.sequence + 1), body: aside.set.body,
            algorithm: aside.set.algorithm, signature: aside.set.signature)
        let words = try #require(aside.receipt)
        spoiled.receipt = Receipt(
            writeID: spoiled.set.writeID, setHash: words.setHash, epoch: words.epoch, position: words.position, stamp: words.stamp,
            outcome: .setAside, remarks: [], mac: [])
        try anna.engine.store.write { [spoiled] in try $0.append(spoiled) }
        // Work that went on under another number stands in the journal above it.
        var moved = aside
        moved.set = SignedSet(
            writeID: WriteID(replica: ReplicaID(rawValue: aside.set.writeID.replica.rawValue + 90), sequence: 1), body: aside.set.body,
            algorithm: aside.set.algorithm, signature: aside.set.signature)
        moved.receipt = nil
        moved.standing = .renumbered
        try anna.engine.store.write { [moved] in try $0.append(moved) }
        #expect(try anna.engine.nextRequest().answered.map(\.sequence) == [aside.set.writeID.sequence])
        store.restore(from: backup)
        try world.sync(anna)
        #expect(try store.read { try $0.admitted(aside.set.writeID) } != nil)
    }

    @Test("an answer that the server did not give, or gave to a set that is here, changes nothing", arguments: 0..<3)
    func foreign(_ kind: Int) throws {
        let backup = store.copy()
        _ = try company.note(by: anna)
        try push(anna)
        if kind < 2 { store.restore(from: backup) }
        let first = try epoch()
        var request = try anna.engine.nextRequest()
        #expect(request.answered.count == 1)
        switch kind {
        case 0: request.answered[0].mac[3] ^= 1
        case 1: request.answered[0].position += 1
        default: break
        }
        #expect(try !world.server.sync(request, replica: anna.replica, at: world.moment).hasHistoryChanged)
        #expect(try epoch() == first)
    }
}
