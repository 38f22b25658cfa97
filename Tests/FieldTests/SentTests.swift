import Testing
import TruckrollClient
import TruckrollStoreSQLite
import TruckrollSync

@Suite("What counts as sent")
struct SentTests {
    @Test("a set that found no server is on this device, and was not sent")
    func unsent() async throws {
        let bench = try Bench()
        _ = try bench.client.addNote("Gate is open", to: bench.world.order)
        var identity = try #require(try bench.client.read { try $0.identity() })
        // Nothing listens there.
        identity.serverURL = "http://127.0.0.1:1"
        let moved = identity
        try bench.client.engine.store.write { try $0.save(moved) }
        try bench.client.close()

        let device = try DeviceClient(directory: bench.directory)
        await #expect(throws: TransportProblem.self) { try await device.sync() }
        let standing = try device.standing()
        #expect(standing.onDevice == 1 && standing.sent == 0)
        #expect(try device.job(bench.world.order).notes.map(\.fact.place) == [.onDevice])
        try device.close()
    }
}
