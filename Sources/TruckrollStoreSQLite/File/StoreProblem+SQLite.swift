import Foundation
import GRDB
import TruckrollStoreSQL

extension StoreProblem {
    /// Says an error of SQLite in the words of this type; any other error stays what it is.
    static func translating(_ error: any Error, path: String) -> any Error {
        guard let error = error as? DatabaseError else { return error }
        let detail = error.message ?? "SQLite code \(error.extendedResultCode.rawValue)"
        switch error.extendedResultCode {
        case .SQLITE_CONSTRAINT_UNIQUE, .SQLITE_CONSTRAINT_PRIMARYKEY, .SQLITE_CONSTRAINT_ROWID:
            return StoreProblem.taken(detail: detail)
        default: break
        }
        switch error.resultCode {
        case .SQLITE_NOTADB, .SQLITE_CORRUPT: return StoreProblem.corrupt(path: path, detail: detail)
        case .SQLITE_FULL: return StoreProblem.diskFull(path: path)
        case .SQLITE_IOERR where error.extendedResultCode == .SQLITE_IOERR_SHMSIZE || isFull(path):
            // The shared-memory file of the log cannot grow: SQLite calls that an I/O error.
            return StoreProblem.diskFull(path: path)
        case .SQLITE_IOERR: return StoreProblem.io(path: path, detail: detail)
        case .SQLITE_CANTOPEN, .SQLITE_PERM: return StoreProblem.cannotOpen(path: path, detail: detail)
        case .SQLITE_READONLY: return StoreProblem.readOnly(path: path)
        case .SQLITE_BUSY: return StoreProblem.busy(path: path)
        default: return StoreProblem.failed(path: path, detail: detail)
        }
    }

    /// Whether the file system of the path has no room for even the smallest of a database's files.
    private static func isFull(_ path: String) -> Bool {
        let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
        guard let free = try? FileManager.default.attributesOfFileSystem(forPath: folder)[.systemFreeSize] as? NSNumber else { return false }
        return free.intValue < 128 << 10
    }
}
