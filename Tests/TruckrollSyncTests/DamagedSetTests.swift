import Testing
import TruckrollCore
import TruckrollDomain
import TruckrollProtocol
import TruckrollSync

@Suite("Unsent work that the disk has changed")
struct DamagedSetTests {
    enum Damage: CaseIterable { case text, bytes, hash, signature }

    private func note(_ company: Company, _ text: String) throws {
        try company.world.commit(company.anna, text) { editor in
            try editor.create(
                "note",
                ["order": .reference(company.order), "text": .text(text), "at": .text(editor.now.description), "by": .reference(editor.user)])
        }
    }

    private func spoil(_ damage: Damage, _ own: OwnSet, _ device: World.Device) throws {
        var own = own
        var body = own.set.body
        switch damage {
        case .text:
            let second = Array("second".utf8)
            let place = try #require(body.indices.last { body[$0...].starts(with: second) })
            body.replaceSubrange(place..<place + second.count, with: Array("SECOND".utf8))
        case .bytes: body = [UInt8](repeating: 0xFF, count: 40)
        case .hash: own.hash = SetHash(body: [1])
        case .signature: break
        }
        var signature = own.set.signature
        if damage == .signature { signature[5] ^= 1 }
        own.set = SignedSet(writeID: own.set.writeID, body: body, algorithm: own.set.algorithm, signature: signature)
        let spoilt = own
        try device.engine.store.write { try $0.update(spoilt) }
    }

    @Test("holds up nothing: what was recorded before and after it is at the server, and the damaged is never in effect", arguments: Damage.allCases)
    func flows(damage: Damage) throws {
        let company = try Company()
        let world = company.world
        for text in ["first", "second", "third"] { try note(company, text) }
        let second = try #require(try company.anna.engine.read { try $0.outbox() }.first { $0.intent == "second" })
        try spoil(damage, second, company.anna)
        for _ in 0..<3 { try world.sync(company.anna) }
        try note(company, "fourth")
        try world.sync(company.anna)
        let notes = try world.serverRecords("note").compactMap { $0.text("text") }.sorted()
        #expect(notes == (damage == .hash ? ["first", "fourth", "second", "third"] : ["first", "fourth", "third"]))
        let open = try company.anna.engine.read { try $0.unresolved() }
        #expect(open.count == (damage == .hash ? 0 : 1))
        if damage == .text || damage == .bytes { #expect(open.first?.receipt?.remarks.first?.code == "set-damaged") }
        #expect(try company.anna.engine.read { try $0.outbox() }.isEmpty)
        #expect(try world.audit(company.anna).isEmpty)
    }

    @Test("that is gone altogether ends the number: what follows goes on under another one")
    func gone() throws {
        let company = try Company()
        var reply = PBSyncReply()
        reply.pushProblem.code = "sequence-gap"
        reply.pushProblem.expected = 7
        #expect(try company.anna.engine.apply(reply, sentAt: 0, receivedAt: 0) == .forked(lastCommon: 6))
    }

    @Test("is not signed anew when the device gets another number")
    func renumbered() throws {
        let company = try Company()
        try note(company, "second")
        let own = try #require(try company.anna.engine.read { try $0.outbox() }.first)
        try spoil(.text, own, company.anna)
        let before = try #require(try company.anna.engine.read { try $0.identity() })
        var identity = before
        identity.replica = ReplicaID(rawValue: 99)
        try company.anna.engine.renumber(as: identity, SyncConversation.Fork(replica: before.replica, lastCommon: own.set.writeID.sequence - 1))
        #expect(try company.anna.engine.read { try $0.outbox() }.allSatisfy { $0.set.writeID.replica == before.replica })
    }
}
