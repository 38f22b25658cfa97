import Testing
import TruckrollClient
import TruckrollCore
import TruckrollDomain
import TruckrollSync

@Suite("Refusals before anything is recorded")
struct RefusalTests {
    @Test("2: what the server would refuse a technician, the device refuses before anything is recorded, with the same rule; facts are not asked")
    func planning() throws {
        let bench = try Bench()
        let before = try bench.client.read { try $0.outbox().count }
        let refused = try #require(throws: DeviceProblem.self) {
            _ = try bench.client.commit("assign") { editor in
                try editor.create(
                    "assignment_request",
                    [
                        "order": .reference(bench.world.order), "action": .text("assign"), "technician": .reference(bench.world.ben),
                    ])
            }
        }
        #expect(refused.code == "role" && refused.detail.contains("technician") && refused.detail.contains("assignment request"))
        #expect(try bench.client.read { try $0.outbox().count } == before)
        // Beside a fact nothing is refused: the server keeps the fact, and sets the rest aside.
        _ = try bench.client.commit("note") { editor in
            try editor.create(
                "note",
                [
                    "order": .reference(bench.world.order), "text": .text("A"), "at": .text(editor.now.description), "by": .reference(editor.user),
                ])
            try editor.patch("user", bench.world.ben, ["phone": .text("1")])
        }
        #expect(try bench.client.read { try $0.outbox().count } == before + 1)
    }

    private func refused(_ bench: Bench, _ code: Refusal, _ body: () throws -> Void) throws -> DeviceProblem {
        let before = try bench.client.read { try $0.state().lastSequence }
        let problem = try #require(throws: DeviceProblem.self) { try body() }
        #expect(problem.code == code.rawValue)
        #expect(problem.isRefusal)
        #expect(!problem.next.isEmpty)
        #expect(try bench.client.read { try $0.state().lastSequence } == before, "something was recorded")
        return problem
    }

    @Test("a step the machine does not have names the way to it")
    func transition() throws {
        let bench = try Bench()
        let problem = try refused(bench, .transition) { _ = try bench.client.record(.start, on: bench.world.order) }
        #expect(problem.detail.contains("dispatched"))
        #expect(problem.next == "First: accept, travel, arrive; then start.")
    }

    @Test("completing lists the mandatory tasks that are open, and no optional one")
    func openTasks() throws {
        let bench = try Bench(state: .in_progress)
        _ = try bench.client.setTask(bench.world.task1, .done)
        let problem = try refused(bench, .tasksOpen) { _ = try bench.client.record(.complete, on: bench.world.order) }
        #expect(problem.detail.contains("· Calibrate GD-101"))
        #expect(!problem.detail.contains("Sign in") && !problem.detail.contains("Clean up"))
        _ = try bench.client.setTask(bench.world.task2, .notApplicable, remark: "taken out of service")
        _ = try bench.client.record(.complete, on: bench.world.order)
        #expect(try bench.client.job(bench.world.order).line.state == .work_complete)
    }

    @Test(
        "surroundings in which nobody takes a reading are refused",
        arguments: [("humidity", "100.1"), ("humidity", "-1"), ("flow", "0"), ("flow", "-0.5"), ("pressure", "101325"), ("temperature", "293.15")])
    func surroundings(quantity: String, value: String) throws {
        let bench = try Bench()
        var entry = ReadingEntry(channel: bench.world.channel, phase: .asFound, point: .zero, applied: "0", indicated: "1")
        switch quantity {
        case "humidity": entry.humidity = value
        case "flow": entry.flow = value
        case "pressure": entry.pressure = value
        default: entry.temperature = value
        }
        let wrong = entry
        _ = try refused(bench, .valueUnfit) { _ = try bench.client.recordReading(wrong, on: bench.world.order) }
    }

    @Test("what stops the work needs a reason", arguments: [OrderEvent.pause, .no_access, .unsafe, .cannot_complete])
    func reason(event: OrderEvent) throws {
        let bench = try Bench(state: .in_progress)
        _ = try refused(bench, .reasonMissing) { _ = try bench.client.record(event, on: bench.world.order, reason: " ") }
        _ = try bench.client.record(event, on: bench.world.order, reason: "permit expired")
    }

    @Test("a technician may not do a dispatcher's steps")
    func role() throws {
        let bench = try Bench()
        _ = try refused(bench, .role) { _ = try bench.client.record(.cancel, on: bench.world.order) }
    }

    @Test("a mandatory task does not apply without a remark")
    func notApplicable() throws {
        let bench = try Bench()
        _ = try refused(bench, .reasonMissing) { _ = try bench.client.setTask(bench.world.task1, .notApplicable) }
        _ = try bench.client.setTask(bench.world.task3, .notApplicable)
    }

    @Test("completing waits for the labour clock, which one person has once")
    func labourClock() throws {
        let bench = try Bench(state: .in_progress)
        try bench.client.startLabour(.work, on: bench.world.order)
        _ = try refused(bench, .labourRunning) { try bench.client.startLabour(.wait, on: bench.world.order) }
        _ = try refused(bench, .labourRunning) { _ = try bench.client.record(.complete, on: bench.world.order) }
        _ = try bench.client.stopLabour()
        #expect(try bench.client.runningLabour() == nil)
        #expect(try bench.client.job(bench.world.order).labour.count == 1)
        #expect(throws: DeviceProblem.self) { try bench.client.stopLabour() }
    }

    @Test("an unknown cylinder is refused with those in the van; an expired one is told")
    func cylinder() throws {
        let bench = try Bench(state: .in_progress)
        var entry = ReadingEntry(channel: bench.world.channel, phase: .asFound, point: .span, applied: "50", indicated: "47", cylinder: "NOPE")
        let problem = try refused(bench, .cylinderUnknown) { _ = try bench.client.recordReading(entry, on: bench.world.order) }
        #expect(problem.detail.contains("CYL-50"))
        entry.cylinder = "cyl-old"
        #expect(try bench.client.recordReading(entry, on: bench.world.order).notices.contains { $0.contains("expired on 2026-06-30") })
    }

    @Test("a value that does not fit its field is refused", arguments: ["", "maybe", "12"])
    func value(text: String) throws {
        let bench = try Bench()
        let entity = try bench.client.schema.entity("service_order")
        _ = try refused(bench, .valueUnfit) { _ = try bench.client.write(text, to: "priority", of: entity, bench.world.order) }
        _ = try refused(bench, .valueUnfit) { _ = try bench.client.write("closed", to: "state", of: entity, bench.world.order) }
    }

    @Test("signing before the work is complete records nothing and keeps no file")
    func signature() throws {
        let bench = try Bench()
        let report = try bench.client.serviceReport(bench.world.order)
        _ = try refused(bench, .transition) {
            _ = try bench.client.sign(bench.world.order, .accepted(name: "R. Meier", role: nil, strokes: Bench.strokes), shown: report)
        }
        #expect(try bench.client.read { try $0.attachments(stored: false) }.isEmpty)
    }
}
