import Dispatch
import Foundation
import Synchronization
import Testing
import TruckrollStoreSQLite
import TruckrollSync

@Suite("The device's SQLite store")
struct SQLiteDeviceStoreTests {
    @Test("keeps every promise of a device store", arguments: DevicePromise.all)
    func file(promise: DevicePromise) throws {
        let folder = try TemporaryFolder()
        let store = try SQLiteDeviceStore(path: folder.file("device.sqlite"), schema: TestSchemas.load())
        try promise.check(store)
        try store.close()
    }

    @Test("only its owner can read the file, which holds the private key")
    func permissions() throws {
        let folder = try TemporaryFolder()
        let path = folder.file("device.sqlite")
        let store = try SQLiteDeviceStore(path: path, schema: TestSchemas.load())
        try store.write { try $0.save(DeviceState()) }
        for name in [path, path + "-wal"] {
            let permissions = try FileManager.default.attributesOfItem(atPath: name)[.posixPermissions] as? Int
            #expect(permissions == 0o600, "\(name)")
        }
        try store.close()
    }

    @Test("a second process waits for the first to end")
    func patience() throws {
        let folder = try TemporaryFolder()
        let path = folder.file("device.sqlite")
        let schema = try TestSchemas.load()
        let first = try SQLiteDeviceStore(path: path, schema: schema)
        let second = Opening { try SQLiteDeviceStore(path: path, schema: schema).close() }
        try first.write { try $0.append(Make.own(Make.write(2, 1))) }
        try first.close()
        #expect(second.succeeds())
    }
}

/// Opens a store on a thread of its own.
private final class Opening: Sendable {
    private let result = Mutex(false)
    private let done = DispatchSemaphore(value: 0)

    init(_ open: @escaping @Sendable () throws -> Void) {
        DispatchQueue.global().async {
            let opened = (try? open()) != nil
            self.result.withLock { $0 = opened }
            self.done.signal()
        }
    }

    func succeeds() -> Bool {
        done.wait()
        return result.withLock { $0 }
    }
}
