import Testing
import TruckrollSimulation

@Suite("Simulation")
struct SimulationTests {
    private static let world = Result { try StartingWorld(devices: 5) }

    @Test("seeds break no promise", arguments: 1...6)
    func seeds(seed: UInt64) throws {
        let run = SeedRun.play(SimulationOptions(seed: seed, hours: 4), try Self.world.get())
        #expect(run.violation == nil)
        #expect(run.met.setsCommitted > 50)
    }

    @Test("a seed plays the same again, to the byte")
    func same() throws {
        let options = SimulationOptions(seed: 7, hours: 3, realSignatures: false)
        let first = SeedRun.play(options, try Self.world.get(), picturing: true)
        let second = SeedRun.play(options, try Self.world.get(), picturing: true)
        #expect(first.picture == second.picture)
        #expect(!first.picture.isEmpty)
        #expect(first.met == second.met)
    }

    @Test("the least is left: a list shrinks to the steps without which it does not fail")
    func shrinks() {
        let steps = (0..<200).map { Step(pause: 0, device: $0 % 5, action: $0 == 40 ? .backup : $0 == 150 ? .restoreServer : .tick) }
        var shrinker = Shrinker { steps in
            guard let backup = steps.firstIndex(where: { $0.action == .backup }) else { return false }
            return steps.dropFirst(backup).contains { $0.action == .restoreServer }
        }
        #expect(shrinker.shrink(steps).map(\.action) == [.backup, .restoreServer])
    }

    @Test("two steps go that only go together, and two devices become one that only together can")
    func shrinksTogether() {
        let steps: [(Int, Step.Action)] = [(0, .tick), (2, .audit), (1, .tick), (2, .collect), (0, .backup)]
        var shrinker = Shrinker { steps in
            let device = { (action: Step.Action) in steps.first { $0.action == action }?.device }
            guard let audited = device(.audit), device(.backup) != nil else { return false }
            return audited == device(.collect) && steps.count { $0.action == .tick }.isMultiple(of: 2)
        }
        let least = shrinker.shrink(steps.map { Step(pause: 0, device: $0, action: $1) })
        #expect(least.map(\.action) == [.audit, .collect, .backup])
        #expect(Set(least.map(\.device)).count == 1)
    }

    @Test("lists of steps that seeds have failed on before hold", arguments: Regression.all)
    func regressions(regression: Regression) throws {
        let options = SimulationOptions(seed: 1, realSignatures: regression.realSignatures)
        #expect(SeedRun.play(options, try Self.world.get(), steps: regression.steps).violation == nil)
    }

    @Test("where no history is lost and no store is damaged, views come by snapshots and nothing has to be repaired", arguments: [1010, 1026, 1045])
    func snapshots(seed: UInt64) throws {
        let faults: Set<Fault> = [.network, .crash, .clock, .enrolment, .upgrade, .absence]
        let run = SeedRun.play(SimulationOptions(seed: seed, hours: 4, faults: faults), try Self.world.get())
        #expect(run.violation == nil)
        #expect(run.met.snapshotsTaken > 0)
        #expect(run.met.repairs == 0)
    }

    @Test("without faults nothing is repaired, given back or kept out")
    func calm() throws {
        let run = SeedRun.play(SimulationOptions(seed: 3, hours: 4, faults: []), try Self.world.get())
        #expect(run.violation == nil)
        #expect(run.met.repairs == 0)
        #expect(run.met.restoresWithDevicesAhead == 0)
        #expect(run.met.forksFound == 0)
        #expect(run.met.quarantined == 0)
    }
}
