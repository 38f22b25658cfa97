import Testing
import TruckrollCore
import TruckrollDomain
import TruckrollStoreMemory
import TruckrollSync

@Suite("The server's store in memory")
struct MemoryServerStoreTests {
    @Test("keeps every promise of a server store", arguments: ServerPromise.all)
    func promises(promise: ServerPromise) throws {
        try promise.check(try MemoryServerStore(schema: TestSchemas.load()))
    }

    @Test("killed before any write or before the commit it is as before; killed after the commit it is as after, yet the write throws")
    func killed() throws {
        let store = try MemoryServerStore(schema: ServerPicture.schema)
        try store.write { try day($0, 1) }
        let before = try store.read { try ServerPicture($0) }
        var calls: [StoreCall] = []
        let rehearsal = store.copy()
        rehearsal.fault = { calls.append($0) }
        try rehearsal.write { try day($0, 2) }
        let after = try rehearsal.read { try ServerPicture($0) }
        #expect(before != after)
        #expect(calls.suffix(2) == [.beginCommit, .afterCommit])
        for (index, call) in calls.enumerated() {
            let killed = store.copy()
            var count = 0
            killed.fault = { _ in
                count += 1
                if count == index + 1 { throw Interruption() }
            }
            #expect(throws: Interruption()) { try killed.write { try day($0, 2) } }
            #expect(count == index + 1, "nothing is written after the death at \(call)")
            killed.fault = nil
            try #expect(killed.read { try ServerPicture($0) } == (call == .afterCommit ? after : before), "\(index) \(call)")
        }
    }

    @Test("a death that the body caught is a death")
    func caught() throws {
        let store = try MemoryServerStore(schema: TestSchemas.load())
        store.fault = { if $0 == .saveRecord { throw Interruption() } }
        #expect(throws: Interruption()) {
            try store.write { transaction in
                try transaction.save(Make.tenant)
                try? transaction.savepoint { try transaction.save(Make.stored(Make.key(1)), entity: nil, columns: nil) }
                try? transaction.save(Make.log("office", 1, at: 3))
            }
        }
        try #expect(store.read { try $0.tenant() } == nil)
    }

    @Test("a copy is independent, and a store takes the content of another")
    func copies() throws {
        let store = try MemoryServerStore(schema: ServerPicture.schema)
        try store.write { try day($0, 1) }
        let backup = store.copy()
        let then = try store.read { try ServerPicture($0) }
        try store.write { try day($0, 2) }
        try #expect(backup.read { try ServerPicture($0) } == then)
        try #expect(store.read { try ServerPicture($0) } != then)
        store.restore(from: backup)
        try #expect(store.read { try ServerPicture($0) } == then)
        try store.write { try day($0, 2) }
        try #expect(backup.read { try ServerPicture($0) } == then)
    }

    @Test("reopened with a newer schema it has the new columns, filled from the records that are there")
    func reopened() throws {
        let older = try Schema(entities: [TestSchemas.entity("thing", type: 1, properties: TestSchemas.order)])
        let newer = try ServerPicture.schema
        let order = Value.reference(Make.id(9))
        let (formerly, thing) = (try older.entity("thing"), try newer.entity("thing"))
        let record = { (count: Int64) in Make.stored(try Make.record(thing, 1, ["order": order, "count": .integer(count)])) }
        let store = MemoryServerStore(schema: older)
        try store.write { try $0.save(record(4), entity: formerly, columns: ["order": order]) }
        store.reopen(with: newer)
        try #expect(store.read { try $0.ids(thing, where: "order", equals: order) } == [Make.id(1)])
        try #expect(store.read { try $0.ids(thing, where: "count", equals: .integer(4)) } == [Make.id(1)])
        // What an older program leaves out is filled in when a newer one comes.
        store.reopen(with: older)
        try store.write { try $0.save(record(5), entity: formerly, columns: ["order": order]) }
        store.reopen(with: newer)
        try #expect(store.read { try $0.ids(thing, where: "count", equals: .integer(4)) } == [])
        try #expect(store.read { try $0.ids(thing, where: "count", equals: .integer(5)) } == [Make.id(1)])
    }

    /// One of each write, some of them in a savepoint that holds and one in a savepoint that does not.
    private func day(_ transaction: any ServerTransaction, _ number: UInt64) throws {
        let thing = try ServerPicture.schema.entity("thing")
        var tenant = Make.tenant
        tenant.head = Position(rawValue: number)
        try transaction.save(tenant)
        try transaction.insert(
            EpochRow(epoch: Epoch(rawValue: number), start: .start, history: Make.history(1), parent: nil, reason: "founded"))
        var replica = Make.replica(2)
        replica.viewVersion = number
        try transaction.save(replica)
        try transaction.save(EnrolmentCodeRow(codeHash: [1], user: Make.id(1), expiresAt: Int64(number)))
        try transaction.savepoint {
            try transaction.insert(Make.admitted(number, Make.write(2, number), cause: "c\(number)"))
            try transaction.save(Make.stored(Make.key(1, type: 1), "\(number)"), entity: thing, columns: ["count": .integer(Int64(number))])
            try transaction.save(Make.log("office", 1, at: number))
            try transaction.save(ScopeDigest(count: number, sum: 3), of: Scope("office"))
        }
        try? transaction.savepoint {
            try transaction.save(Make.view(3, "office", added: number))
            throw Interruption()
        }
        try transaction.save(Make.edge("office", "order:\(number)"))
        try transaction.delete(Make.edge("office", "order:\(number - 1)"))
        try transaction.save(Make.view(2, "office", added: number))
        try transaction.saveInterval(of: 2, Scope("order:1"), added: 1, dropped: Position(rawValue: number))
        try transaction.deleteInterval(of: 2, Scope("order:1"), added: Position(rawValue: 2 - number))
    }
}
