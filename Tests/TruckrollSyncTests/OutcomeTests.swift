import Foundation
import Testing
import TruckrollCore
import TruckrollDomain
import TruckrollProtocol
import TruckrollStoreMemory
import TruckrollStoreSQLite
import TruckrollSync

@Suite("Outcomes, scopes, leases")
struct OutcomeTests {
    @Test("a set whose decision fails keeps its facts, and the answer says what to do")
    func setAside() throws {
        let company = try Company()
        let world = company.world
        try company.assign(company.benUser)
        try world.sync(company.anna)
        try world.sync(company.ben)
        try world.commit(company.ben) { try $0.patch("service_order", company.order, ["po_reference": .text("PO-BEN")]) }
        try world.commit(company.anna) { editor in
            try editor.guardUnchanged("service_order", company.order, "po_reference")
            try editor.patch("service_order", company.order, ["po_reference": .text("PO-ANNA")])
            try editor.create(
                "note",
                ["order": .reference(company.order), "text": .text("kept"), "at": .text(editor.now.description), "by": .reference(editor.user)])
        }
        try world.sync(company.ben)
        let summary = try world.sync(company.anna)
        #expect(summary.needAttention == 1)
        #expect(try world.serverValue("service_order", company.order, "po_reference") == .text("PO-BEN"))
        #expect(try world.serverRecords("note").map { $0.text("text") } == ["kept"])
        let remark = try #require(try company.anna.engine.read { try $0.unresolved() }.first?.receipt?.remarks.first)
        #expect(remark.code == "guard-failed")
        #expect(remark.serverValue == .text("PO-BEN"))
        #expect(!remark.remedies.isEmpty)
        #expect(try world.value(company.anna, "service_order", company.order, "po_reference") == .text("PO-BEN"))
    }

    @Test("a technician who writes what only the office may, keeps the facts and loses the decision")
    func rights() throws {
        let company = try Company()
        let world = company.world
        try world.commit(company.anna) { try $0.patch("site", company.site, ["name": .text("Mine now")]) }
        try world.sync(company.anna)
        #expect(try world.serverValue("site", company.site, "name") == .text("Works 1"))
        #expect(try company.anna.engine.read { try $0.unresolved() }.first?.receipt?.remarks.first?.code == "not-allowed")
    }

    @Test("rights are those of the moment of admission: a dispatcher made technician decides no more")
    func rightsAtAdmission() throws {
        let company = try Company()
        let world = company.world
        try world.commit(company.dora) { try $0.patch("site", company.site, ["name": .text("By a dispatcher")]) }
        try world.commit(world.importer) { try $0.patch("user", company.dora.user, ["role": .text("technician")]) }
        try world.sync(world.importer)
        try world.sync(company.dora)
        #expect(try world.serverValue("site", company.site, "name") == .text("Works 1"))
        #expect(try world.value(company.dora, "service_order", company.order, "title") == .null, "the office's records leave the view with the role")
    }

    @Test("a fact about what was never in the view is kept for review; the answer does not tell whether the record exists")
    func outsideView() throws {
        let company = try Company()
        let world = company.world
        var codes: [String] = []
        for order in [company.order, world.id()] {
            try world.commit(company.ben) { editor in
                try editor.create(
                    "note", ["order": .reference(order), "text": .text("spy"), "at": .text(editor.now.description), "by": .reference(editor.user)])
            }
            try world.sync(company.ben)
            codes.append(try company.ben.engine.read { try $0.unresolved() }.last?.receipt.map { "\($0.outcome) \($0.remarks.map(\.text))" } ?? "")
        }
        #expect(codes[0] == codes[1])
        #expect(codes[0].contains("setAside"))
        #expect(try world.serverRecords("note").isEmpty)
        #expect(try world.serverRecords("exception").filter { $0.text("kind") == "outside_view" }.count == 2)
    }

    @Test("an order that is cancelled offline-work unaware: travelling does not save it, a start does", arguments: [false, true])
    func cancelled(started: Bool) throws {
        let company = try Company()
        let world = company.world
        try company.event(company.anna, .accept, .travel, .arrive)
        if started { try company.event(company.anna, .start) }
        try world.commit(company.dora, "cancel") { try $0.event(.cancel, order: company.order, reason: "customer called") }
        try world.sync(company.dora)
        #expect(try company.state() == "cancelled")
        try world.sync(company.anna)
        #expect(try company.state() == (started ? "in_progress" : "cancelled"))
        #expect(try world.serverRecords("exception").contains { $0.text("kind") == "cancel_requested" } == started)
        #expect(try world.serverRecords("order_event").filter { $0.reference("by") == company.annaUser }.count == (started ? 4 : 3))
    }

    @Test("an appointment beyond the window enters the view by the clock, and leaves it when its day is long past")
    func window() throws {
        let company = try Company()
        let world = company.world
        let start = world.milliseconds
        let order = world.id()
        try world.commit(company.dora) { editor in
            let customer = try editor.view("service_order", company.order)?["customer"] ?? .null
            try editor.create(
                "service_order", id: order,
                [
                    "number": .text("SO-FAR"), "channel": .text("office"), "customer": customer, "site": .reference(company.site),
                    "kind": .text("inspection"),
                    "title": .text("In a month"), "requested_at": .text(editor.now.description),
                ])
        }
        try world.sync(company.dora)
        let day: Int64 = 86_400_000
        let appointment = world.id()
        try world.commit(company.dora) { editor in
            try editor.event(.create, order: order)
            try editor.event(.submit, order: order)
            try editor.create(
                "assignment_request", id: appointment,
                [
                    "order": .reference(order), "action": .text("assign"), "technician": .reference(company.benUser),
                    "starts_at": .text(DeviceTime(milliseconds: start + 30 * day, offsetMinutes: 60).description),
                    "ends_at": .text(DeviceTime(milliseconds: start + 30 * day + 3_600_000, offsetMinutes: 60).description),
                ])
        }
        try world.sync(company.dora)
        #expect(try world.serverValue("assignment_request", appointment, "state") == .text("granted"))
        try world.sync(company.ben)
        #expect(try world.value(company.ben, "service_order", order, "title") == .null)
        world.milliseconds = start + 17 * day
        try world.sync(company.ben)
        #expect(try world.value(company.ben, "service_order", order, "title") == .text("In a month"))
        // It is in the field, so it stays whatever its date; once cancelled, its window decides.
        world.milliseconds = start + 60 * day
        try world.sync(company.ben)
        #expect(try world.value(company.ben, "service_order", order, "title") == .text("In a month"))
        try world.commit(company.dora) { try $0.event(.cancel, order: order) }
        try world.sync(company.dora)
        try world.sync(company.ben)
        #expect(try world.value(company.ben, "service_order", order, "title") == .null)
        #expect(try world.audit(company.ben).isEmpty)
    }

    @Test("a scope that left the view and came back arrives whole, without what left it meanwhile")
    func droppedAndBack() throws {
        let company = try Company()
        let world = company.world
        try world.commit(company.dora) { editor in
            try editor.create("task", ["order": .reference(company.order), "title": .text("Extra"), "state": .text("open")])
        }
        try world.sync(company.dora)
        try world.sync(company.anna)
        let extra = try #require(try company.anna.engine.read { try $0.views("task").first { $0.text("title") == "Extra" }?.id })
        try company.reassign(from: company.annaUser, to: company.benUser)
        try world.commit(company.dora) { try $0.delete("task", extra) }
        try world.sync(company.dora)
        try company.reassign(from: company.benUser, to: company.annaUser)
        try world.sync(company.anna)
        #expect(try world.value(company.anna, "service_order", company.order, "title") == .text("Calibrate"))
        #expect(try world.value(company.anna, "task", extra, "title") == .null)
        #expect(try world.audit(company.anna).isEmpty)
        // A note made while the order was still in view counts as seen, although the scope was away in between.
        try world.commit(company.anna) { editor in
            try editor.create(
                "note",
                ["order": .reference(company.order), "text": .text("kept"), "at": .text(editor.now.description), "by": .reference(editor.user)])
        }
        try company.reassign(from: company.annaUser, to: company.benUser)
        #expect(try world.sync(company.anna).needAttention == 0)
        #expect(try world.serverRecords("note").count == 1)
    }

    @Test("records of a dropped order stay pinned while an unanswered set names them, and go with the answer")
    func pinned() throws {
        let company = try Company()
        let world = company.world
        try company.event(company.anna, .accept)
        try company.reassign(from: company.annaUser, to: company.benUser)
        // The pull comes first, without the push: as when a push is lost and only the answer to a pull arrives.
        var request = try company.anna.engine.nextRequest()
        request.push = []
        let reply = try world.server.sync(request, replica: company.anna.replica, at: world.moment)
        _ = try company.anna.engine.apply(reply, sentAt: world.milliseconds, receivedAt: world.milliseconds)
        let key = RecordKey(
            type: try world.schema.entity("order_event").type,
            id: try #require(try company.anna.engine.read { try $0.views("order_event").first { $0.text("event") == "accept" }?.id }))
        #expect(try company.anna.engine.read { try $0.record(key) } != nil)
        try world.sync(company.anna)
        #expect(try company.anna.engine.read { try $0.record(key) } == nil)
        #expect(try world.audit(company.anna).isEmpty)
    }

    @Test("a depot lease can be spent offline; what is left returns when it runs out; a late spend is a fact with an exception")
    func lease() throws {
        let company = try Company()
        let world = company.world
        let lease = world.id()
        try world.commit(company.anna) { editor in
            try editor.create(
                "lease", id: lease,
                [
                    "kind": .text("depot_stock"), "user": .reference(editor.user), "location": .reference(company.depot),
                    "part": .reference(company.part), "amount": .text("1"),
                ])
        }
        try world.sync(company.anna)
        #expect(try world.value(company.anna, "lease", lease, "state") == .text("granted"))
        func balance(_ field: String) throws -> String? {
            try world.serverRecords("balance").first { $0.reference("location") == company.depot }?.text(field)
        }
        #expect(try balance("leased") == "1")
        // Nobody else gets the unit meanwhile.
        let other = RecordID.derived(
            type: try world.schema.entity("reservation").type, key: [company.order.bytes, company.part.bytes, company.depot.bytes])
        try world.commit(company.dora) { editor in
            try editor.create(
                "reservation", id: other,
                [
                    "order": .reference(company.order), "part": .reference(company.part), "location": .reference(company.depot),
                    "quantity": .text("1"),
                    "requested_by": .reference(editor.user),
                ])
        }
        try world.sync(company.dora)
        #expect(try world.serverValue("reservation", other, "state") == .text("backordered"))
        world.milliseconds += 73 * 3_600_000
        _ = try world.server.tick(at: world.moment)
        #expect(try world.serverValue("lease", lease, "state") == .text("expired"))
        #expect(try balance("leased") == "0")
        try world.commit(company.anna) { editor in
            try editor.create(
                "part_use",
                [
                    "order": .reference(company.order), "part": .reference(company.part), "quantity": .text("1"), "from": .reference(company.depot),
                    "action": .text("fitted"), "lease": .reference(lease), "at": .text(editor.now.description), "by": .reference(editor.user),
                ])
        }
        try world.sync(company.anna)
        #expect(try balance("on_hand") == "0")
        #expect(try world.serverRecords("exception").contains { $0.text("kind") == "lease_overrun" })
        #expect(try world.serverRecords("part_use").count == 1)
    }

    @Test("one use opens one case, also when it had no promise behind it and the book had too little")
    func oneCase() throws {
        let company = try Company()
        let world = company.world
        try world.commit(company.anna) { editor in
            try editor.create(
                "part_use",
                [
                    "order": .reference(company.order), "part": .reference(company.part), "quantity": .text("99"), "from": .reference(company.depot),
                    "action": .text("fitted"), "at": .text(editor.now.description), "by": .reference(editor.user),
                ])
        }
        try world.sync(company.anna)
        let cases = try world.serverRecords("exception").filter { $0.text("kind") == "stock_discrepancy" }
        #expect(cases.count == 1)
        let text = try #require(cases.first?.text("text"))
        #expect(text.contains("without a reservation or a lease") && text.contains("more were used than the book had"))
    }

    @Test("using more than the van's book has is a fact, balanced by a discrepancy, never a negative")
    func discrepancy() throws {
        let company = try Company()
        let world = company.world
        try world.commit(company.anna) { editor in
            try editor.create(
                "part_use",
                [
                    "order": .reference(company.order), "part": .reference(company.part), "quantity": .text("5"), "from": .reference(company.vanA),
                    "action": .text("fitted"), "at": .text(editor.now.description), "by": .reference(editor.user),
                ])
        }
        try world.sync(company.anna)
        let balance = try world.serverRecords("balance").first { $0.reference("location") == company.vanA }
        #expect(balance?.text("on_hand") == "0")
        #expect(try world.serverRecords("stock_entry").filter { $0.text("reason") == "discrepancy" }.map { $0.text("quantity") } == ["3"])
        #expect(try world.serverRecords("exception").contains { $0.text("kind") == "stock_discrepancy" })
        // On hand is what the entries sum to.
        var sum: Int64 = 0
        for entry in try world.serverRecords("stock_entry") {
            let quantity = entry.quantity("quantity")?.millionths ?? 0
            if entry.reference("to") == company.vanA { sum += quantity }
            if entry.reference("from") == company.vanA { sum -= quantity }
        }
        #expect(sum == 0)
    }

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
        let reply = try world.server.carry(request, at: world.moment)
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

    @Test("local damage is found by the device's own hashes and mended without touching its outbox")
    func damage() throws {
        let company = try Company()
        let world = company.world
        try company.event(company.anna, .accept)
        let key = RecordKey(type: try world.schema.entity("site").type, id: company.site)
        try company.anna.engine.store.write { transaction in
            var confirmed = try #require(try transaction.confirmed(key))
            let name = try #require(try world.schema.entity("site")["name"])
            var record = confirmed.record
            let entry = try #require(record[name.id])
            record.set(FieldEntry(field: entry.field, version: entry.version, value: Value.list([.text("bit rot")]).encoded))
            confirmed.record = record
            try transaction.save(confirmed)
        }
        #expect(try world.audit(company.anna).map(\.kind) == ["site"])
        #expect(try world.value(company.anna, "site", company.site, "name") == .text("Works 1"))
        #expect(try company.state() == "accepted")
        #expect(try world.audit(company.anna).isEmpty)
    }

    @Test("membership and digests kept step by step equal those made from scratch")
    func fromScratch() throws {
        let company = try Company()
        let world = company.world
        try company.event(company.anna, .accept, .travel, .arrive, .start)
        try company.reassign(from: company.annaUser, to: company.benUser)
        try world.sync(company.anna)
        try world.server.store.read { transaction in
            var digests: [Scope: ScopeDigest] = [:]
            for key in try transaction.keys(after: nil, limit: 100_000) {
                let stored = try #require(try transaction.record(key))
                let entity = try #require(world.schema[key.type])
                let view = RecordView(stored.record, entity)
                #expect(stored.scopes == (view.isDeleted ? [] : entity.scopes(of: view)))
                #expect(stored.hash == RecordHash(stored.record))
                for scope in stored.scopes { digests[scope, default: ScopeDigest()].add(stored.hash) }
            }
            for (scope, digest) in digests { #expect(try transaction.digest(of: scope) == digest, "\(scope)") }
            for device in [company.anna, company.ben, company.dora] {
                var weights: [Scope: Int] = [Scope("user", device.user): 1]
                var waiting = [Scope("user", device.user)]
                while let scope = waiting.popLast() {
                    for edge in try transaction.edges(from: scope) where edge.isActive {
                        weights[edge.edge.child, default: 0] += 1
                        if weights[edge.edge.child] == 1 { waiting.append(edge.edge.child) }
                    }
                }
                let held = Dictionary(uniqueKeysWithValues: try transaction.viewScopes(device.replica).map { ($0.scope, $0.weight) })
                #expect(held == weights, "\(device.name)")
            }
        }
    }
}
