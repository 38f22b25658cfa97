import Testing
import TruckrollCore
import TruckrollDomain
import TruckrollProtocol
import TruckrollSync

/// What an enrolled device can try, with its own key and a client of its own making.
@Suite("A hostile device")
struct HostileTests {
    func lastReceipt(_ company: Company) throws -> Receipt {
        let state = try company.ben.engine.read { try $0.state() }
        return try #require(
            try company.ben.engine.read { try $0.own(WriteID(replica: company.ben.replica, sequence: state.lastSequence)) }?.receipt)
    }

    @Test("a guard on a record outside the view tells nothing of what stands there")
    func guardOracle() throws {
        let company = try Company()
        let world = company.world
        let user = try world.schema.entity("user")
        try world.commit(world.importer) { try $0.patch("user", company.annaUser, ["cost_rate": .integer(4200)]) }
        try world.sync(world.importer)
        let key = RecordKey(type: user.type, id: company.annaUser, facet: .office)
        try company.forge([], guards: [Guard(key: key, field: try #require(user["cost_rate"]).id, seen: [])])
        try world.sync(company.ben)
        let remark = try #require(try lastReceipt(company).remarks.first)
        #expect(remark.code == "guard-failed")
        #expect(remark.serverValue == nil)
    }

    @Test("facts do not ride into a foreign order on a decision about another")
    func freeRide() throws {
        let company = try Company()
        let world = company.world
        let task = try company.create("task", ["order": .reference(company.order), "title": .text("Mine"), "mandatory": .text("yes")])
        let note = try company.create(
            "note",
            ["order": .reference(company.order), "text": .text("spy"), "at": .text("2026-11-23T09:00:00Z"), "by": .reference(company.benUser)])
        let reading = try company.create(
            "scan",
            ["order": .reference(company.order), "text": .text("x"), "at": .text("2026-11-23T09:00:00Z"), "by": .reference(company.benUser)])
        try company.forge([task, note, reading])
        try world.sync(company.ben)
        #expect(try world.serverRecords("task").count == 1)
        #expect(try world.serverRecords("note").isEmpty)
        #expect(try world.serverRecords("scan").isEmpty)
        #expect(try lastReceipt(company).outcome == .setAside)
    }

    @Test("nobody writes in another's name")
    func anotherName() throws {
        let company = try Company()
        let world = company.world
        try company.assign(company.benUser)
        try world.sync(company.ben)
        let decline = try company.create(
            "order_event",
            ["order": .reference(company.order), "event": .text("decline"), "at": .text("2026-11-23T09:00:00Z"), "by": .reference(company.annaUser)])
        try company.forge([decline])
        try world.sync(company.ben)
        #expect(try lastReceipt(company).outcome == .quarantined)
        #expect(try lastReceipt(company).remarks.first?.code == "author-foreign")
        #expect(try world.serverRecords("appointment").filter { $0.text("state") == "active" }.count == 2)
    }

    @Test("a technician cannot lift a quarantine, but may set an asset right that was merely due")
    func release() throws {
        let company = try Company()
        let world = company.world
        try world.commit(company.anna) { try $0.change("asset", company.asset, "fitness", element: .text("due"), op: .raise) }
        try world.commit(company.anna) { try $0.change("asset", company.asset, "fitness", element: .text("in_service"), op: .release) }
        try world.sync(company.anna)
        #expect(try world.serverValue("asset", company.asset, "fitness") == .text("in_service"))
        try world.commit(company.anna) { try $0.change("asset", company.asset, "fitness", element: .text("quarantined"), op: .raise) }
        try world.commit(company.anna) { try $0.change("asset", company.asset, "fitness", element: .text("in_service"), op: .release) }
        #expect(try world.sync(company.anna).needAttention == 1)
        #expect(try world.serverValue("asset", company.asset, "fitness") == .text("quarantined"))
    }

    /// A place of a set where a number stands that no store holds.
    enum Place: String, CaseIterable {
        case origin, viewVersion, position, epoch, base, deletion, condition
    }

    @Test(
        "numbers beyond what a store holds are the set's own fault, whether it waits or not, and stop nothing behind it",
        arguments: Place.allCases, [Schema.current, 99])
    func numbers(place: Place, schemaVersion: UInt32) throws {
        let company = try Company()
        let world = company.world
        try company.assign(company.benUser)
        try world.sync(company.ben)
        let held = try #require(try company.ben.engine.read { try $0.state() }.checkpoint)
        for number in [UInt64(1) << 63, .max] {
            let far = Version(stamp: Stamp(milliseconds: 1, counter: 0, replica: company.ben.replica), sequence: number)
            let key = RecordKey(type: try world.schema.entity("service_order").type, id: company.order)
            let title = try #require(try world.schema.entity("service_order")["title"])
            var (ops, guards): ([Op], [Guard]) = ([], [])
            var base = held
            var origin: Origin?
            switch place {
            case .origin: origin = Origin(writeID: far.writeID, hash: SetHash(body: [1]))
            case .viewVersion:
                base = Checkpoint(epoch: held.epoch, position: held.position, historyPrefix: held.historyPrefix, viewVersion: number)
            case .position:
                base = Checkpoint(
                    epoch: held.epoch, position: Position(rawValue: number), historyPrefix: held.historyPrefix, viewVersion: held.viewVersion)
            case .epoch:
                base = Checkpoint(
                    epoch: Epoch(rawValue: number), position: held.position, historyPrefix: held.historyPrefix, viewVersion: held.viewVersion)
            case .base: ops = [Op(kind: .patch, key: key, writes: [FieldWrite(field: title.id, op: .set, value: .text("x"), bases: [far])])]
            case .deletion: ops = [Op(kind: .delete, key: key, seen: [far])]
            case .condition: guards = [Guard(key: key, field: title.id, seen: [far])]
            }
            try company.forge(ops, guards: guards, base: base, schemaVersion: schemaVersion, origin: origin)
            // Brought by somebody else as well, it is answered.
            var carry = PBCarryRequest()
            carry.sets = try company.ben.engine.read { try $0.outbox() }.map { PBSignedSet($0.set) }
            let carried = try world.server.carry(carry, revoked: [], at: world.moment)
            #expect(!carried.hasPushProblem && !carried.receipts.isEmpty)
            _ = try world.server.sync(try company.ben.engine.nextRequest(), replica: company.ben.replica, at: world.moment)
        }
        let sequence = try company.ben.engine.read { try $0.state() }.lastSequence
        try company.event(company.ben, .accept)
        try world.sync(company.ben)
        #expect(try world.server.replica(company.ben.replica)?.lastSequence == sequence + 1)
    }

    /// Texts at the edge of what stores hold.
    enum OddText: String, CaseIterable {
        case emoji = "🜁", joined = "👩🏽‍🔧", decomposed = "e\u{301}", last = "\u{10FFFF}", noncharacter = "\u{FFFF}"
        case rightToLeft = "\u{202E}א", control = "\u{1}\u{7F}\u{85}", quotes = "'\"\\;--", blank = " \u{A0}\t\n", longest = "💧"

        /// With as many scalars as there may be, where that is what is odd about it.
        func text(ofAtMost count: Int) -> String { self == .longest ? String(repeating: rawValue, count: count) : rawValue }
    }

    private func longest(_ entity: String, _ field: String, _ company: Company) throws -> Int {
        guard case .text(let maximum) = try #require(try company.world.schema.entity(entity)[field]).type else {
            throw Surprise("\(field) is no text")
        }
        return maximum
    }

    @Test("texts of every kind are kept byte for byte, in columns too", arguments: OddText.allCases)
    func oddTexts(odd: OddText) throws {
        let company = try Company()
        let world = company.world
        try company.assign(company.benUser)
        try world.sync(company.ben)
        let tag = odd.text(ofAtMost: try longest("asset", "tag", company))
        let note = odd.text(ofAtMost: try longest("note", "text", company))
        try world.commit(company.ben, odd.text(ofAtMost: 25)) { editor in
            try editor.patch("asset", company.asset, ["tag": .text(tag)])
            try editor.create(
                "note", ["order": .reference(company.order), "text": .text(note), "at": .text(editor.now.description), "by": .reference(editor.user)])
        }
        try world.sync(company.ben)
        #expect(try lastReceipt(company).outcome == .applied)
        try world.sync(company.anna)
        for value in [
            try world.serverValue("asset", company.asset, "tag"), try world.value(company.anna, "asset", company.asset, "tag"),
        ] { #expect(value.text.map { Array($0.utf8) } == Array(tag.utf8)) }
        #expect(try world.serverRecords("note").map { Array(($0.text("text") ?? "").utf8) } == [Array(note.utf8)])
        for device in [company.anna, company.ben] { #expect(try world.audit(device).isEmpty) }
    }

    /// Where a text stands that no store holds, or that is longer than its field.
    enum TextPlace: String, CaseIterable { case plain, column, intent }
    /// What is wrong with it.
    enum BadText: String, CaseIterable { case nul, halfSurrogate, brokenOff, tooLong }

    @Test(
        "a text that is none, or too long, costs its own set alone and at the first try; what is behind it and what others send goes on",
        arguments: TextPlace.allCases, BadText.allCases)
    func badTexts(place: TextPlace, bad: BadText) throws {
        let company = try Company()
        let world = company.world
        try company.assign(company.benUser)
        try world.sync(company.ben)
        // Three bytes that stand for others of the same number.
        let mark = Array("~~~".utf8)
        let text =
            switch (bad, place) {
            case (.nul, .intent): "a\0b"
            case (.tooLong, .intent): String(repeating: "x", count: 101)
            case (.tooLong, .column): String(repeating: "💧", count: try longest("asset", "tag", company) + 1)
            case (.tooLong, .plain): String(repeating: "💧", count: try longest("note", "text", company) + 1)
            default: "a~~~b"
            }
        let bytes: [UInt8] =
            switch bad {
            case .nul: [0x61, 0x00, 0x62]
            case .halfSurrogate: [0xED, 0xA0, 0x80]
            case .brokenOff: [0xF0, 0x9F, 0x92]
            case .tooLong: mark
            }
        let order = Value.reference(company.order)
        let fields: [String: Value] = ["order": order, "at": .text("2026-11-23T09:00:00Z"), "by": .reference(company.benUser)]
        let sound = try company.create("note", fields.merging(["text": .text("sound")]) { $1 })
        let words = try #require(try world.schema.entity("note")["text"]).id
        let note = Op(
            kind: sound.kind, key: sound.key,
            writes: sound.writes.map { place == .plain && $0.field == words ? FieldWrite(field: words, value: .text(text)) : $0 })
        let asset = try world.schema.entity("asset")
        let tag = FieldWrite(field: try #require(asset["tag"]).id, value: .text(place == .column ? text : "sound"))
        let patch = Op(kind: .patch, key: RecordKey(type: asset.type, id: company.asset), writes: [tag])
        try company.forge([note, patch], intent: place == .intent ? text : "forged") { body in
            guard let range = body.firstRange(of: mark) else { return body }
            var body = body
            body.replaceSubrange(range, with: bytes)
            return body
        }
        let sequence = try company.ben.engine.read { try $0.state() }.lastSequence
        try company.event(company.ben, .accept)
        try company.event(company.anna, .accept)
        // One visit answers both.
        _ = try world.exchange(company.ben)
        let receipts = try company.ben.engine.read { reader in
            try [sequence, sequence + 1].map { try reader.own(WriteID(replica: company.ben.replica, sequence: $0))?.receipt }
        }
        #expect(receipts.map(\.?.outcome) == [.quarantined, .applied], "\(receipts.map { $0?.remarks ?? [] })")
        #expect(receipts[0]?.remarks.first.map { !$0.code.isEmpty && $0.code != "unstorable" } == true)
        #expect(try world.serverRecords("note").isEmpty)
        #expect(try world.serverValue("asset", company.asset, "tag") == .null)
        #expect(try world.sync(company.anna).needAttention == 0)
        #expect(try company.state() == "accepted")
    }

    @Test("a set numbered beyond what a store holds is a gap like any other", arguments: [UInt64(1) << 63, .max])
    func ownNumber(sequence: UInt64) throws {
        let company = try Company()
        try company.event(company.anna, .accept)
        var request = try company.anna.engine.nextRequest()
        request.push[0].sequence = sequence
        let reply = try company.world.server.sync(request, replica: company.anna.replica, at: company.world.moment)
        #expect(reply.pushProblem.code == "sequence-gap")
    }

    @Test("carrying garbage under another replica's number burns nothing")
    func carriedGarbage() throws {
        let company = try Company()
        let world = company.world
        try company.event(company.anna, .accept)
        var garbage = PBSignedSet()
        garbage.replica = company.anna.replica.rawValue
        garbage.sequence = 1
        garbage.body = data([1, 2, 3])
        garbage.algorithm = 1
        garbage.signature = data([UInt8](repeating: 1, count: 64))
        var request = PBCarryRequest()
        request.sets = [garbage]
        let reply = try world.server.carry(request, revoked: [], at: world.moment)
        #expect(reply.receipts.isEmpty)
        #expect(reply.pushProblem.code == "signature-invalid")
        #expect(try world.sync(company.anna).answered == 1)
        #expect(try company.state() == "accepted")
    }

    @Test("a proven set that is wrong in itself is kept when somebody else brings it; under a number its device did not give it, it is not")
    func carriedForgery() throws {
        let company = try Company()
        let world = company.world
        try company.forge(
            [],
            base: Checkpoint(
                epoch: Epoch(rawValue: 11), position: Position(rawValue: UInt64.max), historyPrefix: [UInt8](repeating: 0, count: 8), viewVersion: 0))
        var request = PBCarryRequest()
        request.sets = try company.ben.engine.read { try $0.outbox() }.map { PBSignedSet($0.set) }
        var renamed = request
        renamed.sets[0].sequence += 1
        #expect(try world.server.carry(renamed, revoked: [], at: world.moment).pushProblem.code == "signature-invalid")
        #expect(try world.server.carry(request, revoked: [], at: world.moment).receipts.map(\.outcome) == [UInt32(Outcome.quarantined.rawValue)])
        #expect(try world.sync(company.ben).answered == 1)
    }

    @Test("bases and checkpoints of the future are malformed, and do not stop the queue")
    func future() throws {
        let company = try Company()
        let world = company.world
        try company.assign(company.benUser)
        try world.sync(company.ben)
        let order = try world.schema.entity("service_order")
        let title = try #require(order["title"])
        let future = Version(
            stamp: Stamp(milliseconds: UInt64(world.milliseconds), counter: 0, replica: company.anna.replica), sequence: 1_000_000)
        let patch = Op(
            kind: .patch, key: RecordKey(type: order.type, id: company.order),
            writes: [FieldWrite(field: title.id, value: .text("x"), bases: [future])])
        try company.forge([patch])
        try company.forge(
            [],
            base: Checkpoint(
                epoch: Epoch(rawValue: 11), position: Position(rawValue: UInt64.max), historyPrefix: [UInt8](repeating: 0, count: 8), viewVersion: 0))
        try world.commit(company.ben) { try $0.patch("service_order", company.order, ["title": .text("honest")]) }
        let summary = try world.sync(company.ben)
        #expect(summary.answered == 3)
        #expect(summary.needAttention == 2)
        #expect(try world.serverValue("service_order", company.order, "title") == .text("honest"))
    }

    @Test("what a revoked device had recorded comes in by another road and waits for a person")
    func revoked() throws {
        let company = try Company()
        let world = company.world
        try company.event(company.anna, .accept)
        let identity = try #require(try company.anna.engine.read { try $0.identity() })
        try world.server.revoke(identity.device, at: world.moment)
        var request = PBCarryRequest()
        request.sets = try company.anna.engine.read { try $0.outbox() }.map { PBSignedSet($0.set) }
        let reply = try world.server.carry(request, revoked: [], at: world.moment)
        #expect(reply.receipts.map(\.outcome) == [UInt32(Outcome.quarantined.rawValue)])
        #expect(try company.state() == "dispatched")
    }

    @Test("two movements of one set do not take the same stock twice")
    func stockTwice() throws {
        let company = try Company()
        let world = company.world
        try world.commit(world.importer) { editor in
            for _ in 0..<2 {
                try editor.create(
                    "stock_entry",
                    [
                        "part": .reference(company.part), "from": .reference(company.depot), "to": .reference(company.vanA), "quantity": .text("1"),
                        "reason": .text("transfer"), "at": .text(editor.now.description),
                    ])
            }
        }
        #expect(try world.sync(world.importer).needAttention == 1)
        let balance = try world.serverRecords("balance").first { $0.reference("location") == company.depot }
        #expect(balance?.text("on_hand") == "1")
    }

    @Test("a late start does not reopen what another has completed")
    func lateStart() throws {
        let company = try Company()
        let world = company.world
        try company.event(company.anna, .accept, .travel, .arrive, .start)
        try company.reassign(from: company.annaUser, to: company.benUser)
        try world.sync(company.ben)
        try company.event(company.ben, .accept, .travel, .arrive, .start)
        try company.finishTask(company.ben)
        try company.event(company.ben, .complete)
        try world.sync(company.ben)
        #expect(try company.state() == "work_complete")
        try company.event(company.anna, .complete)
        try world.sync(company.anna)
        #expect(try company.state() == "work_complete")
        #expect(try world.serverRecords("order_event").filter { $0.reference("by") == company.annaUser }.count == 5)
    }

    @Test("a photo of an order that moved away can still be brought by who took it")
    func movedPhoto() throws {
        let company = try Company()
        let world = company.world
        let hash = ContentDigest.sha256([7])
        try world.commit(company.anna) { editor in
            try editor.create(
                "attachment",
                [
                    "sha256": .bytes(hash), "media_type": .text("image/jpeg"), "size": .integer(1), "order": .reference(company.order),
                    "taken_at": .text(editor.now.description), "by": .reference(editor.user),
                ])
        }
        try company.reassign(from: company.annaUser, to: company.benUser)
        try world.sync(company.anna)
        #expect(try !world.server.isAttachmentVisible(hash, to: company.anna.replica))
        #expect(try world.server.isAttachmentWanted(hash, from: company.anna.replica))
        #expect(try !world.server.isAttachmentWanted(ContentDigest.sha256([8]), from: company.anna.replica))
    }

    @Test("server sets of a new epoch carry the new epoch's replica in their stamps")
    func epochStamps() throws {
        let company = try Company()
        let world = company.world
        try world.server.checkInstance([9], newEpoch: Epoch(rawValue: 99), at: world.moment)
        try company.event(company.anna, .accept)
        try world.commit(company.dora) { try $0.event(.cancel, order: company.order) }
        try world.sync(company.dora)
        try world.sync(company.anna)
        try world.server.store.read { transaction in
            let tenant = try #require(try transaction.tenant())
            #expect(tenant.serverSequence > 0)
            let first = try #require(try transaction.admitted(WriteID(replica: tenant.serverReplica, sequence: 1)))
            #expect(first.stamp.replica == tenant.serverReplica)
            #expect(throws: Never.self) { try ChangeSet(decodingBody: first.set.body) }
        }
    }
}
