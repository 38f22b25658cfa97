import Foundation
import Testing
import TruckrollCore
import TruckrollDomain
import TruckrollProtocol
import TruckrollSync

@Suite("What becomes of a set")
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

    @Test("what a set makes it may go on to write and delete, facts and decisions alike")
    func madeAndChanged() throws {
        let company = try Company()
        let (world, anna) = (company.world, company.anna)
        let (task, gone, photo) = (world.id(), world.id(), world.id())
        try world.commit(anna) { editor in
            for id in [task, gone] {
                let fields: [String: Value] = [
                    "order": .reference(company.order), "title": .text("New"), "mandatory": .text("no"), "state": .text("open"),
                ]
                try editor.create("task", id: id, fields)
            }
            try editor.patch("task", task, ["state": .text("done")])
            try editor.delete("task", gone)
            try editor.create(
                "attachment", id: photo,
                [
                    "order": .reference(company.order), "sha256": .bytes([UInt8](repeating: 7, count: 32)), "media_type": .text("image/png"),
                    "size": .integer(1), "taken_at": .text(editor.now.description), "by": .reference(editor.user),
                ])
            try editor.patch("attachment", photo, ["caption": .text("The plate")])
        }
        try world.sync(anna)
        #expect(try anna.engine.read { try $0.journal(limit: 1) }.first?.receipt?.outcome == .applied)
        #expect(try world.serverValue("task", task, "state") == .text("done"))
        #expect(try world.serverRecords("task").contains { $0.id == gone && !$0.isDeleted } == false)
        #expect(try world.serverValue("attachment", photo, "caption") == .text("The plate"))
        #expect(try world.audit(anna).isEmpty)
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
}
