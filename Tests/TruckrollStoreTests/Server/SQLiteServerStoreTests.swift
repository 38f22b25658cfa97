import Testing
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

    @Test("a taken write id, position or cause is told as such")
    func taken() throws {
        let store = try SQLiteServerStore(path: "", schema: TestSchemas.load(), inMemory: true)
        try store.write { try $0.insert(Make.admitted(1, Make.write(2, 1), cause: "c")) }
        for again in [
            Make.admitted(1, Make.write(2, 2)), Make.admitted(2, Make.write(2, 1)), Make.admitted(2, Make.write(2, 2), cause: "c"),
        ] {
            let problem = #expect(throws: StoreProblem.self) { try store.write { try $0.insert(again) } }
            #expect(problem?.code == "store-taken")
        }
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
