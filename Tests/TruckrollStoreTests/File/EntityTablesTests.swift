import GRDB
import Testing
import TruckrollCore
import TruckrollDomain
import TruckrollStoreSQL
import TruckrollStoreSQLite
import TruckrollSync

@Suite("The tables of typed columns")
struct EntityTablesTests {
    @Test("follow from the schema, the same every time, ascending by type and field number")
    func statements() throws {
        let schema = try Schema(entities: [
            TestSchemas.entity(
                "zebra", type: 3, properties: [TestSchemas.tags, TestSchemas.count, TestSchemas.order].joined(separator: ",")),
            TestSchemas.entity("ant", type: 9, properties: [TestSchemas.plain, TestSchemas.personal].joined(separator: ",")),
        ])
        #expect(
            EntityTables.statements(for: schema) == [
                """
                CREATE TABLE "entity_zebra" (
                    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
                    "order" BLOB,
                    "count" INTEGER,
                    "tags" BLOB
                ) STRICT, WITHOUT ROWID
                """,
                #"CREATE INDEX "entity_zebra_by_order" ON "entity_zebra" ("order")"#,
                #"CREATE INDEX "entity_zebra_by_count" ON "entity_zebra" ("count")"#,
                #"CREATE INDEX "entity_zebra_by_tags" ON "entity_zebra" ("tags")"#,
                """
                CREATE TABLE "entity_ant" (
                    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16)
                ) STRICT, WITHOUT ROWID
                """,
            ])
    }

    @Test("exist for every entity of the project, and SQLite takes them")
    func wholeSchema() throws {
        let schema = try TestSchemas.load()
        let statements = EntityTables.statements(for: schema)
        #expect(statements == EntityTables.statements(for: try Schema.load()))
        try DatabaseQueue().write { db in
            for statement in statements { try db.execute(sql: statement) }
            for entity in schema.entities {
                let columns = try db.columns(in: "entity_" + entity.name).map(\.name)
                #expect(
                    columns == ["id"] + entity.columns.filter { $0.facet == .common }.map(\.name)
                        + (entity.clocks.isEmpty ? [] : [Entity.nextDueColumn]))
            }
        }
    }

    /// One entity with one column, and the same with more, beside another entity.
    private static func schemas() throws -> (older: Schema, newer: Schema) {
        let older = try Schema(entities: [TestSchemas.entity("thing", type: 1, properties: TestSchemas.order)])
        let newer = try Schema(entities: [
            TestSchemas.entity("thing", type: 1, properties: [TestSchemas.order, TestSchemas.count, TestSchemas.tags].joined(separator: ",")),
            TestSchemas.entity("other", type: 2, properties: TestSchemas.count),
        ])
        return (older, newer)
    }

    @Test("a server's file of an older schema gets the new tables, columns and indexes, filled from the records that are there")
    func olderServerFile() throws {
        let folder = try TemporaryFolder()
        let path = folder.file("tenant.sqlite")
        let (older, newer) = try Self.schemas()
        let (thing, other) = (try newer.entity("thing"), try newer.entity("other"))
        let order = Value.reference(Make.id(9))

        var store = try SQLiteServerStore(path: path, schema: older)
        try store.write { transaction in
            let formerly = try older.entity("thing")
            for (number, count) in [(1, 4), (2, 5)] as [(UInt64, Int64)] {
                let record = try Make.record(thing, number, ["order": order, "count": .integer(count)])
                try transaction.save(Make.stored(record), entity: formerly, columns: ["order": order])
            }
            try transaction.save(Make.stored(Make.record(thing, 3, ["order": order, "count": .integer(4)], .office)), entity: formerly, columns: nil)
            // Of an entity that the older program does not know.
            try transaction.save(Make.stored(Make.record(other, 7, ["count": .integer(1)])), entity: nil, columns: nil)
        }
        try store.close()

        store = try SQLiteServerStore(path: path, schema: newer)
        try #expect(store.read { try $0.ids(thing, where: "order", equals: order) } == [Make.id(1), Make.id(2)])
        try #expect(store.read { try $0.ids(thing, where: "count", equals: .integer(4)) } == [Make.id(1)])
        try #expect(store.read { try $0.ids(other, where: "count", equals: .integer(1)) } == [Make.id(7)])
        try store.close()
        try DatabaseQueue(path: path).read { db in
            try #expect(db.indexes(on: "entity_thing").map(\.name).contains("entity_thing_by_count"))
        }

        // An older program keeps working beside a column it does not know, and what it left out is filled in when a newer one comes.
        store = try SQLiteServerStore(path: path, schema: older)
        try store.write {
            let record = try Make.record(thing, 1, ["order": order, "count": .integer(6)])
            try $0.save(Make.stored(record), entity: older.entity("thing"), columns: ["order": order])
        }
        try #expect(store.read { try $0.ids(older.entity("thing"), where: "order", equals: order) } == [Make.id(1), Make.id(2)])
        try store.close()
        store = try SQLiteServerStore(path: path, schema: newer)
        try #expect(store.read { try $0.ids(thing, where: "count", equals: .integer(4)) } == [])
        try #expect(store.read { try $0.ids(thing, where: "count", equals: .integer(6)) } == [Make.id(1)])
        try #expect(store.read { try $0.ids(other) } == [Make.id(7)])
        try store.close()
    }

    @Test("a device's file of an older schema gets them filled with what is visible: overlays where there are some")
    func olderDeviceFile() throws {
        let folder = try TemporaryFolder()
        let path = folder.file("device.sqlite")
        let (older, newer) = try Self.schemas()
        let thing = try newer.entity("thing")
        var store = try SQLiteDeviceStore(path: path, schema: older)
        try store.write { transaction in
            for number: UInt64 in 1...2 {
                let record = try Make.record(thing, number, ["count": .integer(4)])
                try transaction.save(ConfirmedRecord(record: record, hash: RecordHash(record), scopes: []))
            }
            try transaction.save(overlay: Make.record(thing, 2, ["count": .integer(5)]))
            try transaction.save(overlay: Make.record(thing, 3, ["count": .integer(5)]))
        }
        try store.close()
        store = try SQLiteDeviceStore(path: path, schema: newer)
        try #expect(store.read { try $0.ids(thing, where: "count", equals: .integer(4)) } == [Make.id(1)])
        try #expect(store.read { try $0.ids(thing, where: "count", equals: .integer(5)) } == [Make.id(2), Make.id(3)])
        try store.close()
    }

    @Test("an upgrade that breaks off leaves nothing of itself, and the next opening does all of it")
    func interrupted() throws {
        let folder = try TemporaryFolder()
        let path = folder.file("tenant.sqlite")
        let (older, newer) = try Self.schemas()
        let (thing, other) = (try newer.entity("thing"), try newer.entity("other"))
        var store = try SQLiteServerStore(path: path, schema: older)
        try store.write { transaction in
            for number: UInt64 in 1...3 {
                let record = try Make.record(thing, number, ["count": .integer(4)])
                try transaction.save(Make.stored(record), entity: older.entity("thing"), columns: [:])
            }
        }
        try store.close()
        // The second of three rows ends it.
        try raw(path) {
            try $0.execute(
                sql: "CREATE TRIGGER stop BEFORE INSERT ON entity_thing WHEN new.id = ? BEGIN SELECT raise(ABORT, 'killed'); END".replacing(
                    "?", with: "x'" + Make.id(2).bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined() + "'"))
        }
        #expect(throws: StoreProblem.self) { try SQLiteServerStore(path: path, schema: newer) }
        try raw(path) { db in
            try #expect(db.columns(in: "entity_thing").map(\.name) == ["id", "order"])
            try #expect(Int.fetchOne(db, sql: "SELECT count(*) FROM entity_thing") == 3)
            try #expect(!db.tableExists("entity_other"))
            try db.execute(sql: "DROP TRIGGER stop")
        }
        store = try SQLiteServerStore(path: path, schema: newer)
        try #expect(store.read { try $0.ids(thing, where: "count", equals: .integer(4)) } == [1, 2, 3].map { Make.id($0) })
        try #expect(store.read { try $0.ids(other) } == [])
        try store.close()
    }

    @Test("are filled to the last of many records")
    func many() throws {
        let folder = try TemporaryFolder()
        let path = folder.file("tenant.sqlite")
        let (older, newer) = try Self.schemas()
        let thing = try newer.entity("thing")
        var store = try SQLiteServerStore(path: path, schema: older)
        try store.write { transaction in
            for number: UInt64 in 1...1_203 {
                let record = try Make.record(thing, number, ["count": .integer(4)])
                try transaction.save(Make.stored(record), entity: older.entity("thing"), columns: [:])
            }
        }
        try store.close()
        store = try SQLiteServerStore(path: path, schema: newer)
        try #expect(store.read { try $0.ids(thing, where: "count", equals: .integer(4)) } == (1...1_203).map { Make.id($0) })
        try store.close()
    }

    @Test("are filled once: a file whose columns are all kept is opened without writing a row")
    func once() throws {
        let folder = try TemporaryFolder()
        let path = folder.file("tenant.sqlite")
        let newer = try Self.schemas().newer
        let store = try SQLiteServerStore(path: path, schema: newer)
        try store.write { try $0.save(Make.stored(Make.key(1, type: 1)), entity: newer.entity("thing"), columns: [:]) }
        try store.close()
        try raw(path) { db in
            for table in ["entity_thing", "entity_other", "filled_columns"] {
                for event in ["INSERT", "DELETE"] {
                    try db.execute(sql: "CREATE TRIGGER \(table)_\(event) BEFORE \(event) ON \(table) BEGIN SELECT raise(ABORT, 'written'); END")
                }
            }
        }
        try SQLiteServerStore(path: path, schema: newer).close()
    }

    private func raw(_ path: String, _ body: (Database) throws -> Void) throws {
        let queue = try DatabaseQueue(path: path)
        try queue.writeWithoutTransaction { try body($0) }
        try queue.close()
    }

    @Test("a value that does not fit its column is kept out of it and refuses nothing")
    func unfitValue() throws {
        let schema = try Schema(entities: [TestSchemas.entity("thing", type: 1, properties: TestSchemas.count)])
        let thing = try schema.entity("thing")
        let store = try SQLiteServerStore(path: "", schema: schema, inMemory: true)
        try store.write { try $0.save(Make.stored(Make.key(1, type: 1)), entity: thing, columns: ["count": .text("four")]) }
        try #expect(store.read { try $0.ids(thing) } == [Make.id(1)])
        try #expect(store.read { try $0.ids(thing, where: "count", equals: .text("four")) } == [])
    }
}
