import Foundation
import GRDB
import Synchronization
import TruckrollDomain

/// An open database: locked, migrated, with its typed column tables in place, and durable at every commit.
final class DatabaseFile: Sendable {
    enum Kind: Sendable {
        /// Readers beside one writer.
        case pool
        /// One connection for everything.
        case queue
        /// One connection and no file.
        case memory
    }

    let path: String
    private let writer: any DatabaseWriter
    private let lock: FileLock?
    private let isClosed = Mutex(false)

    /// - Parameter patience: How long to wait for another process to let go of the file.
    /// - Throws: ``StoreProblem``
    init(path: String, kind: Kind, layout: Layout, tables: EntityTables, patience: Duration) throws {
        if case .memory = kind {
            self.path = "(memory)"
            lock = nil
            do {
                writer = try DatabaseQueue(configuration: Configuration())
                try Self.prepare(writer, layout: layout, tables: tables)
            } catch { throw StoreProblem.translating(error, path: "(memory)") }
            return
        }
        // One file, one lock, whatever links lead to it.
        let path = URL(fileURLWithPath: path).resolvingSymlinksInPath().path
        self.path = path
        lock = try FileLock(path: path, patience: patience)
        do {
            try Self.checkOrCreate(path, layout: layout)
            writer = try Self.open(path, kind: kind)
            try Self.prepare(writer, layout: layout, tables: tables)
            try Self.makeDurable(writer, path: path)
        } catch { throw StoreProblem.translating(error, path: path) }
    }

    func write<T>(_ body: (Database) throws -> T) throws -> T {
        try checkOpen()
        do { return try writer.write(body) } catch { throw StoreProblem.translating(error, path: path) }
    }

    func read<T>(_ body: (Database) throws -> T) throws -> T {
        try checkOpen()
        do { return try writer.read(body) } catch { throw StoreProblem.translating(error, path: path) }
    }

    /// Writes one committed state, whole and by itself, to a new file, and waits until the disk has it.
    func copy(to target: String) throws {
        try checkOpen()
        do {
            let copy = try DatabaseQueue(path: target)
            try writer.backup(to: copy)
            try copy.close()
            let file = try FileHandle(forUpdating: URL(fileURLWithPath: target))
            try file.synchronize()
            try file.close()
        } catch { throw StoreProblem.translating(error, path: target) }
    }

    /// Closes the connections, then frees the lock. Calls after it fail with ``StoreProblem/closed(path:)``.
    func close() throws {
        isClosed.withLock { $0 = true }
        do { try writer.close() } catch { throw StoreProblem.translating(error, path: path) }
        lock?.release()
    }

    private func checkOpen() throws {
        guard !isClosed.withLock({ $0 }) else { throw StoreProblem.closed(path: path) }
    }

    /// Looks at an existing file through a connection that cannot write, so that a file of somebody else or of a newer version
    /// stays as it is; makes a missing one readable for its owner alone, because a device keeps its private key in it.
    private static func checkOrCreate(_ path: String, layout: Layout) throws {
        guard FileManager.default.fileExists(atPath: path) else {
            guard FileManager.default.createFile(atPath: path, contents: nil, attributes: [.posixPermissions: 0o600]) else {
                throw StoreProblem.cannotOpen(path: path, detail: "it cannot be created")
            }
            return
        }
        var configuration = Configuration()
        configuration.readonly = true
        let reader = try DatabaseQueue(path: path, configuration: configuration)
        try reader.read { try layout.check($0, path: path) }
        try reader.close()
    }

    private static func open(_ path: String, kind: Kind) throws -> any DatabaseWriter {
        var configuration = Configuration()
        configuration.busyMode = .timeout(5)
        configuration.label = "store"
        if case .pool = kind { return try DatabasePool(path: path, configuration: configuration) }
        configuration.journalMode = .wal
        return try DatabaseQueue(path: path, configuration: configuration)
    }

    private static func prepare(_ writer: any DatabaseWriter, layout: Layout, tables: EntityTables) throws {
        try writer.writeWithoutTransaction { try layout.migrate($0) }
        try writer.write { try tables.addMissing(to: $0) }
    }

    /// Opening in WAL mode leaves `synchronous` at NORMAL, with which a commit can be lost at a power failure.
    private static func makeDurable(_ writer: any DatabaseWriter, path: String) throws {
        try writer.writeWithoutTransaction { try $0.execute(sql: "PRAGMA synchronous = FULL") }
        let synchronous = try synchronous(of: writer)
        guard synchronous == 2 else { throw StoreProblem.notDurable(path: path, synchronous: synchronous) }
    }

    /// What the writing connection does at a commit: 2 waits for the disk.
    func synchronous() throws -> Int { try Self.synchronous(of: writer) }

    private static func synchronous(of writer: any DatabaseWriter) throws -> Int {
        try writer.writeWithoutTransaction { try Int.fetchOne($0, sql: "PRAGMA synchronous") ?? 0 }
    }
}
