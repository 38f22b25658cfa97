import Testing
import TruckrollCore
import TruckrollDomain

@testable import TruckrollSync

/// The machine: one case for every state and event.
struct TransitionCase: VectorCase {
    static let file = "transitions"
    /// `none` before the order exists.
    var state: String
    var event: String
    /// Absent when the event is not legal there.
    var next: String?
    var name: String { "\(state) \(event)" }

    static func make() throws -> [TransitionCase] {
        ([nil] + OrderState.allCases.map { $0 }).flatMap { (state: OrderState?) in
            OrderEvent.allCases.map { event in
                TransitionCase(state: state?.rawValue ?? "none", event: event.rawValue, next: OrderWorkflow.next(from: state, event)?.rawValue)
            }
        }
    }
}

/// What becomes of one event.
struct RulingCase: VectorCase {
    static let file = "rulings"
    var name: String
    var event: String
    var present: String?
    var branch: String?
    var unseen: [String]
    /// `effective`, `not-effective`, `double-assignment`, `reassignment-void` or `cancellation-asked`.
    var ruling: String
    /// The state the order moves to.
    var state: String?
    /// Why it moves nothing.
    var rule: String?

    func decided() throws -> EventRuling {
        EventRuling.decide(
            try #require(OrderEvent(rawValue: event)), present: present.flatMap { OrderState(rawValue: $0) },
            branch: branch.flatMap { OrderState(rawValue: $0) },
            unseen: unseen.compactMap { OrderEvent(rawValue: $0) })
    }

    static func make() throws -> [RulingCase] {
        func ruling(_ name: String, _ event: OrderEvent, _ present: OrderState?, branch: OrderState?, _ unseen: [OrderEvent] = []) throws
            -> RulingCase
        {
            var made = RulingCase(
                name: name, event: event.rawValue, present: present?.rawValue, branch: branch?.rawValue, unseen: unseen.map(\.rawValue), ruling: "")
            (made.ruling, made.state, made.rule) = try made.decided().parts
            return made
        }
        return [
            try ruling("an order begins", .create, nil, branch: nil), try ruling("an order begins once", .create, .draft, branch: .draft),
            try ruling("a legal step, all seen", .accept, .dispatched, branch: .dispatched),
            try ruling("an illegal step, all seen", .complete, .dispatched, branch: .dispatched),
            try ruling("a legal step beside something unseen", .pause, .in_progress, branch: .in_progress, [.resume]),
            try ruling("the same step taken by two confirms", .complete, .work_complete, branch: .in_progress, [.complete]),
            try ruling("a step that the unseen made illegal", .pause, .work_complete, branch: .in_progress, [.complete]),
            try ruling("accepted beside a reassignment", .accept, .dispatched, branch: .dispatched, [.reassign]),
            try ruling("arrived beside a reassignment", .arrive, .dispatched, branch: .en_route, [.reassign]),
            try ruling("started beside a reassignment", .start, .dispatched, branch: .on_site, [.reassign]),
            try ruling(
                "started beside a reassignment and the second's start", .start, .in_progress, branch: .on_site,
                [.reassign, .accept, .travel, .arrive, .start]),
            try ruling(
                "started beside a reassignment and the second's pause", .start, .paused, branch: .on_site, [.reassign, .accept, .start, .pause]),
            try ruling(
                "started beside a reassignment and the second's completion", .start, .work_complete, branch: .on_site,
                [.reassign, .accept, .start, .complete]),
            try ruling("dispatched beside a withdrawal", .dispatch, .ready_to_plan, branch: .scheduled, [.withdraw]),
            try ruling("reassigned by two", .reassign, .dispatched, branch: .accepted, [.reassign]),
            try ruling("the same step taken by two, and gone on from", .start, .paused, branch: .on_site, [.start, .pause]),
            try ruling("completed beside a reassignment", .complete, .dispatched, branch: .in_progress, [.reassign]),
            try ruling("completed beside a reassignment the second accepted", .complete, .accepted, branch: .in_progress, [.reassign, .accept]),
            try ruling(
                "completed beside a reassignment the second started", .complete, .in_progress, branch: .in_progress, [.reassign, .accept, .start]),
            try ruling(
                "completed beside a reassignment the second completed", .complete, .work_complete, branch: .in_progress,
                [.reassign, .start, .complete]),
            try ruling("completed before the second's work was known", .complete, .dispatched, branch: .in_progress, [.start, .reassign]),
            try ruling("a start not possible on the author's own branch", .start, .dispatched, branch: .accepted, [.reassign]),
            try ruling("no access beside a reassignment", .no_access, .dispatched, branch: .on_site, [.reassign]),
            try ruling("accepted beside a withdrawal", .accept, .ready_to_plan, branch: .dispatched, [.withdraw]),
            try ruling("started beside a withdrawal", .start, .ready_to_plan, branch: .on_site, [.withdraw]),
            try ruling(
                "completed beside a withdrawal and a new dispatch", .complete, .dispatched, branch: .in_progress, [.withdraw, .schedule, .dispatch]),
            try ruling("travelled beside a cancellation", .travel, .cancelled, branch: .accepted, [.cancel]),
            try ruling("started beside a cancellation", .start, .cancelled, branch: .on_site, [.cancel]),
            try ruling("completed beside a cancellation", .complete, .cancelled, branch: .in_progress, [.cancel]),
            try ruling("started beside a cancellation, not possible on the branch", .start, .cancelled, branch: .dispatched, [.cancel]),
            try ruling("a cancellation beside a start", .cancel, .in_progress, branch: .dispatched, [.accept, .travel, .arrive, .start]),
            try ruling("a cancellation beside an acceptance", .cancel, .accepted, branch: .dispatched, [.accept]),
            try ruling("cancelled by two", .cancel, .cancelled, branch: .dispatched, [.cancel]),
        ]
    }
}

extension EventRuling {
    var parts: (ruling: String, state: String?, rule: String?) {
        switch self {
        case .effective(let state): ("effective", state.rawValue, nil)
        case .notEffective(let rule, _): ("not-effective", nil, rule)
        case .doubleAssignment(let state): ("double-assignment", state.rawValue, nil)
        case .reassignmentVoid(let state): ("reassignment-void", state.rawValue, nil)
        case .cancellationAsked(let state): ("cancellation-asked", state.rawValue, nil)
        }
    }
}

/// Events of several replicas folded into one order, in order of admission.
struct FoldCase: VectorCase {
    static let file = "fold"
    struct Event: Codable, Hashable, Sendable {
        var id: String
        var event: String
        var role: String
        var version: Hex
        /// The order's last event as its author saw it, own events included.
        var seen: String?
        // What the fold writes.
        var effective = false
        var stateAfter: String?
        /// The effective event that stood before this one.
        var after: String?
        var ruling = ""
        var rule: String?
    }
    var name: String
    /// Titles of the mandatory tasks that are open throughout.
    var openMandatoryTasks: [String]
    var events: [Event]
    var state: String?
    var lastEvent: String?

    static let order = RecordID(high: 1, low: 1)

    func folded() throws -> FoldCase {
        let schema = try Schema.load()
        let memory = MemoryRecords()
        let (orderEntity, eventEntity) = (try schema.entity("service_order"), try schema.entity("order_event"))
        func put(_ draft: RecordDraft) throws {
            let version = Version(stamp: Stamp(milliseconds: 1, counter: 0, replica: ReplicaID(rawValue: 2)), sequence: 1)
            let applier = SetApplier(schema: schema, access: memory, version: version, role: nil)
            for op in try schema.creation(of: draft) { _ = try applier.apply(op, index: 0) }
        }
        try put(
            RecordDraft(
                "service_order", id: Self.order,
                [
                    "number": .text("SO-1"), "channel": .text("office"), "customer": .reference(RecordID(high: 2, low: 1)),
                    "site": .reference(RecordID(high: 3, low: 1)),
                    "kind": .text("repair"), "title": .text("Repair"), "requested_at": .text("2026-11-23T08:00:00+01:00"),
                ]))
        for (index, title) in openMandatoryTasks.enumerated() {
            try put(
                RecordDraft(
                    "task", id: RecordID(high: 4, low: UInt64(index)),
                    ["order": .reference(Self.order), "title": .text(title), "mandatory": .text("yes")]))
        }
        var result = self
        for index in events.indices {
            let event = events[index]
            let id = try #require(RecordID(event.id))
            let applier = SetApplier(
                schema: schema, access: memory, version: try Version(decoding: event.version.bytes), role: Role(rawValue: event.role))
            var fields: [String: Value] = [
                "order": .reference(Self.order), "event": .text(event.event), "at": .text("2026-11-23T09:00:00+01:00"),
                "by": .reference(RecordID(high: 5, low: 1)),
            ]
            if let seen = event.seen.flatMap({ RecordID($0) }) { fields["seen"] = .reference(seen) }
            for op in try schema.creation(of: RecordDraft("order_event", id: id, fields)) {
                let ruling = try #require(try applier.apply(op, index: 0).eventRuling)
                (result.events[index].ruling, _, result.events[index].rule) = ruling.parts
            }
            let view = try #require(try memory.view(eventEntity, id))
            result.events[index].effective = view.boolean("effective")
            result.events[index].stateAfter = view.text("state_after")
            result.events[index].after = view.reference("after")?.description
        }
        let order = try #require(try memory.view(orderEntity, Self.order))
        (result.state, result.lastEvent) = (order.text("state"), order.reference("last_event")?.description)
        return result
    }

    static func make() throws -> [FoldCase] {
        /// One event: what, by which replica, and which of the events before it its author saw last.
        typealias Draft = (event: OrderEvent, replica: UInt32, seen: Int?)
        func fold(_ name: String, _ drafts: [Draft], open: [String] = [], role: Role? = nil) throws -> FoldCase {
            let ids = drafts.indices.map { RecordID(high: 0x21, low: UInt64($0 + 1)).description }
            var sequences: [UInt32: UInt64] = [:]
            let events = drafts.enumerated().map { index, draft in
                sequences[draft.replica, default: 0] += 1
                let version = Version(
                    stamp: Stamp(milliseconds: UInt64(1000 + index), counter: 0, replica: ReplicaID(rawValue: draft.replica)),
                    sequence: sequences[draft.replica] ?? 1)
                // The server's own events are under no role.
                let usual = draft.replica == 1 ? "server" : (draft.replica == 3 ? Role.dispatcher : .technician).rawValue
                return Event(
                    id: ids[index], event: draft.event.rawValue, role: role?.rawValue ?? usual, version: Hex(version.encoded),
                    seen: draft.seen.map { ids[$0] })
            }
            return try FoldCase(name: name, openMandatoryTasks: open, events: events).folded()
        }
        // The office is replica 3, its server replica 1, the technicians 5 and 6.
        let planned: [Draft] = [
            (.create, 3, nil), (.submit, 3, 0), (.validate, 1, 1), (.schedule, 1, 2), (.dispatch, 1, 3),
        ]
        return [
            try fold(
                "a day without surprises",
                planned + [(.accept, 5, 4), (.travel, 5, 5), (.arrive, 5, 6), (.start, 5, 7), (.complete, 5, 8), (.customer_sign, 5, 9)]),
            try fold("an event before its time", planned + [(.start, 5, 4), (.accept, 5, 5)]),
            try fold("reassigned while the first travelled", planned + [(.reassign, 3, 4), (.accept, 5, 4), (.travel, 5, 6), (.accept, 6, 5)]),
            try fold(
                "reassigned while the first worked", planned + [(.reassign, 3, 4), (.accept, 5, 4), (.travel, 5, 6), (.arrive, 5, 7), (.start, 5, 8)]),
            try fold(
                "reassigned after the first completed",
                planned + [(.reassign, 3, 4), (.accept, 5, 4), (.travel, 5, 6), (.arrive, 5, 7), (.start, 5, 8), (.complete, 5, 9)]),
            try fold(
                "who completed an order that was given away signs it",
                planned + [
                    (.reassign, 3, 4), (.accept, 5, 4), (.travel, 5, 6), (.arrive, 5, 7), (.start, 5, 8), (.complete, 5, 9), (.customer_sign, 5, 10),
                ]),
            try fold(
                "who goes on beside another pauses, until it is taken away once more",
                planned + [
                    (.reassign, 3, 4), (.accept, 5, 4), (.travel, 5, 6), (.arrive, 5, 7), (.start, 5, 8), (.pause, 5, 9), (.reassign, 3, 10),
                    (.resume, 5, 10),
                ]),
            try fold(
                "both completed",
                planned + [
                    (.reassign, 3, 4), (.accept, 6, 5), (.travel, 6, 6), (.arrive, 6, 7), (.start, 6, 8), (.complete, 6, 9), (.accept, 5, 4),
                    (.travel, 5, 11),
                    (.arrive, 5, 12), (.start, 5, 13), (.complete, 5, 14),
                ]),
            try fold("cancelled while the first travelled", planned + [(.cancel, 3, 4), (.accept, 5, 4), (.travel, 5, 6)]),
            try fold(
                "cancelled while the first started", planned + [(.cancel, 3, 4), (.accept, 5, 4), (.travel, 5, 6), (.arrive, 5, 7), (.start, 5, 8)]),
            try fold("an own event that was not effective is no anchor", planned + [(.start, 5, 4), (.accept, 6, 4), (.travel, 5, 5)]),
            try fold(
                "completing with an open mandatory task",
                planned + [(.accept, 5, 4), (.travel, 5, 5), (.arrive, 5, 6), (.start, 5, 7), (.complete, 5, 8)],
                open: ["Bump test"]),
            try fold(
                "certified without a certificate",
                [
                    (.create, 5, nil), (.take, 5, 0), (.accept, 5, 1), (.travel, 5, 2), (.arrive, 5, 3), (.start, 5, 4), (.complete, 5, 5),
                    (.customer_sign, 5, 6),
                    (.certify, 5, 7),
                ], role: .technician),
            try fold(
                "events that name each other as seen hide nothing",
                planned + [(.reassign, 3, 4), (.accept, 5, 7), (.travel, 5, 6), (.arrive, 5, 7), (.start, 5, 8)]),
            try fold("an event that names itself as seen hides nothing", planned + [(.reassign, 3, 4), (.accept, 5, 6), (.travel, 5, 6)]),
            try fold("a role that may not", [(.create, 3, nil), (.submit, 3, 0), (.validate, 3, 1)], role: .dispatcher),
        ]
    }
}

/// Records in memory, as the fold needs them.
final class MemoryRecords: RecordAccess {
    private var records: [RecordKey: Record] = [:]
    private(set) var reads = 0

    func record(_ key: RecordKey) throws -> Record? {
        reads += 1
        return records[key]
    }
    func put(_ record: Record) throws { records[record.key] = record }

    func ids(_ entity: Entity, where column: String, equals value: Value) throws -> [RecordID] {
        records.values.filter { $0.key.type == entity.type && RecordView($0, entity)[column] == value }.map(\.key.id).sorted()
    }
}

@Suite("Vectors: workflow")
struct WorkflowVectorTests {
    @Test("the machine")
    func machine() throws {
        let vectors = try VectorFile.load(TransitionCase.self)
        #expect(try vectors == TransitionCase.make())
        #expect(vectors.compactMap(\.next).count == OrderWorkflow.transitions.reduce(1) { $0 + $1.from.count })
    }

    @Test("rulings", arguments: try VectorFile.load(RulingCase.self))
    func ruling(_ vector: RulingCase) throws {
        let parts = try vector.decided().parts
        #expect(parts.ruling == vector.ruling && parts.state == vector.state && parts.rule == vector.rule)
    }

    @Test("the fold", arguments: try VectorFile.load(FoldCase.self))
    func fold(_ vector: FoldCase) throws { #expect(try vector.folded() == vector) }

    /// What the events of a chain name as seen: each the one before; all of them in a ring; or each one before, of another order.
    enum Chain: CaseIterable { case straight, ring, foreign }

    @Test("whatever events name as seen, a fold ends after few reads and nothing of others is hidden", arguments: Chain.allCases, [2, 40, 1_100])
    func walk(_ chain: Chain, length: Int) throws {
        let schema = try Schema.load()
        let memory = MemoryRecords()
        let entity = try schema.entity("order_event")
        let (order, other) = (FoldCase.order, RecordID(high: 1, low: 2))
        func id(_ index: Int) -> RecordID { RecordID(high: 0x21, low: UInt64(index)) }
        func put(_ draft: RecordDraft, by replica: UInt32, _ sequence: Int) throws -> EventRuling? {
            let stamp = Stamp(milliseconds: UInt64(sequence), counter: 0, replica: ReplicaID(rawValue: replica))
            let applier = SetApplier(schema: schema, access: memory, version: Version(stamp: stamp, sequence: UInt64(sequence)), role: .importer)
            return try schema.creation(of: draft).map { try applier.apply($0, index: 0).eventRuling }.last ?? nil
        }
        func event(_ kind: OrderEvent, _ index: Int, seen: RecordID?, of order: RecordID, by replica: UInt32) throws -> EventRuling? {
            var fields: [String: Value] = [
                "order": .reference(order), "event": .text(kind.rawValue), "at": .text("2026-11-23T09:00:00+01:00"),
                "by": .reference(RecordID(high: 5, low: 1)),
            ]
            if let seen { fields["seen"] = .reference(seen) }
            return try put(RecordDraft("order_event", id: id(index), fields), by: replica, index)
        }
        for (number, order) in [order, other].enumerated() {
            _ = try put(
                RecordDraft(
                    "service_order", id: order,
                    [
                        "number": .text("SO-\(number)"), "channel": .text("office"), "customer": .reference(RecordID(high: 2, low: 1)),
                        "site": .reference(RecordID(high: 3, low: 1)), "kind": .text("repair"), "title": .text("Repair"),
                        "requested_at": .text("2026-11-23T08:00:00+01:00"),
                    ]), by: 3, 1)
        }
        _ = try event(.create, 900_001, seen: nil, of: order, by: 3)
        _ = try event(.submit, 900_002, seen: id(900_001), of: order, by: 3)
        for index in 1...length {
            let seen = chain == .ring && index == 1 ? id(length) : index == 1 ? id(900_002) : id(index - 1)
            _ = try event(.complete, index, seen: seen, of: chain == .foreign ? other : order, by: 5)
        }
        let before = memory.reads
        _ = try event(.complete, length + 1, seen: id(length), of: order, by: 5)
        #expect(memory.reads - before < 1_200)
        let view = try #require(try memory.view(entity, id(length + 1)))
        // The short straight chain leads back to what its author had seen; everything else says nothing of it.
        #expect(view.text("state_after") == "submitted")
        let history = OrderHistory(access: memory, entity: entity, id: order, order: try memory.view(try schema.entity("service_order"), order))
        #expect(try history.unseen(by: view).events == (chain == .straight && length < 1_000 ? [] : [.create, .submit]))
    }

    @Test("the files are as this code makes them")
    func made() throws {
        #expect(try RulingCase.make() == VectorFile.load(RulingCase.self))
        #expect(try FoldCase.make() == VectorFile.load(FoldCase.self))
    }
}
