import PostgresCluster
import Testing
import TruckrollCore
import TruckrollDomain
import TruckrollStoreMemory
import TruckrollStoreSQL
import TruckrollStoreSQLite

@testable import TruckrollSync

@Suite("Writes that share a transaction")
struct BatchStoreTests {
    /// What became of each of some writes, in their order.
    private static func outcomes(_ store: BatchStore, _ bodies: [(any ServerTransaction) throws -> Void]) -> [String] {
        var outcomes = [String](repeating: "", count: bodies.count)
        func nest(_ writes: [BatchedWrite]) {
            guard writes.count < bodies.count else { return store.write(writes) }
            let index = writes.count
            do {
                try BatchedWrite.making(reading: { ServerRowKeys() }, bodies[index]) { nest(writes + [$0]) }
                outcomes[index] = "kept"
            } catch {
                outcomes[index] =
                    (error as? EngineProblem)?.code ?? (error as? StoreProblem)?.code ?? (error as? MemoryStoreProblem)?.code ?? "\(error)"
            }
        }
        nest([])
        return outcomes
    }

    private static func stores() throws -> [any ServerStore] {
        let schema = try ServerPicture.schema
        let local: [any ServerStore] = [MemoryServerStore(schema: schema), try SQLiteServerStore(path: "", schema: schema, inMemory: true)]
        return local + (PostgresCluster.isAvailable ? [try PostgresCluster.store("shared", schema)] : [])
    }

    @Test("are undone one by one where they fail, and the others are kept")
    func oneFails() throws {
        for store in try Self.stores() {
            let outcomes = Self.outcomes(
                BatchStore(over: store),
                [
                    { try $0.save(Make.replica(3, device: 1)) },
                    { transaction in
                        try transaction.save(Make.replica(4, device: 1))
                        throw EngineProblem("unfit", "", next: "")
                    },
                    { transaction in
                        // What was undone before it is not there for it.
                        #expect(try transaction.replicas(of: Make.device(1)).map(\.replica.rawValue) == [3])
                        try transaction.save(Make.replica(5, device: 1))
                    },
                ])
            #expect(outcomes == ["kept", "unfit", "kept"])
            #expect(try store.read { try $0.replicas() }.map(\.replica.rawValue) == [3, 5])
        }
    }

    @Test("each meet its own refusal where the store refuses what one of them wrote")
    func oneIsRefused() throws {
        for store in try Self.stores() {
            try store.write { try $0.insert(Make.admitted(1, Make.write(2, 1))) }
            var runs = 0
            let outcomes = Self.outcomes(
                BatchStore(over: store),
                [
                    { transaction in
                        runs += 1
                        try transaction.insert(Make.admitted(2, Make.write(2, 2)))
                    },
                    // Its position is taken, which only the store knows.
                    { try $0.insert(Make.admitted(1, Make.write(2, 3))) },
                    { try $0.insert(Make.admitted(3, Make.write(2, 4))) },
                ])
            #expect(outcomes == ["kept", "store-taken", "kept"])
            #expect(try store.read { try $0.admitted(after: .start, limit: 9) }.map(\.position.rawValue) == [1, 2, 3])
            #expect(runs == 2)
        }
    }

    @Test("a refusal is nobody's who only asks afterwards")
    func asksAfterwards() throws {
        for store in try Self.stores() {
            try store.write { try $0.insert(Make.admitted(1, Make.write(2, 1))) }
            let outcomes = Self.outcomes(
                BatchStore(over: store),
                [
                    { try $0.insert(Make.admitted(1, Make.write(2, 3))) },
                    { transaction in
                        // Has to be saved before this can be answered.
                        _ = try transaction.admitted(after: .start, limit: 9)
                        try transaction.save(Make.replica(5, device: 1))
                    },
                ])
            #expect(outcomes == ["store-taken", "kept"])
            #expect(try store.read { try $0.replicas() }.map(\.replica.rawValue) == [5])
        }
    }

    @Test("what was saved and has an origin is found by it, though it was looked up before it came")
    func origins() throws {
        for looksUpTogether in [false, true] {
            let store = MemoryServerStore(schema: try ServerPicture.schema)
            store.looksUpTogether = looksUpTogether
            let origin = Origin(writeID: Make.write(3, 1), hash: Make.hash(1))
            var keys = ServerRowKeys()
            keys.origins = [origin]
            try BatchStore(over: store).write(reading: { keys }) { transaction in
                #expect(try transaction.admitted(origin: origin) == nil)
                try transaction.insert(Make.admitted(1, Make.write(2, 1), origin: origin))
                _ = try transaction.admitted(after: .start, limit: 9)
                #expect(try transaction.admitted(origin: origin)?.position.rawValue == 1)
            }
        }
    }

    @Test("fail together where the commit fails, and leave nothing")
    func commitFails() throws {
        struct Gone: Error {}
        let store = MemoryServerStore(schema: try ServerPicture.schema)
        store.fault = { if $0 == .beginCommit { throw Gone() } }
        let outcomes = Self.outcomes(BatchStore(over: store), (3...5).map { number in { try $0.save(Make.replica(number, device: 1)) } })
        #expect(outcomes == ["Gone()", "Gone()", "Gone()"])
        store.fault = nil
        #expect(try store.read { try $0.replicas() }.isEmpty)
    }

    @Test("ask the store for each row once, and give it each row once")
    func once() throws {
        let store = MemoryServerStore(schema: try ServerPicture.schema)
        var calls: [StoreCall] = []
        store.fault = { calls.append($0) }
        let batch = BatchStore(over: store)
        let outcomes = Self.outcomes(
            batch,
            (0..<20).map { turn in
                { transaction in
                    var row = try transaction.replica(ReplicaID(rawValue: 3)) ?? Make.replica(3, device: 1)
                    row.lastSequence += 1
                    try transaction.save(row)
                    var digest = try transaction.digest(of: ServerPicture.scopes[0])
                    digest.add(RecordHash(key: ServerPicture.keys[0], encodedEntries: [UInt8(turn)]))
                    try transaction.save(digest, of: ServerPicture.scopes[0])
                }
            })
        #expect(outcomes.allSatisfy { $0 == "kept" })
        #expect(calls.filter { $0 == .saveReplica }.count == 1 && calls.filter { $0 == .saveDigest }.count == 1)
        #expect(try store.read { try $0.replica(ReplicaID(rawValue: 3)) }?.lastSequence == Make.replica(3, device: 1).lastSequence + 20)
        #expect(try store.read { try $0.digest(of: ServerPicture.scopes[0]) }.count == 20)
    }
}
