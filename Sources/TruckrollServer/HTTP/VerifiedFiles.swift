import Foundation
import Synchronization
import TruckrollCore
import TruckrollCryptography

/// Knows which attachments' bytes still have their hash, so that a file the disk has changed is never sent as good.
///
/// A file is read whole before its first byte goes out. What was found holds as long as the file is the same to the system
/// (device, inode, size, times of content and of status), and for a day at most: a disk can change bytes and none of these.
final class VerifiedFiles: Sendable {
    private struct Standing: Hashable {
        let device: UInt64
        let inode: UInt64
        let size: Int64
        let changed: [Int64]
    }

    private struct Found {
        let standing: Standing
        let at: UInt64
        let isIntact: Bool
    }

    private let found = Mutex<[String: Found]>([:])

    /// Bytes in the file; `nil` when it is not there.
    ///
    /// - Parameter now: Unix milliseconds.
    /// - Throws: ``ServiceProblem/attachmentDamaged`` when its bytes have another hash than its name says.
    func size(of file: ContentFile, now: UInt64) throws -> Int? {
        guard let standing = Self.standing(of: file.path) else { return nil }
        let known = found.withLock { $0[file.path] }
        if let known, known.standing == standing, now < known.at + HTTPLimits.verifiedMilliseconds {
            guard known.isIntact else { throw ServiceProblem.attachmentDamaged }
            return Int(standing.size)
        }
        let isIntact = try Self.hash(of: file.path).hexadecimal == file.name
        found.withLock { found in
            if found.count >= HTTPLimits.verifiedFiles { found.removeAll() }
            found[file.path] = Found(standing: standing, at: now, isIntact: isIntact)
        }
        guard isIntact else { throw ServiceProblem.attachmentDamaged }
        return Int(standing.size)
    }

    static func hash(of path: String) throws -> [UInt8] {
        let handle = try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
        defer { try? handle.close() }
        var hasher = SHA256()
        while let chunk = try handle.read(upToCount: HTTPLimits.fileChunkBytes), !chunk.isEmpty { hasher.update(data: chunk) }
        return Array(hasher.finalize())
    }

    private static func standing(of path: String) -> Standing? {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        return Standing(
            device: UInt64(status.st_dev), inode: UInt64(status.st_ino), size: Int64(status.st_size),
            changed: [
                Int64(status.st_mtim.tv_sec), Int64(status.st_mtim.tv_nsec), Int64(status.st_ctim.tv_sec), Int64(status.st_ctim.tv_nsec),
            ])
    }
}

extension ServiceProblem {
    static let attachmentDamaged = ServiceProblem(
        status: 500, code: "attachment-damaged", detail: "The server's disk has changed the bytes of this attachment; they are not sent.",
        next: "The operator puts the file back from a copy, or who took it attaches it again.")
}
