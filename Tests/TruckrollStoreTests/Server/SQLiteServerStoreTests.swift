import Foundation
import GRDB
import Testing
import TruckrollCore
import TruckrollDomain
import TruckrollStoreSQL
import TruckrollStoreSQLite
import TruckrollSync

@Suite("The server's SQLite store")
struct SQLiteServerStoreTests {
    @Test("keeps every promise of a server store in a file", arguments: ServerPromise.all)
    func file(promise: ServerPromise) throws {
        let folder = try TemporaryFolder()
        let store = try SQLiteServerStore(path: folder.file("tenant.sqlite"), schema: TestSchemas.load())
        try promise.check(store)
        try store.close()
    }

    @Test("keeps every promise of a server store in memory", arguments: ServerPromise.all)
    func memory(promise: ServerPromise) throws {
        try promise.check(try SQLiteServerStore(path: "", schema: TestSchemas.load(), inMemory: true))
    }

    @Test("finds nothing out from a lookup table of which a row cannot be read, and says so")
    func unreadableRow() throws {
        let folder = try TemporaryFolder()
        let path = folder.file("tenant.sqlite")
        let schema = try Schema(entities: [TestSchemas.entity("thing", type: 1, properties: TestSchemas.count)])
        let thing = try schema.entity("thing")
        var store = try SQLiteServerStore(path: path, schema: schema)
        try store.write { transaction in
            for number in [1, 2] as [UInt64] {
                let record = try Make.record(thing, number, ["count": .integer(4)])
                try transaction.save(Make.stored(record), entity: thing, columns: ["count": .integer(4)])
            }
        }
        try store.close()
        let file = try DatabaseQueue(path: path)
        try file.writeWithoutTransaction { db in
            try db.execute(sql: "PRAGMA ignore_check_constraints = ON")
            try db.execute(sql: "UPDATE entity_thing SET id = x'00' WHERE id = ?", arguments: [Data(Make.id(2).bytes)])
            #expect(db.changesCount == 1)
        }
        try file.close()
        store = try SQLiteServerStore(path: path, schema: schema)
        for find in [{ try $0.ids(thing, where: "count", equals: .integer(4)) }, { try $0.ids(thing) }]
            as [(any ServerTransaction) throws -> [RecordID]]
        {
            let problem = #expect(throws: StoreProblem.self) { try store.read { try find($0) } }
            #expect(problem?.code == "store-corrupt")
        }
        try store.close()
    }

    @Test("a reader keeps its state while a writer commits")
    func isolation() throws {
        let folder = try TemporaryFolder()
        let store = try SQLiteServerStore(path: folder.file("tenant.sqlite"), schema: TestSchemas.load())
        try store.write { try $0.save(Make.stored(Make.key(1)), entity: nil, columns: nil) }
        try store.read { reader in
            try #expect(reader.keys(after: nil, limit: 9).count == 1)
            let writer = Writer(store)
            writer.start()
            writer.join()
            try #expect(reader.keys(after: nil, limit: 9).count == 1)
        }
        try #expect(store.read { try $0.keys(after: nil, limit: 9) }.count == 2)
        try store.close()
    }
}
