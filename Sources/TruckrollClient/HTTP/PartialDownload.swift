import Foundation
import TruckrollCryptography

/// The file in which an attachment or a segment arrives, until all of it is there.
struct PartialDownload: Sendable {
    let path: String

    /// Bytes that arrived so far.
    var size: Int {
        let attributes = try? FileManager.default.attributesOfItem(atPath: path)
        return (attributes?[.size] as? NSNumber)?.intValue ?? 0
    }

    /// Opens it for what comes behind its first `count` bytes; the rest goes.
    func open(keeping count: Int) throws -> FileHandle {
        if !FileManager.default.fileExists(atPath: path) {
            guard FileManager.default.createFile(atPath: path, contents: nil, attributes: [.posixPermissions: 0o600]) else {
                throw CocoaError(.fileWriteNoPermission, userInfo: [NSFilePathErrorKey: path])
            }
        }
        let handle = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
        try handle.truncate(atOffset: UInt64(count))
        try handle.seekToEnd()
        return handle
    }

    /// What arrived.
    func bytes() throws -> [UInt8] { Array(try Data(contentsOf: URL(fileURLWithPath: path))) }

    /// The SHA-256 of what arrived.
    func hash() throws -> [UInt8] {
        let handle = try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
        defer { try? handle.close() }
        var hasher = SHA256()
        while let chunk = try handle.read(upToCount: 64 << 10), !chunk.isEmpty { hasher.update(data: chunk) }
        return Array(hasher.finalize())
    }

    func remove() { try? FileManager.default.removeItem(atPath: path) }

    /// Gives it its name, in place of what may stand there.
    func move(to target: String) throws {
        let handle = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
        try handle.synchronize()
        try handle.close()
        guard rename(path, target) == 0 else { throw CocoaError(.fileWriteUnknown, userInfo: [NSFilePathErrorKey: target]) }
    }
}
