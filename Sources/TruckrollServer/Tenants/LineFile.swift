import Foundation
import TruckrollStoreSQLite

/// Files of lines that only grow, and that several calls may add to at a time.
enum LineFile {
    /// Adds a line; it is on disk when this returns. It begins on a line of its own, whatever a crash or a full disk cut short before
    /// it, so empty lines mean nothing.
    static func append(_ line: String, to path: String) throws {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw CocoaError(.fileWriteUnknown, userInfo: [NSFilePathErrorKey: path]) }
        let handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        let isNew = lseek(descriptor, 0, SEEK_END) == 0
        try handle.write(contentsOf: Data(((isNew ? "" : "\n") + line + "\n").utf8))
        try handle.synchronize()
        try handle.close()
        if isNew { try DurableFile.synchronizeFolder(of: path) }
    }
}
