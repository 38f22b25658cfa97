import Testing
import TruckrollClient
import TruckrollCore
import TruckrollDomain
import TruckrollSync

@Suite("Texts of a job")
struct TextTests {
    let bench: Bench
    var job: RecordID { bench.world.order }

    init() throws { bench = try Bench() }

    /// Lets a colleague's text arrive.
    func arrive(_ wording: String, by user: RecordID, replica: UInt32 = 9) throws {
        let kind = JointTextKind.problem
        try bench.confirm(
            [
                RecordDraft(
                    "text", id: kind.id(of: job),
                    kind.fields(order: job).merging(["text": .text(wording), "authors": .list([.reference(user)])]) { $1 })
            ], replica: replica)
    }

    @Test("a text that is written as it was read changes nothing, however it ends", arguments: ["A", "A\n", "A\n\n", "A\nB\n\n\n", "\n"])
    func unchanged(_ wording: String) throws {
        try arrive(wording, by: bench.world.ben)
        #expect(try bench.client.reword(.problem, of: job) { $0 }.set == nil)
    }

    @Test("the problem is shown, is changed by parts, and why tells who wrote which")
    func parts() throws {
        try arrive("Pump leaks.", by: bench.world.ben)
        #expect(try bench.client.job(job).problem == "Pump leaks.")
        let recorded = try bench.client.reword(.problem, of: job) { $0.replacing("Pump", with: "Pump 3") }
        #expect(recorded.set != nil)
        #expect(try bench.client.job(job).problem == "Pump 3 leaks.")
        let order = try bench.client.schema.entity("service_order")
        let why = try bench.client.why(order, job, "problem")
        #expect(why.rule == .text)
        #expect(why.parts.map(\.text) == ["Pump ", "3 ", "leaks."])
        #expect(why.parts.map(\.by) == ["Ben Okoye", "Ana Torres", "Ben Okoye"])
        #expect(why.parts.map(\.isShown) == [true, true, true])
        #expect(why.pending.map(\.value) == ["3 "])
    }

    @Test("an earlier wording that this device has shown can be written again, as a new change")
    func restored() throws {
        try arrive("Pump leaks.", by: bench.world.ben)
        #expect(throws: DeviceProblem.self) { try bench.client.restoreWording(.problem, of: job) }
        _ = try bench.client.reword(.problem, of: job) { _ in "Pump leaks at the gland." }
        _ = try bench.client.reword(.problem, of: job) { _ in "Nothing leaks." }
        #expect(try bench.client.formerWordings(.problem, of: job).map(\.wording) == ["Pump leaks at the gland.", "Pump leaks."])
        let recorded = try bench.client.restoreWording(.problem, of: job, number: 2)
        #expect(recorded.set != nil)
        #expect(try bench.client.job(job).problem == "Pump leaks.")
        #expect(try bench.client.formerWordings(.problem, of: job).map(\.wording) == ["Nothing leaks.", "Pump leaks at the gland."])
        #expect(throws: DeviceProblem.self) { try bench.client.restoreWording(.problem, of: job, number: 9) }
        _ = try bench.client.reword(.problem, of: job) { _ in "" }
        #expect(try bench.client.formerWordings(.problem, of: job).map(\.wording).first == "Pump leaks.", "also when nothing stands any more")
    }

    @Test("the heading says what the text is of, and the history who wrote what when")
    func told() throws {
        try arrive("Pump leaks.", by: bench.world.ben)
        _ = try bench.client.reword(.problem, of: job) { $0 + " Gland too." }
        let order = try bench.client.schema.entity("service_order")
        #expect(try bench.client.why(order, job, "problem").heading == "Service order 2026-0042 · problem")
        let lines = try bench.client.job(job).history.filter { $0.kind == "text" }
        #expect(lines.map(\.text) == ["problem: “Pump leaks.”", "problem: “ Gland too.”"])
        #expect(lines.map(\.fact.by) == ["Ben Okoye", "Ana Torres"])
    }

    @Test(
        "what two wrote where nothing stood stands in lines of its own, and reads the same for both",
        arguments: ["The seal leaks.", "The seal leaks.\n"])
    func linesOfTheirOwn(wording: String) throws {
        _ = try bench.client.reword(.problem, of: job) { _ in wording }
        #expect(try bench.client.job(job).problem == "The seal leaks.")
        #expect(try bench.client.reword(.problem, of: job) { $0 }.set == nil)
        try arrive("The pump is loud.\n", by: bench.world.ben)
        let problem = try #require(try bench.client.job(job).problem)
        #expect(problem.split(separator: "\n").sorted() == ["The pump is loud.", "The seal leaks."])
        _ = try bench.client.reword(.problem, of: job) { $0 + "\nBoth mended." }
        #expect(try bench.client.job(job).problem == problem + "\nBoth mended.")
        let order = try bench.client.schema.entity("service_order")
        #expect(try bench.client.why(order, job, "problem").parts.allSatisfy { !$0.text.hasSuffix("\n") })
    }

    @Test("a wording that changes nothing records nothing")
    func same() throws {
        try arrive("Pump leaks.", by: bench.world.ben)
        #expect(try bench.client.reword(.problem, of: job) { $0 }.set == nil)
        #expect(try bench.client.read { try $0.outbox() }.isEmpty)
    }

    @Test("notes on a task are the task's own, and stay readable when it is deleted")
    func notes() throws {
        _ = try bench.client.reword(.notes, of: job, task: bench.world.task1) { _ in "Torque 12 Nm" }
        #expect(try bench.client.job(job).taskNotes.map(\.text) == ["Torque 12 Nm"])
        #expect(try bench.client.job(job).taskNotes.first?.title != nil)
        #expect(try bench.client.job(job).problem == nil)
        _ = try bench.client.deleteTask(bench.world.task1)
        let left = try #require(try bench.client.job(job).taskNotes.first)
        #expect(left.title == nil && left.text == "Torque 12 Nm")
    }

    @Test("a text that would be too long is refused with what to do")
    func full() throws {
        let problem = #expect(throws: DeviceProblem.self) {
            try bench.client.reword(.problem, of: job) { _ in String(repeating: "é", count: 40_000) }
        }
        #expect(problem?.isRefusal == true)
        #expect(problem?.next.contains("note") == true)
    }

    @Test("a text belongs to a job that is there")
    func unknown() throws {
        #expect(throws: DeviceProblem.self) { try bench.client.reword(.problem, of: World.id(999)) { _ in "x" } }
    }
}
