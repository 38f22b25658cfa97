import Testing
import TruckrollCore
import TruckrollDomain
import TruckrollStoreMemory
import TruckrollStoreSQL
import TruckrollStoreSQLite
import TruckrollSync

@Suite("The device's two stores")
struct DeviceDifferenceTests {
    @Test("give the same answers after any writes, undone or not", arguments: UInt64(1)...4)
    func differences(seed: UInt64) throws {
        var random = SplitMix(seed: seed)
        let folder = try TemporaryFolder()
        let file = try SQLiteDeviceStore(path: folder.file("device.sqlite"), schema: ServerPicture.schema)
        let memory = try MemoryDeviceStore(schema: ServerPicture.schema)
        let make = try Self.writes()
        let runner = RandomWrites<any DeviceTransaction>.Runner(code: Self.code) { try $1() }
        for round in 1...60 {
            let writes = (0...random.number(0...9)).map { _ in RandomWrites<any DeviceTransaction>.write(make(&random)) }
            let fails = random.chance(30)
            let results = [file as any DeviceStore, memory].map { store in
                var codes: [String] = []
                do {
                    try store.write { transaction in
                        for write in writes { write.run(transaction, &codes, runner) }
                        if fails { throw Interruption() }
                    }
                } catch { codes.append("rolled back") }
                return codes
            }
            #expect(results[0] == results[1], "seed \(seed), round \(round)")
            let picture = try memory.read { try DevicePicture($0) }
            let differing = try file.read { try DevicePicture($0) }.differences(picture)
            try #require(differing == [], "seed \(seed), round \(round)")
        }
        try file.close()
    }

    private static func code(_ error: any Error) -> String {
        (error as? StoreProblem)?.code ?? (error as? MemoryStoreProblem)?.code ?? "\(error)"
    }

    private static func writes() throws -> (inout SplitMix) -> (any DeviceTransaction) throws -> Void {
        let thing = try ServerPicture.schema.entity("thing")
        return { random in
            let (scope, key, number) = (random.one(ServerPicture.scopes), random.one(ServerPicture.keys), random.number(1...5))
            switch random.number(0...9) {
            case 0:
                var state = DeviceState()
                state.lastSequence = random.chance(10) ? .max : number
                state.lastStamp = random.chance(50) ? Make.stamp(number) : nil
                if random.chance(50) {
                    state.checkpoint = Checkpoint(epoch: Epoch(rawValue: number), position: random.position(), historyPrefix: [], viewVersion: 1)
                }
                return { [state] in try $0.save(state) }
            case 1, 2:
                let outcome = random.chance(60) ? random.one(Outcome.allCases) : nil
                let own = Make.own(Make.write(random.one([2, 3]), random.number(0...5)), answered: outcome, resolved: random.chance(50))
                let isNew = random.chance(50)
                return { if isNew { try $0.append(own) } else { try $0.update(own) } }
            case 3, 4:
                let record = Make.record(key, "\(number)")
                let scopes =
                    ServerPicture.asciiScopes.shuffled(using: &random).prefix(Int(random.number(0...3)))
                    + ServerPicture.asciiScopes.prefix(Int(number % 3))
                return { try $0.save(ConfirmedRecord(record: record, hash: RecordHash(record), scopes: Array(scopes))) }
            case 5: return { try $0.deleteConfirmed(key) }
            case 6:
                let digest = ScopeDigest(count: random.chance(10) ? .max : number, sum: UInt128(number))
                let isDeletion = random.chance(30)
                return { if isDeletion { try $0.deleteScope(scope) } else { try $0.save(digest, of: scope) } }
            case 7:
                let isDeletion = random.chance(30)
                return { if isDeletion { try $0.deleteOverlay(key) } else { try $0.save(overlay: Make.record(key, "\(number)")) } }
            case 8:
                let columns = random.columns()
                return { try $0.saveColumns(key, entity: thing, columns: columns) }
            default:
                let attachment = LocalAttachment(
                    sha256: [UInt8](repeating: UInt8(number % 3), count: random.chance(10) ? 31 : 32),
                    mediaType: random.one(["", "image/png", "\0"]),
                    size: Int(number) - 1, isStored: random.chance(50))
                return { try $0.save(attachment) }
            }
        }
    }
}
