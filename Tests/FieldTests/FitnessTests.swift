import CommandSupport
import Testing
import TruckrollClient
import TruckrollCore
import TruckrollDomain
import TruckrollSync

@Suite("Whether an asset may be relied on")
struct FitnessTests {
    private func refusal(_ body: () throws -> Recorded) -> DeviceProblem? {
        do { _ = try body() } catch { return error as? DeviceProblem }
        return nil
    }

    private func fitness(_ bench: Bench) throws -> String? { try bench.client.asset(bench.world.asset).fitness }

    @Test(
        "a technician lifts what the server lets a technician lift, and nothing else",
        arguments: [("overdue", true), ("restricted", false), ("quarantined", false), ("condemned", false)])
    func release(from: String, isAllowed: Bool) throws {
        let bench = try Bench(state: .in_progress)
        _ = try bench.client.setFitness(bench.world.asset, from, reason: "seen", order: bench.world.order)
        let problem = refusal { try bench.client.setFitness(bench.world.asset, "in_service", reason: "mended", order: bench.world.order) }
        #expect((problem == nil) == isAllowed)
        if !isAllowed {
            #expect(problem?.code == "role" && problem?.isRefusal == true)
            #expect(problem?.next.contains("quality") == true && problem?.next.contains("dispatcher") == false)
        }
        #expect(try fitness(bench) == (isAllowed ? "in_service" : from))
    }

    @Test("nobody gets round it by writing the field")
    func written() throws {
        let bench = try Bench(state: .in_progress)
        _ = try bench.client.setFitness(bench.world.asset, "condemned", reason: "seen", order: bench.world.order)
        let asset = try bench.client.schema.entity("asset")
        #expect(refusal { try bench.client.write("in_service", to: "fitness", of: asset, bench.world.asset) }?.code == "role")
        #expect(try fitness(bench) == "condemned")
    }

    @Test("the reason is a note on the named job, or on the asset's only one; the same change set holds both")
    func reason() throws {
        let bench = try Bench(state: .in_progress)
        let recorded = try bench.client.setFitness(bench.world.asset, "quarantined", reason: "sensor fails")
        #expect(recorded.notices.contains { $0.contains("2026-0042") })
        let notes = try bench.client.job(bench.world.order).notes
        #expect(notes.map(\.text) == ["GD-101: quarantined. sensor fails"])
        #expect(notes.first?.fact.version.writeID == recorded.set)
    }

    @Test("a reason that has no job is refused and not dropped; a stricter word without one is taken, a milder one is not")
    func nowhere() throws {
        let bench = try Bench(state: .closed)
        let problem = refusal { try bench.client.setFitness(bench.world.otherAsset, "overdue", reason: "late") }
        #expect(problem?.code == "job-missing" && problem?.next.contains("--job") == true)
        #expect(try bench.client.standing().onDevice == 0)
        #expect(try bench.client.setFitness(bench.world.otherAsset, "overdue", reason: nil).set != nil)
        #expect(refusal { try bench.client.setFitness(bench.world.otherAsset, "due", reason: nil) }?.code == "reason-missing")
    }
}
