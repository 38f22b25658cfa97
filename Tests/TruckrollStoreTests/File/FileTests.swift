import Foundation
import GRDB
import Testing
import TruckrollCore
import TruckrollDomain
import TruckrollStoreSQL
import TruckrollStoreSQLite
import TruckrollSync

/// A kind of store, for what both promise about their files.
enum StoreKind: CaseIterable, Sendable {
    case server, device

    /// Opens a file, hands over a way to close it, and gives back what `body` gives.
    func open(_ path: String, schema: Schema? = nil) throws -> any OpenStore {
        let schema = try schema ?? TestSchemas.load()
        switch self {
        case .server: return try SQLiteServerStore(path: path, schema: schema)
        case .device: return try SQLiteDeviceStore(path: path, schema: schema, patience: .milliseconds(30))
        }
    }
}

protocol OpenStore {
    func close() throws
    func touch() throws
}

extension SQLiteServerStore: OpenStore {
    func touch() throws { try write { try $0.save(Make.tenant) } }
}

extension SQLiteDeviceStore: OpenStore {
    func touch() throws { try write { try $0.save(DeviceState()) } }
}

@Suite("The file of a store")
struct FileTests {
    let folder: TemporaryFolder
    let path: String

    init() throws {
        folder = try TemporaryFolder()
        path = folder.file("store.sqlite")
    }

    private func problem(_ kind: StoreKind) -> StoreProblem? {
        #expect(throws: StoreProblem.self) { try kind.open(path) }
    }

    @Test("is held by one store at a time, and a second one is told the process", arguments: StoreKind.allCases)
    func lock(kind: StoreKind) throws {
        let store = try kind.open(path)
        let refused = problem(kind)
        #expect(
            refused
                == .inUse(
                    path: URL(fileURLWithPath: path).resolvingSymlinksInPath().path, process: ProcessInfo.processInfo.processIdentifier))
        #expect(refused?.description.contains("process \(ProcessInfo.processInfo.processIdentifier)") == true)
        try store.touch()
        try store.close()
        try kind.open(path).close()
    }

    @Test("is one file under every name that leads to it", arguments: StoreKind.allCases)
    func lockThroughLink(kind: StoreKind) throws {
        let store = try kind.open(path)
        let link = folder.file("link.sqlite")
        try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: path)
        let refused = #expect(throws: StoreProblem.self) { try kind.open(link) }
        #expect(refused?.code == "store-in-use")
        try store.close()
    }

    @Test("a lock frees itself when its store goes away", arguments: StoreKind.allCases)
    func lockOfForgottenStore(kind: StoreKind) throws {
        do { _ = try kind.open(path) }
        try kind.open(path).close()
    }

    @Test("a closed store says so", arguments: StoreKind.allCases)
    func closed(kind: StoreKind) throws {
        let store = try kind.open(path)
        try store.close()
        let refused = #expect(throws: StoreProblem.self) { try store.touch() }
        #expect(refused?.code == "store-closed")
    }

    @Test("garbage is told as damage and left as it is", arguments: StoreKind.allCases)
    func garbage(kind: StoreKind) throws {
        let bytes = Data("This is a letter to a customer, and no database at all. ".utf8 + [UInt8](repeating: 7, count: 5000))
        try bytes.write(to: URL(fileURLWithPath: path))
        let refused = problem(kind)
        #expect(refused?.code == "store-corrupt")
        #expect(refused?.description.contains("backup") == true)
        try #expect(Data(contentsOf: URL(fileURLWithPath: path)) == bytes)
    }

    @Test("a damaged page is told as damage", arguments: StoreKind.allCases)
    func damaged(kind: StoreKind) throws {
        let store = try kind.open(path)
        try store.touch()
        try store.close()
        var bytes = try Data(contentsOf: URL(fileURLWithPath: path))
        for index in 100..<4096 { bytes[index] = 0xA5 }
        try bytes.write(to: URL(fileURLWithPath: path))
        #expect(problem(kind)?.code == "store-corrupt")
    }

    @Test("nothing is read or written any more once its file was taken away, put back or not")
    func takenAway() throws {
        let store = try SQLiteServerStore(path: path, schema: TestSchemas.load())
        try store.touch()
        let file = URL(fileURLWithPath: path)
        let bytes = try Data(contentsOf: file)
        try FileManager.default.removeItem(at: file)
        #expect(throws: StoreProblem.removed(path: path)) { try store.touch() }
        try bytes.write(to: file)
        #expect(throws: StoreProblem.removed(path: path)) { try store.read { try $0.tenant() } }
        #expect(throws: StoreProblem.removed(path: path)) { try store.touch() }
        try store.close()
    }

    @Test("a file of a newer version is refused and left untouched", arguments: StoreKind.allCases)
    func newer(kind: StoreKind) throws {
        let store = try kind.open(path)
        try store.close()
        try raw { try $0.execute(sql: "PRAGMA user_version = 99") }
        let before = try Data(contentsOf: URL(fileURLWithPath: path))
        guard case .newer(_, 99, let known)? = problem(kind) else {
            Issue.record("a newer file was opened")
            return
        }
        #expect(known >= 1)
        try #expect(Data(contentsOf: URL(fileURLWithPath: path)) == before)
    }

    @Test("the file of another program or of the other store is refused", arguments: StoreKind.allCases)
    func foreign(kind: StoreKind) throws {
        try raw { try $0.execute(sql: "CREATE TABLE recipe (name TEXT)") }
        #expect(problem(kind)?.code == "store-foreign")
        try FileManager.default.removeItem(atPath: path)
        let other: StoreKind = kind == .server ? .device : .server
        try other.open(path).close()
        #expect(problem(kind)?.code == "store-foreign")
    }

    @Test("a missing folder is told with what to check", arguments: StoreKind.allCases)
    func missingFolder(kind: StoreKind) throws {
        let refused = #expect(throws: StoreProblem.self) { try kind.open(folder.file("nowhere/store.sqlite")) }
        #expect(refused?.code == "store-cannot-open")
        #expect(refused?.description.contains("folder") == true)
    }

    @Test("an empty file becomes a store", arguments: StoreKind.allCases)
    func empty(kind: StoreKind) throws {
        try Data().write(to: URL(fileURLWithPath: path))
        try kind.open(path).close()
    }

    @Test("a value no version of the program wrote is told as damage, not a crash")
    func damagedValue() throws {
        let store = try SQLiteServerStore(path: path, schema: TestSchemas.load())
        try store.write { try $0.save(Make.stored(Make.key(1)), entity: nil, columns: nil) }
        try store.close()
        try raw { try $0.execute(sql: "UPDATE record SET entries = x'0102'") }
        let again = try SQLiteServerStore(path: path, schema: TestSchemas.load())
        let refused = #expect(throws: StoreProblem.self) { try again.read { try $0.record(Make.key(1)) } }
        #expect(refused?.code == "store-corrupt")
        try again.close()
    }

    @Test("closing leaves all of it in the one file, so that a copy of that file alone is whole")
    func closedIsWhole() throws {
        let store = try SQLiteServerStore(path: path, schema: TestSchemas.load())
        try store.write { try $0.insert(Make.admitted(1, Make.write(2, 1))) }
        try store.read { _ = try $0.admitted(at: 1) }
        try store.close()
        let copy = folder.file("copy.sqlite")
        try FileManager.default.copyItem(atPath: path, toPath: copy)
        let again = try SQLiteServerStore(path: copy, schema: TestSchemas.load())
        try #expect(again.read { try $0.admitted(at: 1) } == Make.admitted(1, Make.write(2, 1)))
        try again.close()
    }

    @Test("the server's work is there after reopening")
    func reopenServer() throws {
        let task = try TestSchemas.load().entity("task")
        var store = try SQLiteServerStore(path: path, schema: TestSchemas.load())
        try store.write { transaction in
            try transaction.save(Make.tenant)
            try transaction.insert(Make.admitted(1, Make.write(2, 1)))
            try transaction.save(Make.stored(Make.key(1)), entity: task, columns: ["order": .reference(Make.id(9))])
        }
        try store.close()
        store = try SQLiteServerStore(path: path, schema: TestSchemas.load())
        try store.read { transaction in
            try #expect(transaction.tenant() == Make.tenant)
            try #expect(transaction.admitted(at: 1) == Make.admitted(1, Make.write(2, 1)))
            try #expect(transaction.record(Make.key(1)) == Make.stored(Make.key(1)))
            try #expect(transaction.ids(task, where: "order", equals: .reference(Make.id(9))) == [Make.id(1)])
        }
        try store.close()
    }

    @Test("the device's work is there after a crash, without a close")
    func reopenDevice() throws {
        let store = try SQLiteDeviceStore(path: path, schema: TestSchemas.load())
        try store.write { try $0.append(Make.own(Make.write(2, 1))) }
        let copy = folder.file("copy.sqlite")
        for suffix in ["", "-wal"] { try FileManager.default.copyItem(atPath: path + suffix, toPath: copy + suffix) }
        let again = try SQLiteDeviceStore(path: copy, schema: TestSchemas.load())
        try #expect(again.read { try $0.outbox() } == [Make.own(Make.write(2, 1))])
        try again.close()
        try store.close()
    }

    private func raw(_ body: (Database) throws -> Void) throws {
        let queue = try DatabaseQueue(path: path)
        try queue.writeWithoutTransaction { try body($0) }
        try queue.close()
    }
}
