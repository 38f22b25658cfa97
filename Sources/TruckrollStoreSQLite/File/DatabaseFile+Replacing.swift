import Foundation
import GRDB
import TruckrollStoreSQL

extension DatabaseFile {
    /// Puts a copy in the place of the file at `path`, damaged or not, after it was checked from its first page to its last.
    ///
    /// Whatever interrupts it, there is then either the former file, or none, or the copy, and never a part of one.
    ///
    /// - Parameters:
    ///   - former: where the former file goes, with what belongs to it.
    ///   - prepare: done when the copy is known to be sound, before anything of the former file moves.
    /// - Throws: ``StoreProblem``, about the copy as well as about a process that has the file.
    static func replace(_ path: String, with copy: String, former: String, layout: Layout, prepare: () throws -> Void) throws {
        let path = URL(fileURLWithPath: path).resolvingSymlinksInPath().path
        let lock = try FileLock(path: path, patience: .zero)
        defer { lock.release() }
        let fresh = path + ".new"
        try remove(fresh)
        do {
            try FileManager.default.copyItem(atPath: copy, toPath: fresh)
            try check(fresh, named: copy, layout: layout)
            try synchronize(fresh)
        } catch {
            try? remove(fresh)
            throw error
        }
        try prepare()
        try moveParts(of: path, to: former)
        try move(fresh, to: path)
    }

    /// Each move is on disk before the next one: the former log never comes to lie beside another database.
    static func moveParts(of path: String, to target: String) throws {
        for suffix in parts where FileManager.default.fileExists(atPath: path + suffix) { try move(path + suffix, to: target + suffix) }
    }

    /// A database, its log, and the index of the log.
    private static let parts = ["", "-wal", "-shm"]

    /// Never takes the place of a file that is there.
    private static func move(_ path: String, to target: String) throws {
        guard !FileManager.default.fileExists(atPath: target) else { throw CocoaError(.fileWriteFileExists, userInfo: [NSFilePathErrorKey: target]) }
        try DurableFile.move(path, to: target)
    }

    private static func remove(_ path: String) throws {
        for suffix in parts where FileManager.default.fileExists(atPath: path + suffix) { try FileManager.default.removeItem(atPath: path + suffix) }
    }

    private static func check(_ path: String, named name: String, layout: Layout) throws {
        do {
            let queue = try DatabaseQueue(path: path)
            try queue.writeWithoutTransaction { db in
                try layout.check(db, path: name)
                guard try Int.fetchOne(db, sql: "PRAGMA user_version") ?? 0 > 0 else {
                    throw StoreProblem.foreign(path: name, detail: "it is empty")
                }
                let findings = try String.fetchAll(db, sql: "PRAGMA integrity_check(1)")
                guard findings == ["ok"] else { throw StoreProblem.corrupt(path: name, detail: findings.first ?? "it cannot be checked") }
            }
            try queue.close()
        } catch { throw StoreProblem.translating(error, path: name) }
    }

    static func synchronize(_ path: String) throws {
        let file = try FileHandle(forUpdating: URL(fileURLWithPath: path))
        try file.synchronize()
        try file.close()
    }

    /// Writes one committed state, whole and by itself, to a new file, checks it, and waits until the disk has it. A copy that
    /// was cut short never has the name of a whole one.
    func copy(to target: String, layout: Layout) throws {
        let fresh = target + ".new"
        do {
            try Self.remove(fresh)
            try backup(to: fresh)
            try Self.check(fresh, named: path, layout: layout)
            try Self.synchronize(fresh)
            try Self.move(fresh, to: target)
        } catch {
            try? Self.remove(fresh)
            throw StoreProblem.translating(error, path: target)
        }
    }
}
