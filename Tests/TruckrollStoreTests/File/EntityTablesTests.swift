import GRDB
import Testing
import TruckrollCore
import TruckrollDomain
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
                #expect(columns == ["id"] + entity.columns.filter { $0.facet == .common }.map(\.name))
            }
        }
    }

    @Test("a file of an older schema gets the new tables, columns and indexes; old rows follow at their next save")
    func olderFile() throws {
        let folder = try TemporaryFolder()
        let path = folder.file("tenant.sqlite")
        let older = try Schema(entities: [TestSchemas.entity("thing", type: 1, properties: TestSchemas.order)])
        let newer = try Schema(entities: [
            TestSchemas.entity(
                "thing", type: 1, properties: [TestSchemas.order, TestSchemas.count, TestSchemas.tags].joined(separator: ",")),
            TestSchemas.entity("other", type: 2, properties: TestSchemas.plain),
        ])
        let record = { (number: UInt64) in Make.stored(Make.key(number, type: 1)) }
        let order = Value.reference(Make.id(9))

        var store = try SQLiteServerStore(path: path, schema: older)
        try store.write { try $0.save(record(1), entity: older.entity("thing"), columns: ["order": order]) }
        try store.close()

        store = try SQLiteServerStore(path: path, schema: newer)
        let thing = try newer.entity("thing")
        try #expect(store.read { try $0.ids(thing, where: "order", equals: order) } == [Make.id(1)])
        try #expect(store.read { try $0.ids(thing, where: "count", equals: .integer(4)) } == [])
        try #expect(store.read { try $0.ids(newer.entity("other")) } == [])
        let tags = Value.list([.text("a")])
        try store.write { try $0.save(record(1), entity: thing, columns: ["order": order, "count": .integer(4), "tags": tags]) }
        try #expect(store.read { try $0.ids(thing, where: "count", equals: .integer(4)) } == [Make.id(1)])
        try #expect(store.read { try $0.ids(thing, where: "tags", equals: tags) } == [Make.id(1)])
        try store.close()

        try DatabaseQueue(path: path).read { db in
            try #expect(db.indexes(on: "entity_thing").map(\.name).contains("entity_thing_by_count"))
        }

        // An older program keeps working beside a column it does not know.
        store = try SQLiteServerStore(path: path, schema: older)
        try store.write { try $0.save(record(2), entity: older.entity("thing"), columns: ["order": order]) }
        try #expect(store.read { try $0.ids(older.entity("thing"), where: "order", equals: order) } == [Make.id(1), Make.id(2)])
        try store.close()
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
