import Testing
import TruckrollCore
import TruckrollDomain
import TruckrollProtocol
import TruckrollSync

@Suite("A technician's day, offline and back")
struct DayTests {
    @Test("an assigned order reaches its technician with site, customer and asset, and nobody else")
    func scope() throws {
        let company = try Company()
        #expect(try company.state() == "dispatched")
        #expect(try company.world.value(company.anna, "service_order", company.order, "title") == .text("Calibrate"))
        #expect(try company.world.value(company.anna, "site", company.site, "name") == .text("Works 1"))
        #expect(try company.world.value(company.anna, "asset", company.asset, "serial") == .text("SN1"))
        try company.world.sync(company.ben)
        #expect(try company.world.value(company.ben, "service_order", company.order, "title") == .null)
        #expect(try company.world.value(company.ben, "asset", company.asset, "serial") == .null)
    }

    @Test("a day's work offline lands whole, and every replica holds what the server holds")
    func day() throws {
        let company = try Company()
        let world = company.world
        try company.event(company.anna, .accept, .travel, .arrive, .start)
        try company.finishTask(company.anna)
        try world.commit(company.anna, "labour") {
            try $0.create(
                "labour_entry",
                [
                    "order": .reference(company.order), "person": .reference($0.user), "kind": .text("work"), "seconds": .integer(3600),
                    "started_at": .text($0.now.description),
                ])
        }
        try world.commit(company.anna, "use-part") {
            try $0.create(
                "part_use",
                [
                    "order": .reference(company.order), "part": .reference(company.part), "quantity": .text("1"), "from": .reference(company.vanA),
                    "action": .text("fitted"), "at": .text($0.now.description), "by": .reference($0.user), "asset": .reference(company.asset),
                ])
        }
        try company.event(company.anna, .complete, .customer_sign)
        #expect(try world.value(company.anna, "service_order", company.order, "state") == .text("signed_off"))
        #expect(try company.state() == "dispatched")
        let summary = try world.sync(company.anna)
        #expect(summary.answered == 9)
        #expect(summary.needAttention == 0)
        // Nothing is missing: no documents are required, so the server closed it.
        #expect(try company.state() == "closed")
        #expect(try company.world.serverRecords("labour_entry").count == 1)
        let balance = try world.serverRecords("balance").first { $0.reference("location") == company.vanA }
        #expect(balance?.text("on_hand") == "1")
        for device in [company.anna, company.ben, company.dora] {
            try world.sync(device)
            #expect(try world.audit(device).isEmpty, "\(device.name) differs")
        }
    }

    @Test("pushing the same sets again gives the same receipts and changes nothing")
    func again() throws {
        let company = try Company()
        let world = company.world
        try company.event(company.anna, .accept)
        let request = try company.anna.engine.nextRequest()
        let first = try world.server.sync(request, replica: company.anna.replica, at: world.moment)
        let second = try world.server.sync(request, replica: company.anna.replica, at: world.moment)
        #expect(first.receipts.count == 1)
        #expect(second.receipts.map(\.position) == first.receipts.map(\.position))
        #expect(second.receipts.map(\.mac) == first.receipts.map(\.mac))
        #expect(second.receipts.map(\.duplicate) == [true])
        #expect(second.commit.checkpoint.position == first.commit.checkpoint.position)
    }

    @Test("two technicians edit one job without a question: the union of their work")
    func union() throws {
        let company = try Company()
        let world = company.world
        try company.assign(company.benUser)
        try world.sync(company.anna)
        try world.sync(company.ben)
        try world.commit(company.anna) { try $0.patch("service_order", company.order, ["title": .text("Anna's title")]) }
        try world.commit(company.ben) {
            try $0.patch("service_order", company.order, ["title": .text("Ben's title"), "po_reference": .text("PO-9")])
        }
        try world.commit(company.anna) { try $0.change("service_order", company.order, "tags", element: .text("urgent"), op: .add) }
        try world.commit(company.ben) { try $0.change("service_order", company.order, "tags", element: .text("ladder"), op: .add) }
        try world.commit(company.anna) { try $0.patch("task", company.mandatoryTask, ["answer": .text("4.4")]) }
        try world.commit(company.ben) { try $0.patch("task", company.mandatoryTask, ["answer": .text("5.0")]) }
        try world.sync(company.ben)
        try world.sync(company.anna)
        try world.sync(company.ben)
        for device in [company.anna, company.ben] {
            #expect(try world.value(device, "service_order", company.order, "title") == .text("Ben's title"))
            #expect(try world.value(device, "service_order", company.order, "po_reference") == .text("PO-9"))
            #expect(try world.value(device, "service_order", company.order, "tags") == .list([.text("ladder"), .text("urgent")]))
            let siblings = try device.engine.read {
                try $0.view("task", company.mandatoryTask).flatMap { view in view.entity["answer"].flatMap { view.state($0) } }
            }
            guard case .siblings(let set) = siblings else { throw Surprise("no siblings") }
            #expect(Set(set.siblings.map(\.value)) == [.text("4.4"), .text("5.0")])
        }
        let rulings = try world.serverRecords("ruling").filter { $0.reference("subject") == company.order && $0.text("rule") == "last_writer" }
        #expect(rulings.count == 1)
        #expect(rulings.first?["loser_value"] == .text("Anna's title"))
        #expect(rulings.first?.reference("loser_user") == company.annaUser)
        #expect(try world.audit(company.anna).isEmpty)
        #expect(try world.audit(company.ben).isEmpty)
    }

    @Test("reassigned before the start: the facts stand, the reassignment stands, the order leaves the first device")
    func reassignedBeforeStart() throws {
        let company = try Company()
        let world = company.world
        try company.event(company.anna, .accept, .travel, .arrive)
        try company.reassign(from: company.annaUser, to: company.benUser)
        let summary = try world.sync(company.anna)
        #expect(summary.needAttention == 0)
        #expect(try company.state() == "dispatched")
        #expect(try world.serverRecords("order_event").filter { $0.reference("by") == company.annaUser }.count == 3)
        #expect(try world.value(company.anna, "service_order", company.order, "title") == .null)
        try world.sync(company.ben)
        #expect(try world.value(company.ben, "service_order", company.order, "title") == .text("Calibrate"))
    }

    @Test("reassigned while working: both are assigned and the dispatcher is asked")
    func reassignedWhileWorking() throws {
        let company = try Company()
        let world = company.world
        try company.event(company.anna, .accept, .travel, .arrive, .start)
        try company.reassign(from: company.annaUser, to: company.benUser)
        try world.sync(company.anna)
        #expect(try company.state() == "in_progress")
        let active = try world.serverRecords("appointment").filter { $0.text("state") == "active" }
        #expect(Set(active.compactMap { $0.reference("technician") }) == [company.annaUser, company.benUser])
        #expect(try world.serverRecords("exception").contains { $0.text("kind") == "double_assignment" && $0.text("state") == "open" })
        #expect(try world.value(company.anna, "service_order", company.order, "state") == .text("in_progress"))
    }

    @Test("reassigned after completion offline: completion stands, the reassignment is void, the second is told")
    func reassignedAfterCompletion() throws {
        let company = try Company()
        let world = company.world
        try company.event(company.anna, .accept, .travel, .arrive, .start)
        try company.finishTask(company.anna)
        try company.event(company.anna, .complete)
        try company.reassign(from: company.annaUser, to: company.benUser)
        try world.sync(company.ben)
        let summary = try world.sync(company.anna)
        #expect(summary.needAttention == 0)
        #expect(try company.state() == "work_complete")
        let active = try world.serverRecords("appointment").filter { $0.text("state") == "active" }
        #expect(active.compactMap { $0.reference("technician") } == [company.annaUser])
        try world.sync(company.ben)
        #expect(try world.value(company.ben, "service_order", company.order, "title") == .null)
        let told = try company.ben.engine.read { try $0.views("exception").filter { $0.text("kind") == "reassignment_void" } }
        #expect(told.count == 1)
    }

    @Test("whose completion stands goes on to the customer's signature, offline or after a sync", arguments: [false, true])
    func signedAfterReassignment(syncsBetween: Bool) throws {
        let company = try Company()
        let world = company.world
        try company.event(company.anna, .accept, .travel, .arrive, .start)
        try company.finishTask(company.anna)
        try company.event(company.anna, .complete)
        try company.reassign(from: company.annaUser, to: company.benUser)
        if syncsBetween { try world.sync(company.anna) }
        try company.event(company.anna, .customer_sign)
        try world.sync(company.anna)
        #expect(try ["signed_off", "closed"].contains(company.state()))
        // One case is told: that the other's assignment is void.
        let told = try world.serverRecords("exception").filter { $0.text("state") == "open" }.compactMap { $0.text("kind") }
        #expect(told == ["reassignment_void"])
    }

    @Test("who works on beside a withdrawal pauses as before")
    func pausedAfterWithdrawal() throws {
        let company = try Company()
        let world = company.world
        try company.event(company.anna, .accept, .travel, .arrive, .start)
        try world.commit(company.dora) { editor in
            try editor.create(
                "assignment_request",
                ["order": .reference(company.order), "action": .text("unassign"), "technician": .reference(company.annaUser)])
        }
        try world.sync(company.dora)
        try world.sync(company.anna)
        #expect(try company.state() == "in_progress")
        try company.event(company.anna, .pause)
        try world.sync(company.anna)
        #expect(try company.state() == "paused")
    }

    @Test("the last depot unit is granted once; the other gets a backorder that says so")
    func lastUnit() throws {
        let company = try Company()
        let world = company.world
        try company.assign(company.benUser)
        try world.sync(company.anna)
        try world.sync(company.ben)
        let second = world.id()
        try world.commit(company.ben, "new") { editor in
            try editor.create(
                "service_order", id: second,
                [
                    "number": .text("X-1"), "channel": .text("field"),
                    "customer": try editor.view("service_order", company.order)?["customer"] ?? .null,
                    "site": .reference(company.site), "kind": .text("repair"), "title": .text("Found on site"),
                    "requested_at": .text(editor.now.description),
                ])
            try editor.event(.create, order: second)
            try editor.event(.take, order: second)
        }
        for (device, order) in [(company.anna, company.order), (company.ben, second)] {
            try world.commit(device, "reserve") { editor in
                let entity = try editor.schema.entity("reservation")
                let id = RecordID.derived(type: entity.type, key: [order.bytes, company.part.bytes, company.depot.bytes])
                try editor.create(
                    "reservation", id: id,
                    [
                        "order": .reference(order), "part": .reference(company.part), "location": .reference(company.depot), "quantity": .text("1"),
                        "requested_by": .reference(editor.user),
                    ])
            }
        }
        try world.sync(company.ben)
        try world.sync(company.anna)
        let reservations = try world.serverRecords("reservation")
        #expect(reservations.map { $0.text("state") ?? "" }.sorted() == ["backordered", "granted"])
        #expect(try world.value(company.ben, "service_order", second, "state") == .text("dispatched"))
        let balance = try world.serverRecords("balance").first { $0.reference("location") == company.depot }
        #expect(balance?.text("reserved") == "1")
    }

    @Test("D8: a set that is malformed is quarantined whole and nothing behind it waits")
    func poison() throws {
        let company = try Company()
        let world = company.world
        // The editor checks; so write the op past it, to a field the server alone writes.
        let entity = try world.schema.entity("service_order")
        let state = try #require(entity["state"])
        try company.event(company.anna, .accept)
        let forged = Op(
            kind: .patch, key: RecordKey(type: entity.type, id: company.order), writes: [FieldWrite(field: state.id, value: .text("closed"))])
        try company.forge([forged], by: company.anna)
        try company.event(company.anna, .travel)
        let summary = try world.sync(company.anna)
        #expect(summary.answered == 3)
        #expect(summary.needAttention == 1)
        #expect(try company.state() == "en_route")
        let unresolved = try company.anna.engine.read { try $0.unresolved() }
        #expect(unresolved.map { $0.receipt?.outcome } == [.quarantined])
        #expect(unresolved.first?.receipt?.remarks.first?.code == "server-field")
    }

    @Test("a restored server gets back what it lost, and all replicas agree again")
    func restore() throws {
        let company = try Company()
        let world = company.world
        try company.event(company.anna, .accept)
        try world.sync(company.anna)
        try world.server.checkInstance([2], newEpoch: Epoch(rawValue: 77), at: world.moment)
        try company.event(company.anna, .travel)
        try world.sync(company.anna)
        try world.sync(company.dora)
        #expect(try company.state() == "en_route")
        #expect(try company.anna.engine.read { try $0.state().checkpoint?.epoch } == Epoch(rawValue: 77))
        for device in [company.anna, company.dora] { #expect(try world.audit(device).isEmpty) }
    }

    @Test("a task deleted by one and edited by another stays, in either order", arguments: [true, false])
    func deleteAgainstEdit(deletionFirst: Bool) throws {
        let company = try Company()
        let world = company.world
        try company.assign(company.benUser)
        try world.sync(company.anna)
        try world.sync(company.ben)
        try world.commit(company.anna) { try $0.delete("task", company.mandatoryTask) }
        try world.commit(company.ben) { try $0.patch("task", company.mandatoryTask, ["remark": .text("seen")]) }
        for device in deletionFirst ? [company.anna, company.ben] : [company.ben, company.anna] { try world.sync(device) }
        try world.sync(company.anna)
        try world.sync(company.ben)
        #expect(try world.value(company.anna, "task", company.mandatoryTask, "remark") == .text("seen"))
        #expect(try world.value(company.ben, "task", company.mandatoryTask, "remark") == .text("seen"))
        #expect(try world.serverRecords("ruling").contains { $0.text("rule") == "content-wins" })
        #expect(try world.audit(company.anna).isEmpty)
    }

    @Test("a clock that is years off changes no outcome", arguments: [-20 * 31_536_000_000, 10 * 31_536_000_000] as [Int64])
    func wrongClock(offset: Int64) throws {
        let company = try Company()
        let world = company.world
        company.anna.world.offset = offset
        try company.event(company.anna, .accept)
        try world.commit(company.anna) { try $0.patch("service_order", company.order, ["title": .text("After seeing it")]) }
        try world.sync(company.anna)
        #expect(try world.serverValue("service_order", company.order, "title") == .text("After seeing it"))
        try world.sync(company.dora)
        try world.commit(company.dora) { try $0.patch("service_order", company.order, ["title": .text("Office, later")]) }
        try world.sync(company.dora)
        #expect(try world.serverValue("service_order", company.order, "title") == .text("Office, later"))
    }

    @Test("a technician whose steps crossed a reassignment is told once, on the device that has lost the job")
    func told() throws {
        let company = try Company()
        let world = company.world
        try world.sync(company.anna)
        try company.event(company.anna, .accept, .travel, .arrive)
        try company.reassign(from: company.annaUser, to: company.benUser)
        try world.sync(company.anna)
        #expect(try company.state() == "dispatched")
        let notices = try company.anna.engine.read { try $0.views("exception") }.filter { $0.text("kind") == "reassignment_stands" }
        #expect(notices.count == 1)
        #expect(notices.first?.reference("about") == company.annaUser)
        #expect(try world.value(company.anna, "service_order", company.order, "state") == .null, "the job has left the device")
        try world.sync(company.dora)
        #expect(try company.dora.engine.read { try $0.views("exception") }.contains { $0.text("kind") == "reassignment_stands" })
    }
}
