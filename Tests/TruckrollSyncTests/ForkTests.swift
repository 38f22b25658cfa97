import Foundation
import Testing
import TruckrollCore
import TruckrollDomain
import TruckrollProtocol
import TruckrollStoreMemory
import TruckrollStoreSQLite
import TruckrollSync

@Suite("Copies of a device, and sets that come by another road")
struct ForkTests {
    @Test("a copied device is found out at its first diverging push; both copies' work goes on, under two numbers")
    func clone() throws {
        let company = try Company()
        let world = company.world
        // A copy of the store as a thief or a backup makes it.
        let directory = FileManager.default.temporaryDirectory.appendingPathComponent("truckroll-clone-\(UInt64.random(in: 0 ... .max))")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: directory) }
        let copyStore = try SQLiteDeviceStore(path: directory.appendingPathComponent("copy.sqlite").path, schema: world.schema)
        let identity = try #require(try company.anna.engine.read { try $0.identity() })
        let state = try company.anna.engine.read { try $0.state() }
        try copyStore.write {
            try $0.save(identity)
            try $0.save(state)
        }
        let copy = World.Device(
            name: "copy", engine: DeviceEngine(schema: world.schema, store: copyStore), world: .init(), replica: company.anna.replica,
            user: company.annaUser)
        func note(_ device: World.Device, _ text: String) throws {
            try world.commit(device) { editor in
                try editor.create(
                    "note",
                    ["order": .reference(company.order), "text": .text(text), "at": .text(editor.now.description), "by": .reference(editor.user)])
            }
        }
        try note(company.anna, "first copy")
        try note(copy, "second copy")
        try note(copy, "second copy, again")
        try world.sync(company.anna)
        let (former, lastCommon) = (copy.replica, state.lastSequence)
        try world.sync(copy)
        #expect(try copy.engine.read { try $0.identity() }?.replica != former)
        #expect(Set(try world.serverRecords("note").compactMap { $0.text("text") }) == ["first copy", "second copy", "second copy, again"])
        // The same work offered once more under its origin is taken once.
        let moved = try #require(try copyStore.read { try $0.own(WriteID(replica: former, sequence: lastCommon + 1)) })
        #expect(moved.standing == .renumbered)
        #expect(try world.server.store.read { try $0.admitted(origin: Origin(writeID: moved.set.writeID, hash: moved.hash)) } != nil)
    }

    @Test("an answer with a new number that is lost costs no further number")
    func renewalLost() throws {
        let company = try Company()
        let world = company.world
        let store = MemoryDeviceStore(schema: world.schema)
        let (identity, state) = try company.anna.engine.read { (try $0.identity(), try $0.state()) }
        try store.write {
            try $0.save(try #require(identity))
            try $0.save(state)
        }
        let copy = World.Device(
            name: "copy", engine: DeviceEngine(schema: world.schema, store: store), world: .init(), replica: company.anna.replica,
            user: company.annaUser)
        for device in [company.anna, copy] {
            try world.commit(device) { try $0.patch("task", company.mandatoryTask, ["title": .text(device.name)]) }
        }
        try world.sync(company.anna)
        for _ in 0..<3 {
            var conversation = SyncConversation(copy.engine)
            while let request = try conversation.next() {
                if case .newReplica(let request) = request {
                    _ = try world.server.newReplica(request, at: world.moment)
                    break
                }
                guard case .sync(let request) = request else { break }
                let reply = try world.server.sync(request, replica: copy.replica, at: world.moment)
                try conversation.receive(.sync(reply), sentAt: world.milliseconds, receivedAt: world.milliseconds)
            }
        }
        let device = try #require(identity).device
        #expect(try world.server.store.read { try $0.replicas(of: device) }.count == 2)
        try world.sync(copy)
        #expect(try world.server.store.read { try $0.replicas(of: device) }.count == 2)
        #expect(try copy.engine.read { try $0.outbox() }.isEmpty)
        #expect(try store.read { try $0.state() }.renewalPrivateKey.isEmpty)
    }

    @Test("work that two copies of a device both carry is taken once, under one of their numbers, and nobody is asked about the other")
    func copiesOfCopies() throws {
        let company = try Company()
        let world = company.world
        func note(_ device: World.Device, _ text: String) throws {
            try world.commit(device) { editor in
                try editor.create(
                    "note",
                    ["order": .reference(company.order), "text": .text(text), "at": .text(editor.now.description), "by": .reference(editor.user)])
            }
        }
        let store = MemoryDeviceStore(schema: world.schema)
        let (identity, state) = try company.anna.engine.read { (try $0.identity(), try $0.state()) }
        try store.write {
            try $0.save(try #require(identity))
            try $0.save(state)
        }
        func device(_ name: String, _ store: MemoryDeviceStore) -> World.Device {
            World.Device(
                name: name, engine: DeviceEngine(schema: world.schema, store: store), world: .init(), replica: company.anna.replica,
                user: company.annaUser)
        }
        let first = device("first", store)
        try note(first, "carried by both")
        let second = device("second", store.copy())
        try note(company.anna, "the original")
        try world.sync(company.anna)
        try world.sync(first)
        try note(second, "of the second alone")
        let report = try world.sync(second)
        #expect(report.needAttention == 0)
        #expect(try second.engine.read { try $0.unresolved() }.isEmpty)
        #expect(
            try world.serverRecords("note").compactMap { $0.text("text") }.sorted() == ["carried by both", "of the second alone", "the original"])
        let carried = try second.engine.read { try $0.journal(limit: 10) }.first { $0.receipt?.isOfKnownWork ?? false }
        #expect(try LocalReader.whereabouts(#require(carried)) == .stored)
    }

    @Test("sets carried by somebody else are admitted under their own replica, and their author learns it later")
    func carried() throws {
        let company = try Company()
        let world = company.world
        try company.event(company.anna, .accept, .travel)
        var request = PBCarryRequest()
        request.sets = try company.anna.engine.read { try $0.outbox() }.map { PBSignedSet($0.set) }
        let reply = try world.server.carry(request, revoked: [], at: world.moment)
        #expect(reply.receipts.count == 2)
        #expect(try company.state() == "en_route")
        #expect(try world.sync(company.anna).answered == 2)
        #expect(try company.anna.engine.read { try $0.outbox() }.isEmpty)
    }

    @Test("a gap stores nothing and says what is expected; a foreign signature is quarantined")
    func gapAndForgery() throws {
        let company = try Company()
        let world = company.world
        try company.event(company.anna, .accept, .travel)
        var request = try company.anna.engine.nextRequest()
        request.push.removeFirst()
        let gap = try world.server.sync(request, replica: company.anna.replica, at: world.moment)
        #expect(gap.receipts.isEmpty)
        #expect(gap.pushProblem.code == "sequence-gap")
        #expect(gap.pushProblem.expected == 1)
        var forged = try company.anna.engine.nextRequest()
        forged.push[0].signature = data([UInt8](repeating: 1, count: 64))
        forged.push.removeLast()
        let answer = try world.server.sync(forged, replica: company.anna.replica, at: world.moment)
        #expect(answer.receipts.map(\.outcome) == [UInt32(Outcome.quarantined.rawValue)])
        #expect(try company.state() == "dispatched")
    }
}
