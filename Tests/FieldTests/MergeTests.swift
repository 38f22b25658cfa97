import Testing
import TruckrollClient
import TruckrollCore
import TruckrollDomain
import TruckrollSync

@Suite("Why a field shows what it shows")
struct MergeTests {
    @Test("every value that stands is shown with its author and place, and picking one leaves one")
    func siblings() throws {
        let bench = try Bench()
        let entity = try bench.client.schema.entity("service_order")
        try bench.addPriority("high")
        var why = try bench.client.why(entity, bench.world.order, "priority")
        #expect(why.candidates.map(\.value) == ["normal", "high"])
        #expect(why.candidates.map(\.isShown) == [false, true])
        #expect(why.candidates.allSatisfy { $0.place == .stored })
        #expect(why.candidates.first?.by == "the server")
        #expect(try bench.client.attention().siblings.map(\.field) == ["priority"])
        #expect(try bench.client.job(bench.world.order).line.priorities.map(\.value) == ["normal", "high"])

        _ = try bench.client.write("low", to: "priority", of: entity, bench.world.order)
        why = try bench.client.why(entity, bench.world.order, "priority")
        #expect(why.candidates.map(\.value) == ["low"])
        #expect(why.candidates.map(\.by) == ["Ana Torres"])
        #expect(why.candidates.map(\.place) == [.onDevice])
        #expect(why.pending.map(\.value) == ["low"])
        #expect(why.pending.map(\.set) == [WriteID(replica: ReplicaID(rawValue: 7), sequence: 1)])
        #expect(try bench.client.attention().siblings.isEmpty)
    }

    @Test("a ruling names the loser and its author, and restore writes the loser back")
    func ruling() throws {
        let ruling = World.id(80)
        let bench = try Bench { drafts, world in
            drafts.append(
                RecordDraft(
                    "ruling", id: ruling,
                    [
                        "subject_type": .integer(20), "subject": .reference(world.order), "facet": .integer(0), "field": .integer(6),
                        "rule": .text("last_writer"),
                        "text": .text("Two people wrote “title”."), "winner_value": .text("Calibration of one detector"),
                        "loser_value": .text("Calibrate and clean"),
                        "winner_user": .reference(world.ben), "loser_user": .reference(world.ana), "scopes": .list([.text("order:\(world.order)")]),
                    ]))
        }
        let (entity, id) = try bench.client.findRecord("2026-0042")
        let why = try bench.client.why(entity, id, "title")
        #expect(why.rulings.map(\.loser) == ["Calibrate and clean"])
        #expect(why.rulings.map(\.loserBy) == ["Ana Torres"])
        #expect(try bench.client.newestRuling("title", of: entity, id) == ruling)
        _ = try bench.client.restore(ruling)
        #expect(try bench.client.job(id).line.title == "Calibrate and clean")
    }

    @Test("an appointment is explained by who has it, the steps that planned it, and what the server wrote last")
    func planning() throws {
        let bench = try Bench { drafts, world in
            drafts.append(
                RecordDraft(
                    "order_event", id: World.id(70),
                    [
                        "order": world.ref(world.order), "event": .text("reassign"), "at": .text("2026-11-22T16:00:00+01:00"),
                        "by": world.ref(world.ben),
                        "technician": world.ref(world.ana), "effective": .boolean(true), "seen": world.ref(world.dispatched),
                    ]))
        }
        let trace = try bench.client.planning(of: bench.world.order)
        #expect(trace.appointments.map(\.technician) == ["Ana Torres"])
        #expect(trace.steps.map(\.text) == ["dispatch", "reassign Ana Torres", "Ana Torres: 2026-11-23 09:00–11:00"])
        #expect(trace.steps.map(\.fact.by) == ["Ben Okoye", "Ben Okoye", "the server"])
        let history = try bench.client.job(bench.world.order).history
        #expect(history.map(\.text) == ["dispatch", "reassign Ana Torres", "Ana Torres: 2026-11-23 09:00–11:00"])
    }

    @Test("a server that took another number when it was restored stays the server, and its number tells nothing of an order's state")
    func restoredServer() throws {
        let bench = try Bench()
        let (world, restored) = (bench.world, UInt32(2_000_008))
        try bench.confirm(
            [
                RecordDraft(
                    "appointment", id: World.id(32),
                    [
                        "order": world.ref(world.order), "technician": world.ref(world.ben), "starts_at": .text("2026-11-23T12:00:00+01:00"),
                        "ends_at": .text("2026-11-23T13:00:00+01:00"), "state": .text("active"),
                    ])
            ], replica: restored)
        #expect(try bench.client.planning(of: world.order).steps.last?.fact.by == "the server")
        #expect(try bench.client.job(world.order).history.filter { $0.kind == "appointment" }.map(\.fact.by) == ["the server", "the server"])
        let (order, number) = (World.id(33), UInt32(12))
        try bench.confirm(
            [
                RecordDraft(
                    "service_order", id: order,
                    [
                        "number": .text("2026-0050"), "channel": .text("office"), "customer": world.ref(world.customer),
                        "site": world.ref(world.site), "kind": .text("repair"), "title": .text("Of a stranger"),
                        "requested_at": .text("2026-11-20T09:00:00+01:00"), "state": .text("scheduled"),
                    ])
            ], replica: number)
        let entity = try bench.client.schema.entity("service_order")
        for field in ["state", "title"] {
            #expect(try bench.client.why(entity, order, field).candidates.map(\.by) == ["somebody else (replica 12)"])
        }
    }

    @Test("what an importer brought in is told as its work wherever its number shows, on a device that knows no device of it")
    func importer() throws {
        let bench = try Bench()
        let world = bench.world
        try bench.confirm([
            RecordDraft("user", id: World.id(34), ["number": .text("IMPORT"), "name": .text("Importer"), "role": .text("importer")])
        ])
        try bench.confirm(
            [
                RecordDraft("asset_model", id: World.id(35), ["maker": .text("Sensorik"), "name": .text("FX-5"), "kind": .text("fixed_detector")]),
                RecordDraft(
                    "task", id: World.id(36),
                    [
                        "order": world.ref(world.order), "title": .text("Brought in"), "rank": .integer(40), "mandatory": .text("no"),
                        "state": .text("done"),
                    ]),
            ], replica: 2)
        let task = try bench.client.schema.entity("task")
        #expect(try bench.client.why(task, World.id(36), "title").candidates.map(\.by) == ["Importer"])
        #expect(try bench.client.job(world.order).history.filter { $0.kind == "task" }.map(\.fact.by) == ["Importer"])
    }

    @Test("references and sets are told in names, not in ids")
    func names() throws {
        let bench = try Bench()
        let order = try bench.client.schema.entity("service_order")
        #expect(try bench.client.why(order, bench.world.order, "site").shown == "Site Works 2")
        #expect(try bench.client.why(order, bench.world.order, "assets").shown == "Asset GD-101")
        #expect(throws: DeviceProblem.self) { try bench.client.why(order, bench.world.order, "nonsense") }
    }

    @Test("a record is named by kind and id, number, tag or the end of an id")
    func records() throws {
        let bench = try Bench()
        #expect(try bench.client.findRecord("asset/GD-101").id == bench.world.asset)
        #expect(try bench.client.findRecord("GD-101").id == bench.world.asset)
        #expect(try bench.client.findRecord("task/\(bench.world.task1.short)").id == bench.world.task1)
        #expect(try bench.client.findRecord(bench.world.task2.description).id == bench.world.task2)
        #expect(throws: DeviceProblem.self) { try bench.client.findRecord("nonsense/1") }
        #expect(throws: DeviceProblem.self) { try bench.client.findRecord("/") }
    }

    @Test("status counts what is only here, and says that nothing was synced or backed up")
    func standing() throws {
        let bench = try Bench()
        _ = try bench.client.addNote("one", to: bench.world.order)
        _ = try bench.client.addNote("two", to: bench.world.order)
        let standing = try bench.client.standing()
        #expect(standing.onDevice == 2 && standing.sent == 0 && standing.stored == 0 && standing.needsAttention == 0)
        #expect(standing.sets.map(\.subjects) == [["2026-0042"], ["2026-0042"]])
        #expect(!standing.hasBackup)
    }
}

extension Bench {
    /// Lets somebody else's priority arrive, written without having seen the first.
    func addPriority(_ value: String) throws {
        let entity = try client.schema.entity("service_order")
        let field = try #require(entity["priority"])
        var record = try #require(try client.read { try $0.record(RecordKey(type: entity.type, id: world.order)) })
        let version = Version(stamp: Stamp(milliseconds: UInt64(Bench.morning) - 5000, counter: 0, replica: ReplicaID(rawValue: 9)), sequence: 4)
        let write = FieldWrite(field: field.id, op: .set, value: .text(value))
        record.set(try Merge.apply(write, version: version, to: record[field.id], rule: field.rule).entry)
        try confirm(records: [record], versions: Array(Set(record.entries.map(\.version))))
    }
}
