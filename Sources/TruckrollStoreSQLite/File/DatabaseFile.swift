import Foundation
import GRDB
import Synchronization
import TruckrollDomain
import TruckrollStoreSQL

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
    /// Why the file is only read, when it could not be opened for writing but its content is there.
    let obstacle: StoreProblem?
    private let writer: any DatabaseWriter
    private let lock: FileLock?
    private let isClosed = Mutex(false)
    /// Whether the last write went into a file that is not there any more: what it left behind is not shown to anybody.
    private let isRemoved = Mutex(false)
    /// The file and its log as they were opened; empty for a database in memory and one that is only read.
    private let opened: [String: FileIdentity]

    /// - Parameter patience: How long to wait for another process to let go of the file.
    /// - Throws: ``StoreProblem``
    init(path: String, kind: Kind, layout: Layout, tables: EntityTables, patience: Duration) throws {
        if case .memory = kind {
            self.path = "(memory)"
            lock = nil
            obstacle = nil
            opened = [:]
            do {
                writer = try DatabaseQueue(configuration: Configuration())
                try Self.prepare(writer, path: "(memory)", layout: layout, tables: tables)
            } catch { throw StoreProblem.translating(error, path: "(memory)") }
            return
        }
        // One file, one lock, whatever links lead to it.
        let path = URL(fileURLWithPath: path).resolvingSymlinksInPath().path
        self.path = path
        lock = try FileLock(path: path, patience: patience)
        (writer, obstacle) = try Self.openOrRead(path, kind: kind, layout: layout, tables: tables)
        // The log is there from the first write on, and that was the migration's.
        opened = obstacle == nil ? Self.identities(path) : [:]
    }

    private static func identities(_ path: String) -> [String: FileIdentity] {
        var identities: [String: FileIdentity] = [:]
        for file in [path, path + "-wal"] { identities[file] = FileIdentity(path: file) }
        return identities
    }

    func write<T>(_ body: (Database) throws -> T) throws -> T {
        try checkOpen()
        if let obstacle { throw obstacle }
        let value: T
        do { value = try writer.write(body) } catch { throw StoreProblem.translating(error, path: path) }
        // Before anybody is told that it is on the disk.
        guard opened.allSatisfy({ FileIdentity(path: $0) == $1 }) else {
            isRemoved.withLock { $0 = true }
            throw StoreProblem.removed(path: path)
        }
        return value
    }

    /// Commits a change that leaves nothing behind. A row saved as it is would not do: SQLite leaves a page alone in which nothing
    /// changed.
    func probe() throws { try write { try $0.execute(sql: "CREATE TABLE probe (a); DROP TABLE probe") } }

    func read<T>(_ body: (Database) throws -> T) throws -> T {
        try checkOpen()
        do { return try writer.read(body) } catch { throw StoreProblem.translating(error, path: path) }
    }

    /// Writes one committed state to a new file.
    func backup(to target: String) throws {
        try checkOpen()
        let copy = try DatabaseQueue(path: target)
        try writer.backup(to: copy)
        try copy.close()
    }

    /// Closes the connections, then frees the lock. Calls after it fail with ``StoreProblem/closed(path:)``.
    ///
    /// All content is then in the one file, for whoever copies it.
    func close() throws {
        try closeConnections()
        lock?.release()
    }

    /// The same, and the file has another name before anybody else can have it.
    func retire(to target: String) throws {
        try closeConnections()
        defer { lock?.release() }
        try Self.moveParts(of: path, to: target)
    }

    private func closeConnections() throws {
        let isOpen = isClosed.withLock { closed in
            defer { closed = true }
            return !closed
        }
        // The last connection of a pool reads only, and leaves the log as it is. Where there is no room the log stays, and holds.
        if isOpen, obstacle == nil { try? writer.writeWithoutTransaction { _ = try $0.checkpoint(.truncate) } }
        do { try writer.close() } catch { throw StoreProblem.translating(error, path: path) }
    }

    private func checkOpen() throws {
        guard !isClosed.withLock({ $0 }) else { throw StoreProblem.closed(path: path) }
        guard !isRemoved.withLock({ $0 }) else { throw StoreProblem.removed(path: path) }
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

    /// Opens the file for writing; where its disk does not take writes and one connection is enough, for reading.
    private static func openOrRead(
        _ path: String, kind: Kind, layout: Layout, tables: EntityTables
    ) throws -> (any DatabaseWriter, StoreProblem?) {
        do {
            try checkOrCreate(path, layout: layout)
            let writer = try open(path, kind: kind)
            try prepare(writer, path: path, layout: layout, tables: tables)
            try makeDurable(writer, path: path)
            return (writer, nil)
        } catch {
            let problem = StoreProblem.translating(error, path: path)
            guard case .queue = kind, let obstacle = problem as? StoreProblem, obstacle.leavesReading,
                let reader = try? openForReading(path, layout: layout, tables: tables)
            else { throw problem }
            return (reader, obstacle)
        }
    }

    /// Opens a file whose disk is full. The index of the log, which is a file of its own otherwise, is kept in memory; that
    /// needs the file for oneself, and the lock beside it has seen to that.
    private static func openForReading(_ path: String, layout: Layout, tables: EntityTables) throws -> DatabaseQueue {
        var configuration = Configuration()
        configuration.busyMode = .timeout(5)
        configuration.label = "store, reading"
        configuration.prepareDatabase { try $0.execute(sql: "PRAGMA locking_mode = EXCLUSIVE; PRAGMA query_only = ON") }
        let queue = try DatabaseQueue(path: path, configuration: configuration)
        // A file that lacks something would have to be written: then this fails.
        try queue.writeWithoutTransaction { db in
            try layout.check(db, path: path)
            try layout.migrate(db)
            try tables.bringUpToDate(db, path: path, layout: layout)
            try WordTables.bringUpToDate(db, path: path, layout: layout, tables: tables)
        }
        return queue
    }

    private static func open(_ path: String, kind: Kind) throws -> any DatabaseWriter {
        var configuration = Configuration()
        configuration.busyMode = .timeout(5)
        configuration.label = "store"
        if case .pool = kind { return try DatabasePool(path: path, configuration: configuration) }
        configuration.journalMode = .wal
        return try DatabaseQueue(path: path, configuration: configuration)
    }

    private static func prepare(_ writer: any DatabaseWriter, path: String, layout: Layout, tables: EntityTables) throws {
        try writer.writeWithoutTransaction { try layout.migrate($0) }
        try writer.write {
            try tables.bringUpToDate($0, path: path, layout: layout)
            try WordTables.bringUpToDate($0, path: path, layout: layout, tables: tables)
        }
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
