import Foundation
import Testing
import TruckrollCore
import TruckrollDomain
import TruckrollProtocol
import TruckrollSync

@Suite("What lies in a device's view")
struct ViewTests {
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
