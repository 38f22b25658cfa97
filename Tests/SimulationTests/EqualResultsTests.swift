import PostgresCluster
import Testing
import TruckrollDomain
import TruckrollSimulation
import TruckrollStorePostgres
import TruckrollStoreSQLite
import TruckrollSync

/// Whole days of requests, as devices made them, answered by the engine over two stores.
@Suite("One day over several stores")
struct EqualResultsTests {
    private static let world = Result { try StartingWorld(devices: 4) }

    private func compare(_ store: any ServerStore, seed: UInt64, hours: Int) throws {
        let world = try Self.world.get()
        let faults: Set<Fault> = [.network, .clock, .copies, .enrolment, .absence, .damage, .hostile]
        let options = SimulationOptions(seed: seed, devices: 4, hours: hours, faults: faults)
        var generator = StepGenerator(options: options)
        let witness = try #require(try Simulation(options, world: world).run(generator.steps(), witnessedBy: store, world))
        #expect(witness.differences.prefix(5) == [])
        #expect(witness.questions > 75)
    }

    @Test("gives the same answers, rulings, positions and digests on SQLite", arguments: UInt64(1)...3)
    func sqlite(seed: UInt64) throws {
        try compare(try SQLiteServerStore(path: "", schema: try Schema.load(), inMemory: true), seed: seed, hours: 8)
    }

    @Test(
        "gives the same answers, rulings, positions and digests on PostgreSQL",
        .enabled(if: PostgresCluster.isAvailable, "PostgreSQL is not installed"), arguments: UInt64(1)...2)
    func postgres(seed: UInt64) throws { try compare(try PostgresCluster.store("days", try Schema.load()), seed: seed, hours: 8) }
}
