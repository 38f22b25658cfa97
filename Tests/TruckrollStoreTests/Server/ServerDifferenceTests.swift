import PostgresCluster
import Testing
import TruckrollCore
import TruckrollDomain
import TruckrollStoreMemory
import TruckrollStoreSQL
import TruckrollStoreSQLite
import TruckrollSync

@Suite("The server's stores")
struct ServerDifferenceTests {
    @Test("give the same answers after any writes, undone or not", arguments: UInt64(1)...6)
    func differences(seed: UInt64) throws {
        let schema = try ServerPicture.schema
        try Self.compare(try SQLiteServerStore(path: "", schema: schema, inMemory: true), seed: seed, rounds: 60)
    }

    @Test(
        "give the same answers after any writes, undone or not: PostgreSQL",
        .enabled(if: PostgresCluster.isAvailable, "PostgreSQL is not installed"), arguments: UInt64(1)...3)
    func postgresDifferences(seed: UInt64) throws {
        try Self.compare(try PostgresCluster.store("pictures", try ServerPicture.schema), seed: seed, rounds: 30, undoingRefused: true)
    }

    /// - Parameter undoingRefused: for a database whose transactions do not go on after a refused write unless that is undone.
    private static func compare(_ database: any ServerStore, seed: UInt64, rounds: Int, undoingRefused: Bool = false) throws {
        var random = SplitMix(seed: seed)
        let memory = try MemoryServerStore(schema: ServerPicture.schema)
        let make = try Self.writes()
        let runner = RandomWrites<any ServerTransaction>.Runner(code: Self.code) { try $0.savepoint($1) }
        for round in 1...rounds {
            let writes = RandomWrites<any ServerTransaction>.some(&random) { random in
                let write = make(&random)
                return undoingRefused ? { transaction in try transaction.savepoint { try write(transaction) } } : write
            }
            let fails = random.chance(15)
            let results = [database, memory].map { store in
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
            let picture = try memory.read { try ServerPicture($0) }
            let differing = try database.read { try ServerPicture($0) }.differences(picture)
            try #require(differing == [], "seed \(seed), round \(round)")
        }
    }

    private static func code(_ error: any Error) -> String {
        (error as? StoreProblem)?.code ?? (error as? MemoryStoreProblem)?.code ?? "\(error)"
    }

    private static func writes() throws -> (inout SplitMix) -> (any ServerTransaction) throws -> Void {
        let thing = try ServerPicture.schema.entity("thing")
        return { random in
            let (scope, other, key) = (random.one(ServerPicture.scopes), random.one(ServerPicture.scopes), random.one(ServerPicture.keys))
            let (position, later, replica) = (random.position(), random.position(), random.one(ServerPicture.replicas))
            let number = random.number(1...9)
            switch random.number(0...12) {
            case 0:
                var tenant = Make.tenant
                tenant.head = position
                if random.chance(20) { tenant.tenant = TenantID(high: 5, low: 5) }
                return { [tenant] in try $0.save(tenant) }
            case 1:
                let row = EpochRow(epoch: Epoch(rawValue: number), start: position, history: Make.history(1), parent: nil, reason: "")
                return { try $0.insert(row) }
            case 2:
                var row = Make.replica(replica.rawValue, device: number % 3)
                row.lastSequence = random.chance(10) ? .max : number
                return { [row] in try $0.save(row) }
            case 3:
                let origin = Origin(writeID: WriteID(replica: replica, sequence: number), hash: Make.hash(1))
                let set = Make.admitted(
                    position.rawValue, Make.write(random.one([2, 3]), random.number(0...9)),
                    cause: random.chance(50) ? random.one(["a", "b", "é", "e\u{301}", "\0"]) : nil,
                    origin: random.chance(50) ? origin : nil, outcome: random.one(Outcome.allCases))
                return { try $0.insert(set) }
            case 4, 5:
                var record = Make.stored(key, "\(number)", scopes: [scope, other])
                record.isDeleted = random.chance(20)
                let columns = random.columns()
                return { [record] in try $0.save(record, entity: number == 1 ? nil : thing, columns: columns) }
            case 6, 7:
                let row = ScopeLogRow(scope: scope, key: key, position: position, entered: later, isLive: random.chance(70))
                return { try $0.save(row) }
            case 8:
                let digest = ScopeDigest(count: random.chance(10) ? .max : number, sum: UInt128(number))
                return { try $0.save(digest, of: scope) }
            case 9:
                let row = EdgeRow(
                    edge: Edge(parent: scope, child: other, windowAround: random.instant(), scopeClass: random.scopeClass()), source: key,
                    from: random.instant(),
                    until: random.instant(), isActive: random.chance(50))
                let isDeletion = random.chance(30)
                return { if isDeletion { try $0.delete(row) } else { try $0.save(row) } }
            case 10:
                let row = ViewScopeRow(
                    replica: replica, scope: scope, weight: Int(random.number(0...3)) - (random.chance(5) ? 4 : 0), added: position,
                    dropped: random.chance(50) ? later : nil, scopeClass: random.scopeClass(), classed: random.chance(50) ? later : nil)
                return { try $0.save(row) }
            case 11:
                let row = Make.snapshot(
                    scope.name, at: position, (0..<random.number(0...3)).map { _ in UInt8(random.number(1...4)) })
                let isDeletion = random.chance(30)
                return { if isDeletion { try $0.deleteSnapshot(of: scope, at: position) } else { try $0.save(row) } }
            default:
                let isDeletion = random.chance(30)
                return {
                    if isDeletion { return try $0.deleteInterval(of: replica, scope, added: position) }
                    try $0.saveInterval(of: replica, scope, added: position, dropped: later)
                }
            }
        }
    }
}
