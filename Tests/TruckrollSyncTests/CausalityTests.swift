import Testing
import TruckrollCore
import TruckrollDomain
import TruckrollProtocol
import TruckrollSync

/// Two technicians who answer each other, and devices that come to see it (Protocol/consistency.md, C7).
@Suite("Cause and effect")
struct CausalityTests {
    /// The chain's notes that the device shows, in its order.
    private func shown(_ chain: [RecordID], on device: World.Device) throws -> [RecordID] {
        let ids = Set(try device.engine.read { try $0.views("note") }.map(\.id))
        return chain.filter(ids.contains)
    }

    @Test("nobody sees an answer without what it answers, while a view comes in parts and while news come one by one", arguments: [1, 2, 5])
    func chain(records: Int) throws {
        let company = try Company(partSize: PartSize(records: records))
        let (world, anna, ben, dora) = (company.world, company.anna, company.ben, company.dora)
        try company.assign(company.benUser)
        for device in [ben, anna, dora] { try world.sync(device) }
        world.takesSnapshots = false
        let late = try world.fresh("late", user: company.annaUser)
        var chain: [RecordID] = []
        var seenByParts: [Int] = []
        for round in 0..<30 {
            // Who writes has just read what the other one wrote.
            let author = round % 2 == 0 ? anna : ben
            try world.sync(author)
            #expect(try shown(chain, on: author) == chain)
            chain.append(try company.note(by: author))
            try world.sync(author)
            for device in [late, dora] {
                // Small parts are many: some of them come between two notes.
                let exchanges = device.name == late.name ? max(1, 4 / records) : round % 4 == 0 ? 1 : 0
                for _ in 0..<exchanges { _ = try world.exchange(device) }
                let notes = try shown(chain, on: device)
                #expect(notes == Array(chain.prefix(notes.count)), "round \(round): \(device.name) sees an answer and not what it answers")
                if device.name == late.name { seenByParts.append(notes.count) }
            }
        }
        #expect(seenByParts.first == 0 && Set(seenByParts).count > 3, "the view came while the chain grew")
        for device in [anna, ben, dora, late] {
            try world.sync(device)
            #expect(try shown(chain, on: device) == chain)
            #expect(try world.audit(device).isEmpty)
        }
    }
}
