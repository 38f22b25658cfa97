import Foundation
import GRDB
import Testing
import TruckrollCore
import TruckrollDomain
import TruckrollProtocol
import TruckrollSync

@Suite("A view that is filled in parts")
struct FillingTests {
    private func standing(_ device: World.Device) throws -> (visible: ScopeClass?, scopes: Set<Scope>) {
        try device.engine.read { (try $0.state().visible, Set(try $0.scopes())) }
    }

    @Test("a small view comes whole in one reply")
    func small() throws {
        let company = try Company()
        let device = try company.world.fresh("new", user: company.annaUser)
        let reply = try company.world.exchange(device)
        #expect(reply.hasCommit && !reply.hasFilling)
        #expect(try standing(device).visible == .third)
        #expect(try company.world.audit(device).isEmpty)
    }

    @Test("classes become visible one after the other, each whole: today's job first, the catalogue last", arguments: [1, 3, 7])
    func classes(records: Int) throws {
        let company = try Company(partSize: PartSize(records: records))
        let world = company.world
        try company.addFarOrder()
        let device = try world.fresh("new", user: company.annaUser)
        var seen: [ScopeClass] = []
        var parts = 0
        while try standing(device).visible != .third {
            let reply = try world.exchange(device)
            #expect(reply.part.reduce(0) { $0 + $1.records.count } <= records || reply.hasCommit)
            parts += reply.hasFilling ? 1 : 0
            let (visible, scopes) = try standing(device)
            if let visible, seen.last != visible { seen.append(visible) }
            let job = try device.engine.read { try $0.view("service_order", company.order) }
            #expect((job != nil) == (visible != nil))
            #expect(scopes.contains(Scope("catalogue")) == (visible == .third))
            if let visible { #expect(scopes.contains(Scope("order", company.farOrder)) == (visible >= .second)) }
        }
        #expect(seen.last == .third && seen.first == .first && parts > 2)
        #expect(try world.audit(device).isEmpty)
    }

    enum PartDamage: CaseIterable { case content, unreadable, gone, reach }

    @Test("what the disk changes of the parts kept aside is fetched again, and what was recorded meanwhile goes on", arguments: PartDamage.allCases)
    func damagedParts(damage: PartDamage) throws {
        let company = try Company(partSize: PartSize(records: 2), devicesInFiles: true)
        let world = company.world
        try company.addFarOrder()
        world.takesSnapshots = false
        let device = try world.fresh("new", user: company.annaUser)
        while try standing(device).visible == nil { _ = try world.exchange(device) }
        while try device.engine.filling()?.kept == 0 { _ = try world.exchange(device) }
        try world.commit(device) { try $0.patch("task", company.mandatoryTask, ["state": .text("done")]) }
        if damage == .reach {
            try device.engine.store.write { transaction in
                var state = try transaction.state()
                state.filling = [0xFF, 0xFF]
                try transaction.save(state)
            }
        } else {
            let file = try DatabaseQueue(path: world.directory.appendingPathComponent("new.sqlite").path)
            try file.writeWithoutTransaction { db in
                switch damage {
                case .gone: try db.execute(sql: "DELETE FROM part")
                case .unreadable:
                    // A strict table takes no text where bytes belong; a disk does.
                    try db.execute(sql: "ALTER TABLE part RENAME TO strict_part; CREATE TABLE part (number INTEGER PRIMARY KEY, bytes)")
                    try db.execute(sql: "INSERT INTO part SELECT number, 'no bytes' FROM strict_part")
                default: try db.execute(sql: "UPDATE part SET bytes = x'FFFF'")
                }
                #expect(db.changesCount > 0)
            }
            try file.close()
        }
        #expect(throws: Never.self) { try device.engine.filling() }
        let report = try world.mend(device)
        // That parts are gone shows in the digests only; whatever else is wrong with them begins the filling anew.
        if damage != .gone { #expect(report.repaired == 0) }
        #expect(try standing(device).visible == .third)
        #expect(try world.serverValue("task", company.mandatoryTask, "state") == .text("done"))
        #expect(try world.audit(device).isEmpty)
    }

    @Test("what changes, comes, leaves and is deleted while a view is being filled is right at its end")
    func movingHead() throws {
        let company = try Company(partSize: PartSize(records: 2))
        let world = company.world
        try company.addFarOrder()
        let device = try world.fresh("new", user: company.annaUser)
        var round = 0
        while try standing(device).visible != .third {
            _ = try world.exchange(device)
            round += 1
            switch round % 5 {
            case 0: try world.commit(world.importer) { try $0.patch("part", company.part, ["name": .text("Sensor \(round)")]) }
            case 1:
                try world.commit(company.dora) {
                    try $0.create(
                        "task", ["order": .reference(company.order), "title": .text("T\(round)"), "mandatory": .text("no"), "state": .text("open")])
                }
            case 2: try world.commit(company.dora) { try $0.patch("service_order", company.farOrder, ["title": .text("Far \(round)")]) }
            case 3 where round == 3: try world.commit(company.dora) { try $0.delete("task", company.mandatoryTask) }
            default:
                // The near job goes to the other technician and comes back.
                try company.reassign(
                    from: round % 10 == 4 ? company.annaUser : company.benUser, to: round % 10 == 4 ? company.benUser : company.annaUser)
            }
            try world.sync(company.dora)
            try world.sync(world.importer)
        }
        #expect(round > 8)
        #expect(try world.audit(device).isEmpty)
    }

    @Test("an order that comes and goes while a later class is awaited leaves nothing behind, and nothing has to be repaired")
    func comesAndGoes() throws {
        let company = try Company(partSize: PartSize(records: 2))
        let world = company.world
        try company.addFarOrder()
        let device = try world.fresh("new", user: company.annaUser)
        while try standing(device).visible == nil { _ = try world.exchange(device) }
        let passing = world.id()
        try company.add(passing, "SO-3", inHours: 6)
        _ = try world.exchange(device)
        #expect(try standing(device).scopes.contains(Scope("order", passing)))
        #expect(try standing(device).visible != .third)
        try world.commit(company.dora) {
            try $0.create(
                "assignment_request",
                ["order": .reference(passing), "action": .text("unassign"), "technician": .reference(company.annaUser)])
        }
        try world.sync(company.dora)
        let report = try world.sync(device)
        #expect(report.repaired == 0)
        #expect(try !standing(device).scopes.contains(Scope("order", passing)))
        #expect(try world.audit(device).isEmpty)
    }

    @Test("an order that moves to today while its class is awaited comes at once")
    func hastened() throws {
        let company = try Company(partSize: PartSize(records: 2))
        let world = company.world
        try company.addFarOrder()
        let device = try world.fresh("new", user: company.annaUser)
        while try standing(device).visible == nil { _ = try world.exchange(device) }
        #expect(try standing(device).visible == .first)
        #expect(try !standing(device).scopes.contains(Scope("order", company.farOrder)))
        try world.commit(company.dora) { editor in
            try editor.create(
                "assignment_request",
                [
                    "order": .reference(company.farOrder), "action": .text("move"), "technician": .reference(company.annaUser),
                    "starts_at": .text(company.later(editor.now, hours: 6)), "ends_at": .text(company.later(editor.now, hours: 7)),
                ])
        }
        try world.sync(company.dora)
        _ = try world.exchange(device)
        #expect(try device.engine.read { try $0.view("service_order", company.farOrder) } != nil)
        try world.sync(device)
        #expect(try standing(device).visible == .third)
        #expect(try world.audit(device).isEmpty)
    }

    @Test("a device whose history was lost goes on showing what it has until all of the new one is here")
    func recovering() throws {
        let company = try Company(partSize: PartSize(records: 3))
        let world = company.world
        try company.event(company.anna, .accept)
        try world.server.checkInstance([9], newEpoch: Epoch(rawValue: 77), at: world.moment)
        let before = try standing(company.anna).scopes
        var rounds = 0
        _ = try world.exchange(company.anna)
        while try company.anna.engine.read({ try $0.state().isCheckpointLost }) {
            #expect(try standing(company.anna).scopes == before)
            #expect(try company.anna.engine.read { try $0.view("service_order", company.order) } != nil)
            _ = try world.exchange(company.anna)
            rounds += 1
        }
        #expect(rounds > 2)
        #expect(try world.audit(company.anna).isEmpty)
        #expect(try company.state() == "accepted")
    }

    @Test("parts of a history that the server lost meanwhile are thrown away, and the view is filled anew")
    func lostMeanwhile() throws {
        let company = try Company(partSize: PartSize(records: 2))
        let world = company.world
        let device = try world.fresh("new", user: company.annaUser)
        for _ in 0..<3 { _ = try world.exchange(device) }
        try world.server.checkInstance([9], newEpoch: Epoch(rawValue: 78), at: world.moment)
        #expect(try world.exchange(device).hasHistoryChanged)
        try world.sync(device)
        #expect(try standing(device).visible == .third)
        #expect(try world.audit(device).isEmpty)
    }

    @Test("a place that no server names is refused, and what lies outside the view is not shown by naming it")
    func hostile() throws {
        let company = try Company(partSize: PartSize(records: 2))
        let world = company.world
        let device = try world.fresh("new", user: company.benUser)
        var request = try device.engine.nextRequest()
        request.filling = try world.exchange(device).filling
        request.filling.key = data([1, 2, 3])
        #expect(throws: EngineProblem.self) { try world.server.sync(request, replica: device.replica, at: world.moment) }
        request.filling.scope = Scope("order", company.order).name
        request.filling.key = data([UInt8](repeating: 0, count: 19))
        for scopeClass in [0, 1, 3, 255, UInt32.max] {
            request.filling.scopeClass = scopeClass
            let reply = try? world.server.sync(request, replica: device.replica, at: world.moment)
            let keys = try (reply?.part ?? []).flatMap(\.records).map { try RecordKey(decoding: $0.key) }
            #expect(!keys.contains { $0.id == company.order })
        }
    }
}
