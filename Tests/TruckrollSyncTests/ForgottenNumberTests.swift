import Foundation
import Testing
import TruckrollCore
import TruckrollDomain
import TruckrollProtocol
import TruckrollStoreMemory
import TruckrollSync

/// Sets of a number that was given after the copy a server stands on, and that nobody signs in with any more.
@Suite("Numbers a restored server has forgotten")
struct ForgottenNumberTests {
    let company: Company
    let store: MemoryServerStore
    var world: World { company.world }

    init() throws { (company, store) = try Company.inMemory() }

    /// What a device that was enrolled after the copy hands over as a file, and the note that is in it.
    private func handedOver() throws -> (file: PBCarryRequest, note: RecordID, device: DeviceID) {
        let copy = store.copy()
        let late = try world.device("late", user: company.annaUser)
        let note = try company.note(by: late)
        var file = PBCarryRequest()
        try late.engine.read { reader in
            file.sets = try reader.ownSets().map { PBSignedSet($0.set) }
            file.enrolments = try reader.enrolments()
        }
        try company.putBack(copy, in: store)
        let device = try #require(DeviceID(bytes: file.enrolments[0].device))
        #expect(try !world.server.isKnown(device))
        return (file, note, device)
    }

    @Test("come back with what its device hands over by file, by its enrolment")
    func byFile() throws {
        let (file, note, device) = try handedOver()
        var unshown = file
        unshown.enrolments = []
        #expect(try world.server.carry(unshown, revoked: [], at: world.moment).pushProblem.code == "replica-unknown")
        let reply = try world.server.carry(file, revoked: [], at: world.moment)
        #expect(!reply.hasPushProblem && reply.receipts.map(\.outcome) == [UInt32(Outcome.applied.rawValue)])
        #expect(try world.serverRecords("note").map(\.id).contains(note))
        #expect(try world.server.isKnown(device))
        #expect(try world.server.carry(unshown, revoked: [], at: world.moment).receipts.map(\.duplicate) == [true])
    }

    @Test("are kept for a person where their device was shut out after the copy")
    func shutOut() throws {
        let (file, note, device) = try handedOver()
        let reply = try world.server.carry(file, revoked: [device], at: world.moment)
        #expect(reply.receipts.map(\.outcome) == [UInt32(Outcome.quarantined.rawValue)])
        #expect(reply.receipts[0].remarks.map(\.code) == ["device-revoked"])
        #expect(try !world.serverRecords("note").map(\.id).contains(note))
        #expect(try world.server.replica(ReplicaID(rawValue: file.sets[0].replica))?.revokedAt != nil)
    }

    @Test("stay unknown where the tenant's word or the device's signature is not there", arguments: 0..<4)
    func unproven(_ kind: Int) throws {
        var (file, _, device) = try handedOver()
        switch kind {
        case 0: file.enrolments[0].signature[9] ^= 1
        case 1: file.enrolments[0].statement[file.enrolments[0].statement.count - 1] ^= 1
        case 2: file.sets[0].signature[9] ^= 1
        default: file.sets[0].replica += 1
        }
        let reply = try world.server.carry(file, revoked: [], at: world.moment)
        #expect(reply.pushProblem.code == "replica-unknown" && reply.receipts.isEmpty)
        #expect(try !world.server.isKnown(device))
    }

    @Test("of a device that goes on under another one come with its next visit, of however many", arguments: [2, Limits.shownEnrolments + 4])
    func between(numbers: Int) throws {
        let copy = store.copy()
        let anna = company.anna
        // A copy of the device has spoken first, again and again: its work goes on under a second number, then under a third.
        let kept = try company.note(by: anna)
        try world.sync(anna)
        var identity = try #require(try anna.engine.read { try $0.identity() })
        let first = identity.replica
        for _ in 0..<numbers {
            world.milliseconds += 3_600_000
            identity = try renewed(anna, identity)
            _ = try company.note(by: anna)
            try world.sync(anna)
        }
        #expect(try world.serverRecords("note").count == numbers + 1)
        try company.putBack(copy, in: store)
        try world.signIn(World.Device(name: anna.name, engine: anna.engine, world: anna.world, replica: identity.replica, user: anna.user))
        try world.sync(anna)
        #expect(identity.replica != first)
        #expect(try world.serverRecords("note").map(\.id).contains(kept))
        #expect(try world.serverRecords("note").count == numbers + 1)
        #expect(try anna.engine.read { try $0.outbox() }.isEmpty)
        #expect(try world.audit(anna).isEmpty)
    }

    /// The device under a further number, as after a fork at which nothing waited.
    private func renewed(_ device: World.Device, _ identity: DeviceIdentity) throws -> DeviceIdentity {
        let key = SigningKey()
        var request = PBReplicaRequest()
        request.device = data(identity.device.bytes)
        request.oldReplica = identity.replica.rawValue
        request.newPublicKey = data(key.publicKey)
        request.algorithm = UInt32(SignatureAlgorithm.p256.rawValue)
        let message = ReplicaProof.message(device: identity.device, oldReplica: identity.replica, newKey: key.publicKey)
        let old = try #require(SigningKey(rawRepresentation: identity.privateKey))
        request.signature = data(try old.signature(over: message))
        let enrolment = try world.server.newReplica(request, at: world.moment)
        var next = identity
        next.replica = ReplicaID(rawValue: enrolment.replica)
        next.privateKey = key.rawRepresentation
        next.enrolment = try Wire.encode(enrolment)
        let last = try device.engine.read { try $0.ownSets() }.last?.set.writeID.sequence ?? 0
        try device.engine.renumber(as: next, SyncConversation.Fork(replica: identity.replica, lastCommon: last))
        return next
    }
}
