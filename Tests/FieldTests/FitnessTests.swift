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
}
