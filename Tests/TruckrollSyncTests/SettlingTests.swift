import Foundation
import Testing
import TruckrollCore
import TruckrollDomain
import TruckrollProtocol
import TruckrollStoreMemory
import TruckrollSync

/// After a restore nothing scarce is promised before those who may hold earlier promises have told them. The depot has one unit.
@Suite("Settling after a restore")
struct SettlingTests {
    let company: Company
    let store: MemoryServerStore
    var world: World { company.world }

    init() throws {
        (company, store) = try Company.inMemory()
        for device in [company.anna, company.ben, company.dora] { try visit(device) }
    }

    private func visit(_ device: World.Device) throws {
        try world.signIn(device)
        try world.sync(device)
    }

    private func restore(_ copy: MemoryServerStore) throws {
        try company.putBack(copy, in: store)
    }

    private func lease(_ device: World.Device) throws -> RecordID {
        let lease = world.id()
        try world.commit(device, "lease") { editor in
            try editor.create(
                "lease", id: lease,
                [
                    "kind": .text("depot_stock"), "user": .reference(editor.user), "location": .reference(company.depot),
                    "part": .reference(company.part), "amount": .text("1"),
                ])
        }
        try visit(device)
        return lease
    }

    private func reserve(_ device: World.Device, for order: RecordID? = nil) throws -> RecordID {
        let id = try ask(device, for: order)
        try visit(device)
        return id
    }

    /// Asks for the unit, offline.
    private func ask(_ device: World.Device, for order: RecordID? = nil) throws -> RecordID {
        let order = order ?? company.order
        let id = RecordID.derived(
            type: try world.schema.entity("reservation").type, key: [order.bytes, company.part.bytes, company.depot.bytes])
        try world.commit(device, "reserve") { editor in
            try editor.create(
                "reservation", id: id,
                [
                    "order": .reference(order), "part": .reference(company.part), "location": .reference(company.depot),
                    "quantity": .text("1"), "requested_by": .reference(editor.user),
                ])
        }
        return id
    }

    private func balance(_ field: String) throws -> String? {
        try world.serverRecords("balance").first { $0.reference("location") == company.depot }?.text(field)
    }

    private func discrepancies() throws -> Int {
        try world.serverRecords("exception").count { $0.text("kind") == "stock_discrepancy" }
    }

    @Test("what was leased after the copy is not promised to another who syncs first; the lease holds again as it was")
    func leaseComesBack() throws {
        let copy = store.copy()
        let granted = try lease(company.anna)
        let expiry = try world.serverValue("lease", granted, "hard_expiry")
        try restore(copy)
        let late = try lease(company.ben)
        #expect(try world.serverValue("lease", late, "state") == .null)
        #expect(try world.serverValue("lease", late, "answer") != .null)
        #expect(try world.server.settling()?.awaited.contains(company.anna.replica) == true)
        #expect(try world.server.settling()?.waitingRequests == 1)

        world.milliseconds += 3_600_000
        try visit(company.anna)
        #expect(try world.serverValue("lease", granted, "state") == .text("granted"))
        #expect(try world.serverValue("lease", granted, "hard_expiry") == expiry)
        #expect(try balance("leased") == "1")
        #expect(try world.serverValue("lease", late, "state") == .null)

        try visit(company.dora)
        #expect(try world.server.settling() == nil)
        #expect(try world.serverValue("lease", late, "state") == .text("refused"))
        #expect(try balance("leased") == "1")
        #expect(try discrepancies() == 0)
        for device in [company.anna, company.ben] { #expect(try world.audit(device).isEmpty) }
    }

    @Test("what was reserved after the copy is reserved again, and not for whoever asked first since")
    func reservedBefore() throws {
        try company.addFarOrder()
        for device in [company.anna, company.ben, company.dora] { try visit(device) }
        let copy = store.copy()
        let first = try reserve(company.anna)
        #expect(try world.serverValue("reservation", first, "state") == .text("granted"))
        try restore(copy)
        world.milliseconds += 3_600_000
        let second = try reserve(company.dora, for: company.farOrder)
        #expect(try world.serverValue("reservation", second, "state") == .null)
        for device in [company.anna, company.ben] { try visit(device) }
        #expect(try world.server.settling() == nil)
        #expect(try world.serverValue("reservation", first, "state") == .text("granted"))
        #expect(try world.serverValue("reservation", second, "state") == .text("backordered"))
        #expect(try balance("reserved") == "1")
        for device in [company.anna, company.dora] {
            try world.sync(device)
            #expect(try world.audit(device).isEmpty)
        }
    }

    @Test("who was promised the last piece keeps it, also from one whose clock is behind, or who had asked offline before", arguments: [false, true])
    func promisedBefore(isClockBehind: Bool) throws {
        try company.addFarOrder()
        for device in [company.anna, company.ben, company.dora] { try visit(device) }
        let copy = store.copy()
        if isClockBehind { company.dora.world.offset = -3_000_000 }
        let earlier = isClockBehind ? nil : try ask(company.dora, for: company.farOrder)
        world.milliseconds += 1_800_000
        let first = try reserve(company.anna)
        #expect(try world.serverValue("reservation", first, "state") == .text("granted"))
        let late = try earlier ?? ask(company.dora, for: company.farOrder)
        try restore(copy)
        for device in [company.dora, company.anna, company.ben] { try visit(device) }
        #expect(try world.server.settling() == nil)
        #expect(try world.serverValue("reservation", first, "state") == .text("granted"))
        #expect(try world.serverValue("reservation", late, "state") == .text("backordered"))
        #expect(try balance("reserved") == "1")
    }

    @Test("a request that waited is answered when the last device has reported, or a day has passed, or the operator says so", arguments: 0..<3)
    func ends(_ way: Int) throws {
        let copy = store.copy()
        try restore(copy)
        let waiting = try reserve(company.anna)
        #expect(try world.serverValue("reservation", waiting, "state") == .null)
        switch way {
        case 0: for device in [company.ben, company.dora] { try visit(device) }
        case 1:
            world.milliseconds += Int64(Limits.settlingSeconds) * 1000
            _ = try world.server.tick(at: world.moment)
        default: #expect(try world.server.settle(at: world.moment))
        }
        #expect(try world.server.settling() == nil)
        #expect(try world.serverValue("reservation", waiting, "state") == .text("granted"))
        #expect(try balance("reserved") == "1")
        #expect(try !world.server.settle(at: world.moment))
    }

    @Test("a lease shown after the waiting has ended stands, and the shortage is somebody's to deal with")
    func lateLease() throws {
        let copy = store.copy()
        let granted = try lease(company.anna)
        try restore(copy)
        let second = try lease(company.ben)
        try world.server.settle(at: world.moment)
        #expect(try world.serverValue("lease", second, "state") == .text("granted"))
        try visit(company.anna)
        #expect(try world.serverValue("lease", granted, "state") == .text("granted"))
        #expect(try balance("leased") == "2")
        #expect(try discrepancies() == 1)
    }

    @Test("what an order takes while its reservation waits is counted when that is answered, and nobody is asked about it")
    func takenMeanwhile() throws {
        let copy = store.copy()
        let reservation = try reserve(company.anna)
        #expect(try world.serverValue("reservation", reservation, "state") == .text("granted"))
        try world.commit(company.anna, "use") { editor in
            try editor.create(
                "part_use",
                [
                    "order": .reference(company.order), "part": .reference(company.part), "quantity": .text("1"), "from": .reference(company.depot),
                    "action": .text("fitted"), "at": .text(editor.now.description), "by": .reference(editor.user),
                ])
        }
        try restore(copy)
        try visit(company.anna)
        #expect(try world.serverValue("reservation", reservation, "state") == .null)
        for device in [company.ben, company.dora] { try visit(device) }
        #expect(try world.serverValue("reservation", reservation, "state") == .text("consumed"))
        #expect(try balance("on_hand") == "0")
        #expect(try balance("reserved") == "0")
        #expect(try discrepancies() == 0)
    }

    @Test("an order that is cancelled meanwhile waits for nothing any more")
    func cancelled() throws {
        try restore(store.copy())
        let waiting = try reserve(company.anna)
        try world.commit(company.dora) { try $0.event(.cancel, order: company.order) }
        try world.sync(company.dora)
        #expect(try world.serverValue("reservation", waiting, "state") == .text("released"))
        try world.server.settle(at: world.moment)
        #expect(try world.serverValue("reservation", waiting, "state") == .text("released"))
        #expect(try balance("reserved") == "0")
    }

    @Test("a lease is believed by the server's own MAC over just these words, and to the device it was granted to", arguments: 0..<3)
    func forged(_ forgery: Int) throws {
        let copy = store.copy()
        let granted = try lease(company.anna)
        let view = try #require(try world.serverRecords("lease").first { $0.id == granted })
        var shown = PBShownLease(try #require(LeaseProof(view)))
        try restore(copy)
        var showing = company.anna
        switch forgery {
        case 0: shown.granted *= 2
        case 1: shown.mac[0] ^= 1
        default: showing = company.ben
        }
        try world.server.settle(at: world.moment)
        try world.commit(company.ben, "take") { editor in
            try editor.create(
                "lease", id: granted,
                [
                    "kind": .text("depot_stock"), "user": .reference(editor.user), "location": .reference(company.depot),
                    "part": .reference(company.part), "amount": .text("3"),
                ])
        }
        try world.sync(company.ben)
        #expect(try world.serverValue("lease", granted, "state") == .text("refused"))
        var request = PBSyncRequest()
        request.leases = [shown]
        _ = try world.server.sync(request, replica: showing.replica, at: world.moment)
        #expect(try world.serverValue("lease", granted, "state") == .text("refused"))
        #expect(try balance("leased") == "0")
    }

    @Test("a device that was enrolled before the copy and came for the first time after it is waited for")
    func enrolledJustBefore() throws {
        world.milliseconds += 40 * 24 * 3_600_000
        let key = SigningKey()
        let code = "ABCD-EFGH"
        try world.server.addEnrolmentCode(code, user: company.anna.user, expiresAt: world.milliseconds + 60_000)
        var request = PBEnrolRequest()
        request.code = code
        request.device = data(world.id().bytes)
        request.algorithm = UInt32(SignatureAlgorithm.p256.rawValue)
        request.publicKey = data(key.publicKey)
        let device = try #require(DeviceID(bytes: request.device))
        request.proof = data(try key.signature(over: EnrolmentProof.message(code: code, device: device, publicKey: key.publicKey)))
        let row = try world.server.enrol(request, at: world.moment)
        try restore(store.copy())
        #expect(try world.server.settling()?.awaited == [row.replica])
    }

    @Test("what the server does by itself is no contact: those it heard of last are waited for, however long ago that was")
    func quietDays() throws {
        _ = try lease(company.anna)
        let head = try store.read { try $0.tenant()?.head }
        world.milliseconds += 9 * 24 * 3_600_000
        _ = try world.server.tick(at: world.moment)
        #expect(try store.read { try $0.tenant()?.head } != head, "the lease has run out, and a set of the server's own tells it")
        try restore(store.copy())
        #expect(try world.server.settling()?.awaited == [company.anna, company.ben, company.dora].map(\.replica).sorted())
    }

    @Test("a contact noted while the server's clock was ahead hides nobody who was in contact before")
    func clockAhead() throws {
        world.milliseconds += 40 * 24 * 3_600_000
        try visit(company.anna)
        world.milliseconds -= 40 * 24 * 3_600_000
        try visit(company.ben)
        try restore(store.copy())
        #expect(try world.server.settling()?.awaited == [company.anna, company.ben, company.dora].map(\.replica).sorted())
    }

    @Test("nobody knows how old a copy put back by hand is: all are waited for, whoever came before it was noticed")
    func byHand() throws {
        let copy = store.copy()
        _ = try reserve(company.anna)
        store.restore(from: copy)
        world.milliseconds += 40 * 24 * 3_600_000
        try visit(company.dora)
        #expect(try world.server.settling() == nil)
        #expect(try world.exchange(company.anna).hasHistoryChanged)
        #expect(try world.server.settling()?.awaited == [company.anna, company.ben, company.dora].map(\.replica).sorted())
    }

    @Test("a tenant whose devices were all shut out, or long unseen, waits for nobody")
    func nobody() throws {
        world.milliseconds += 40 * 24 * 3_600_000
        try visit(company.dora)
        let identity = try #require(try company.dora.engine.read { try $0.identity() })
        try restore(store.copy())
        #expect(try world.server.settling()?.awaited == [company.dora.replica])
        try world.server.revoke(identity.device, at: world.moment)
        #expect(try world.server.settling() == nil)
    }

    @Test("of a blanket order nothing is granted before the devices have told what was, and what they show holds")
    func blanket() throws {
        try company.assign(company.benUser)
        let blanket = try company.agree("5", ["approval_from": .text("100")])
        for device in [company.anna, company.ben] { try visit(device) }
        let copy = store.copy()
        let first = try company.callOff("4", of: blanket, by: company.anna)
        try visit(company.anna)
        let held = world.id()
        try world.commit(company.ben, "lease") { editor in
            try editor.create(
                "lease", id: held,
                [
                    "kind": .text("blanket"), "user": .reference(editor.user), "blanket": .reference(blanket), "part": .reference(company.part),
                    "amount": .text("1"),
                ])
        }
        try visit(company.ben)
        let states = { try [first].map { try world.serverValue("blanket_release", $0, "state") } + [try world.serverValue("lease", held, "state")] }
        #expect(try states() == [.text("granted"), .text("granted")])
        try restore(copy)
        let late = try company.callOff("3", of: blanket, by: company.dora)
        try visit(company.dora)
        #expect(try world.serverValue("blanket_release", late, "state") == .null)
        for device in [company.ben, company.anna, company.dora, world.importer] { try visit(device) }
        #expect(try states() == [.text("granted"), .text("granted")])
        #expect(try world.serverValue("blanket_release", late, "state") == .text("pending"))
        let balance = BlanketBalance(try #require(try world.serverRecords("blanket_order").first))
        #expect(!balance.isOverrun && balance.remaining == .zero)
        let release = try company.callOff("1", of: blanket, by: company.ben, lease: held)
        try visit(company.ben)
        #expect(try world.serverValue("blanket_release", release, "state") == .text("granted"))
    }
}
