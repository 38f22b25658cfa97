import Foundation
import Testing
import TruckrollCore
import TruckrollDomain
import TruckrollProtocol
import TruckrollStoreMemory
import TruckrollSync

/// A company whose server's database can be put back to an older copy.
@Suite("A history that was lost")
struct LostHistoryTests {
    @Test("a copy put back by hand is found out by the first device that is ahead of it; old stamps hold again")
    func byHand() throws {
        let company = try Company(store: { MemoryServerStore(schema: $0) })
        let world = company.world
        let store = try #require(world.server.store as? MemoryServerStore)
        let backup = store.copy()
        let epoch = try store.read { try $0.tenant()?.epoch }
        try company.event(company.anna, .accept, .travel)
        try world.sync(company.anna)
        let before = try #require(try company.anna.engine.read { try $0.journal(limit: 1) }.first?.receipt)
        store.restore(from: backup)
        #expect(try company.state() == "dispatched")

        try world.sync(company.anna)
        #expect(try store.read { try $0.tenant()?.epoch } != epoch)
        #expect(try company.state() == "en_route")
        let after = try #require(try company.anna.engine.read { try $0.journal(limit: 1) }.first?.receipt)
        #expect(after.stamp == before.stamp)
        #expect(after.epoch != before.epoch)
        #expect(try world.audit(company.anna).isEmpty)
    }

    @Test("a wrong checkpoint without the server's own MAC concerns its device alone")
    func forgedCheckpoint() throws {
        let company = try Company()
        let epoch = try company.world.server.store.read { try $0.tenant()?.epoch }
        try company.anna.engine.store.write { transaction in
            var state = try transaction.state()
            let checkpoint = try #require(state.checkpoint)
            state.checkpoint = Checkpoint(
                epoch: checkpoint.epoch, position: Position(rawValue: checkpoint.position.rawValue + 100), historyPrefix: checkpoint.historyPrefix,
                viewVersion: checkpoint.viewVersion)
            try transaction.save(state)
        }
        try company.world.sync(company.anna)
        #expect(try company.world.server.store.read { try $0.tenant()?.epoch } == epoch)
        #expect(try company.world.audit(company.anna).isEmpty)
    }
}
