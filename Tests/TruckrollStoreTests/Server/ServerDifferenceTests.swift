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

    @Test("give the same answers in batches, within a transaction and after it", arguments: UInt64(1)...8, [false, true])
    func batches(seed: UInt64, looksUpTogether: Bool) throws {
        let store = try MemoryServerStore(schema: ServerPicture.schema)
        store.looksUpTogether = looksUpTogether
        try Self.compare(BatchStore(over: store), seed: seed, rounds: 60, isSound: true)
    }

    @Test(
        "give the same answers in batches: PostgreSQL", .enabled(if: PostgresCluster.isAvailable, "PostgreSQL is not installed"),
        arguments: UInt64(11)...13)
    func postgresBatches(seed: UInt64) throws {
        let store = try PostgresCluster.store("batched", try ServerPicture.schema)
        try Self.compare(BatchStore(over: store), seed: seed, rounds: 20, isSound: true)
    }

    @Test(
        "give the same answers after any writes, undone or not: PostgreSQL",
        .enabled(if: PostgresCluster.isAvailable, "PostgreSQL is not installed"), arguments: UInt64(1)...3)
    func postgresDifferences(seed: UInt64) throws {
        try Self.compare(try PostgresCluster.store("pictures", try ServerPicture.schema), seed: seed, rounds: 30, undoingRefused: true)
    }

    /// - Parameters:
    ///   - undoingRefused: for a database whose transactions do not go on after a refused write unless that is undone.
    ///   - isSound: whether nothing is written that a store refuses: what is written later is refused later, or never where it is undone before.
    private static func compare(_ database: any ServerStore, seed: UInt64, rounds: Int, undoingRefused: Bool = false, isSound: Bool = false) throws {
        var random = SplitMix(seed: seed)
        let memory = try MemoryServerStore(schema: ServerPicture.schema)
        let make = try Self.writes(isSound: isSound)
        let runner = RandomWrites<any ServerTransaction>.Runner(code: Self.code) { try $0.savepoint($1) }
        for round in 1...rounds {
            let writes = RandomWrites<any ServerTransaction>.some(&random) { random in
                let write = make(&random)
                return undoingRefused ? { transaction in try transaction.savepoint { try write(transaction) } } : write
            }
            let (fails, looksWithin) = (random.chance(15), random.chance(50))
            let keys = Self.likelyKeys(&random)
            var pictures: [ServerPicture] = []
            let results = [database, memory].map { store in
                var codes: [String] = []
                do {
                    try store.write(reading: { keys }) { transaction in
                        codes = []
                        for write in writes { write.run(transaction, &codes, runner) }
                        if looksWithin, codes.isEmpty { pictures.append(try ServerPicture(transaction)) }
                        if fails { throw Interruption() }
                    }
                } catch { codes.append("rolled back") }
                return codes
            }
            #expect(results[0] == results[1], "seed \(seed), round \(round)")
            // Edges that come due within a second may wait for the next transaction.
            if pictures.count == 2 {
                #expect(pictures[0].differences(pictures[1]).filter { !$0.hasPrefix("due ") } == [], "seed \(seed), round \(round)")
            }
            let picture = try memory.read { try ServerPicture($0) }
            let differing = try database.read { try ServerPicture($0) }.differences(picture)
            try #require(differing == [], "seed \(seed), round \(round)")
        }
    }

    private static func isTaken(_ set: AdmittedSet, _ transaction: any ServerTransaction) throws -> Bool {
        try transaction.admitted(set.set.writeID) != nil || transaction.admitted(at: set.position) != nil
            || set.cause.map { try transaction.admitted(cause: $0) != nil } ?? false
    }

    private static func likelyKeys(_ random: inout SplitMix) -> ServerRowKeys {
        var keys = ServerRowKeys()
        guard random.chance(70) else { return keys }
        keys.replicas = Set(ServerPicture.replicas.filter { _ in random.chance(50) })
        keys.records = Set(ServerPicture.keys.filter { _ in random.chance(50) })
        keys.digests = Set(ServerPicture.scopes.filter { _ in random.chance(50) })
        keys.scopeRows = Set(
            ServerPicture.scopes.flatMap { scope in ServerPicture.keys.map { ScopeRowKey(scope, $0) } }.filter { _ in random.chance(50) })
        keys.sets = [Make.write(2, random.number(1...9))]
        keys.causes = ["a"]
        keys.recordsOf = [random.one(ServerPicture.replicas): keys.records]
        return keys
    }

    /// What a read within the transaction has found, told as an error is.
    private struct Seen: Error, CustomStringConvertible {
        let description: String
        init(_ found: some Any) { description = "\(found)" }
    }

    /// Rows that are read are kept, so that what is read later could be out of date.
    private static func read(_ random: inout SplitMix) -> (any ServerTransaction) throws -> Void {
        let (scope, key, replica, position) = (
            random.one(ServerPicture.scopes), random.one(ServerPicture.keys), random.one(ServerPicture.replicas), random.position()
        )
        let (id, device) = (Make.write(random.one([2, 3]), random.number(0...9)), Make.device(random.number(0...2)))
        switch random.number(0...9) {
        case 0: return { throw Seen(try $0.record(key)?.hash as Any) }
        case 1: return { throw Seen(try $0.scopeRow(scope, key) as Any) }
        case 2: return { throw Seen(try $0.digest(of: scope)) }
        case 3: return { throw Seen(try $0.viewScope(replica, scope) as Any) }
        case 4: return { throw Seen(try $0.replicas(of: device)) }
        case 5: return { throw Seen(try $0.admitted(id)?.position as Any) }
        case 6: return { throw Seen(try $0.admitted(at: position)?.set.writeID as Any) }
        case 7: return { throw Seen(try $0.wasInView(replica, scope, at: position)) }
        case 8: return { throw Seen(try $0.epochs()) }
        default: return { throw Seen(try $0.admitted(cause: "a")?.set.writeID as Any) }
        }
    }

    private static func code(_ error: any Error) -> String {
        (error as? StoreProblem)?.code ?? (error as? MemoryStoreProblem)?.code ?? "\(error)"
    }

    private static func writes(isSound: Bool) throws -> (inout SplitMix) -> (any ServerTransaction) throws -> Void {
        let thing = try ServerPicture.schema.entity("thing")
        return { random in
            let (scope, other, key) = (random.one(ServerPicture.scopes), random.one(ServerPicture.scopes), random.one(ServerPicture.keys))
            let (position, then, replica) = (random.position(), random.position(), random.one(ServerPicture.replicas))
            let later = isSound ? max(position, then) : then
            let number = random.number(1...9)
            switch random.number(0...16) {
            case 13...: return read(&random)
            case 0:
                var tenant = Make.tenant
                tenant.head = position
                if !isSound, random.chance(20) { tenant.tenant = TenantID(high: 5, low: 5) }
                return { [tenant] in try $0.save(tenant) }
            case 1:
                let row = EpochRow(epoch: Epoch(rawValue: number), start: position, history: Make.history(1), parent: nil, reason: "")
                return { if try !isSound || !$0.epochs().contains(where: { $0.epoch == row.epoch }) { try $0.insert(row) } }
            case 2:
                var row = Make.replica(replica.rawValue, device: number % 3)
                row.lastSequence = !isSound && random.chance(10) ? .max : number
                return { [row] in try $0.save(row) }
            case 3:
                let origin = Origin(writeID: WriteID(replica: replica, sequence: number), hash: Make.hash(1))
                let set = Make.admitted(
                    isSound ? max(1, position.rawValue) : position.rawValue, Make.write(random.one([2, 3]), random.number((isSound ? 1 : 0)...9)),
                    cause: random.chance(50) ? random.one(["a", "b", "é", "e\u{301}"] + (isSound ? [] : ["\0"])) : nil,
                    origin: random.chance(50) ? origin : nil, outcome: random.one(Outcome.allCases))
                return { if try !isSound || !Self.isTaken(set, $0) { try $0.insert(set) } }
            case 4, 5:
                var record = Make.stored(key, "\(number)", scopes: [scope, other])
                record.isDeleted = random.chance(20)
                let columns = random.columns(isSound: isSound)
                return { [record] in try $0.save(record, entity: number == 1 ? nil : thing, columns: columns) }
            case 6, 7:
                let row = ScopeLogRow(scope: scope, key: key, position: position, entered: later, isLive: random.chance(70))
                return { try $0.save(row) }
            case 8:
                let digest = ScopeDigest(count: !isSound && random.chance(10) ? .max : number, sum: UInt128(number))
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
                    replica: replica, scope: scope, weight: Int(random.number(0...3)) - (!isSound && random.chance(5) ? 4 : 0), added: position,
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
