import Testing
import TruckrollClient
import TruckrollCore
import TruckrollDomain
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

    @Test("a set that was there a minute before the last sync, and waits all the same, is shown as held up")
    func heldUp() throws {
        let bench = try Bench()
        _ = try bench.client.addNote("Gate is open", to: bench.world.order)
        let made = try #require(try bench.client.read { try $0.outbox() }.first).madeAt
        for (lastSync, stuck) in [(made - 1, 0), (made + 59_000, 0), (made + 61_000, 1)] {
            try bench.client.engine.store.write {
                var state = try $0.state()
                state.lastSync = lastSync
                var own = try #require(try $0.outbox().first)
                own.isSent = true
                try $0.update(own)
                try $0.save(state)
            }
            #expect(try bench.client.standing().stuck == stuck)
        }
    }

    @Test("an attachment that is named before its bytes come is shown, as not here")
    func placeholder() throws {
        let bench = try Bench()
        try bench.client.commit("attach") { editor in
            try editor.create(
                "attachment",
                [
                    "order": .reference(bench.world.order), "sha256": .bytes([UInt8](repeating: 7, count: 32)), "media_type": .text("image/jpeg"),
                    "size": .integer(1000), "taken_at": .text(editor.now.description), "by": .reference(editor.user),
                ])
        }
        let files = try bench.client.job(bench.world.order).attachments
        #expect(files.map(\.isHere) == [false] && files.map(\.isUploaded) == [false])
    }
}
