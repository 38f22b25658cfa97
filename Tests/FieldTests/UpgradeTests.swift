import Foundation
import Testing
import TruckrollClient
import TruckrollCore
import TruckrollDomain
import TruckrollProtocol
import TruckrollStoreSQLite
import TruckrollSync

@Suite("Devices beside newer programs")
struct UpgradeTests {
    @Test(
        "status says who should be updated",
        arguments: [
            (2, Schema.current, "required"), (1, Schema.current + 1, "recommended"), (1, Schema.current, "none"), (1, Schema.current - 1, "server"),
        ])
    func status(oldest: UInt32, schema: UInt32, expected: String) throws {
        let bench = try Bench()
        #expect(try bench.client.standing().upgrade == .none, "nothing is known before the first sign-in")
        let said = SpokenVersions(protocolVersion: 1, schemaVersion: schema, oldestProtocol: oldest)
        try JSONEncoder().encode(said).write(to: bench.directory.appendingPathComponent("server-versions.json"))
        #expect(try bench.client.standing().upgrade.rawValue == expected)
    }

    @Test("an app put back to an older schema refuses its store and leaves it as it is")
    func downgrade() throws {
        let bench = try Bench()
        try bench.client.close()
        let store = bench.directory.appendingPathComponent("device.sqlite")
        let before = try Data(contentsOf: store)
        try Data("\(Schema.current + 1)\n".utf8).write(to: URL(fileURLWithPath: store.path + ".schema"))
        let problem = #expect(throws: DeviceProblem.self) { _ = try DeviceClient(directory: bench.directory) }
        #expect(problem?.code == "store-newer")
        #expect(try Data(contentsOf: store) == before)
    }

    @Test("an order in a state of a newer app is listed with it, and keeps it")
    func unknownState() throws {
        let bench = try Bench()
        let schema = bench.client.schema
        let draft = try #require(bench.world.drafts(state: .dispatched).first { $0.id == bench.world.order })
        let state = try #require(try schema.entity("service_order")["state"])
        let version = Version(
            stamp: Stamp(milliseconds: UInt64(Bench.morning) - 500_000, counter: 0, replica: ReplicaID(rawValue: 1)), sequence: 900)
        let records = try schema.creation(of: draft).map { op in
            let writes = op.writes.map { $0.field == state.id ? FieldWrite(field: $0.field, op: $0.op, value: .text("awaiting_parts")) : $0 }
            return try bench.record(Op(kind: op.kind, key: op.key, writes: writes), version)
        }
        try bench.confirm(records: records, versions: [version])
        let line = try bench.client.job(bench.world.order).line
        #expect(line.state == nil)
        #expect(line.stateWord == "awaiting_parts")
        _ = try bench.client.addNote("Seen", to: bench.world.order)
        #expect(try bench.client.job(bench.world.order).line.stateWord == "awaiting_parts")
    }
}
