import Foundation
import Testing
import TruckrollCore
import TruckrollDomain
import TruckrollProtocol
import TruckrollStoreMemory
import TruckrollSync

/// A server whose clock is a day off for a while.
@Suite("The server's clock")
struct ServerClockTests {
    @Test("a jump by a day, and back, moves no order and loses nothing: positions rise, views are as they were", arguments: [1, -1])
    func jumps(_ direction: Int64) throws {
        let (company, store) = try Company.inMemory()
        let world = company.world
        let devices = [company.anna, company.ben, company.dora]
        for device in devices { try world.sync(device) }
        let scopes = try devices.map { device in try device.engine.read { try $0.scopes() } }
        var facts: [RecordID] = []
        func day() throws {
            facts.append(try company.note(by: company.anna))
            try company.event(company.anna, facts.count == 1 ? .accept : facts.count == 2 ? .travel : .arrive)
            for device in devices {
                try world.signIn(device)
                try world.sync(device)
            }
        }
        try day()
        world.milliseconds += direction * 86_400_000
        _ = try world.server.tick(at: world.moment)
        try day()
        #expect(try company.state() == "en_route")
        world.milliseconds -= direction * 86_400_000
        _ = try world.server.tick(at: world.moment)
        try day()
        #expect(try company.state() == "on_site")
        #expect(try Set(world.serverRecords("note").map(\.id)).isSuperset(of: facts))
        let log = try store.read { try $0.admitted(after: .start, limit: 10_000) }
        #expect(log.map(\.position.rawValue) == (1...UInt64(log.count)).map { $0 })
        #expect(zip(log, log.dropFirst()).contains { $0.admittedAt > $1.admittedAt }, "the time of the wall stands beside each position")
        for (device, held) in zip(devices, scopes) {
            #expect(try device.engine.read { try $0.scopes() } == held)
            #expect(try world.audit(device).isEmpty)
        }
    }

    @Test("what was written while it was ahead is written over by whoever has seen it, and stamps rise all the same")
    func stampsRise() throws {
        let (company, _) = try Company.inMemory()
        let world = company.world
        let second = try world.device("second desk", user: company.dora.user)
        try world.sync(company.dora)
        func title(_ device: World.Device, _ text: String) throws -> Stamp {
            try world.commit(device) { try $0.patch("service_order", company.order, ["title": .text(text)]) }
            try world.sync(device)
            return try #require(try device.engine.read { try $0.journal(limit: 1) }.first?.receipt?.stamp)
        }
        world.milliseconds += 86_400_000
        let ahead = try title(company.dora, "ahead")
        try world.sync(second)
        world.milliseconds -= 86_400_000
        let after = try title(second, "right again")
        #expect(after > ahead)
        #expect(try world.serverValue("service_order", company.order, "title") == .text("right again"))
    }
}
