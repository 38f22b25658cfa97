import Foundation
import Synchronization
import TruckrollCore
import TruckrollProtocol

/// Attachments that arrive in parts, each in a file of its own beside the attachments until it is whole
/// (Protocol/10-attachments-stream-http.md, 10.19 on).
///
/// What arrived is the file, and how far it came is the file's size: nothing else has to survive a restart. A part is written
/// after its digest was found right, in one go and to the disk, so what lies there is the beginning of what its device sends.
/// Whether that is the beginning of the attachment is seen at the end, by the hash of the whole.
struct PartialUploads: Sendable {
    /// What became of a part.
    enum Progress: Equatable, Sendable {
        /// More is to come, from this byte on.
        case wants(offset: Int)
        /// The attachment is in its place, durably.
        case whole(size: Int)
    }

    /// One of the parts of an attachment.
    struct Part: Sendable {
        let bytes: [UInt8]
        let offset: Int
        /// Bytes of the whole attachment.
        let total: Int
    }

    private let turns = Turns()

    /// How many bytes of the attachment the replica has brought.
    func offset(of sha256: [UInt8], from replica: ReplicaID, in folder: String) -> Int {
        Self.size(Self.path(sha256, replica, folder)) ?? 0
    }

    /// Puts a part behind those that came before it, and the attachment in its place with the last.
    ///
    /// - Parameter now: Unix milliseconds.
    /// - Throws: ``ServiceProblem`` `attachment-offset` when the part is not the next one, `attachment-mismatch` when the whole has
    ///   another hash and was thrown away, `store-disk-full` when there is no room.
    func append(_ part: Part, of file: ContentFile, _ sha256: [UInt8], from replica: ReplicaID, in folder: String, now: UInt64) throws -> Progress {
        try turns.take(file.name) {
            let path = Self.path(sha256, replica, folder)
            var there = Self.size(path) ?? 0
            if part.offset == 0, there >= part.total {
                // What lies there is longer than the attachment, so it is something else.
                try? FileManager.default.removeItem(atPath: path)
                there = 0
            }
            guard part.offset == there else { throw ServiceProblem.attachmentOffset(there) }
            if there == 0 { try Self.makeRoom(for: replica, in: folder) }
            try Self.write(part.bytes, to: path, at: there, now: now)
            guard there + part.bytes.count == part.total else { return .wants(offset: there + part.bytes.count) }
            guard try VerifiedFiles.hash(of: path) == sha256 else {
                try? FileManager.default.removeItem(atPath: path)
                throw ServiceProblem.attachmentMismatch
            }
            try file.take(path)
            return .whole(size: part.total)
        }
    }

    /// Removes what nobody went on with for a week, and what crashes left.
    ///
    /// - Parameter now: Unix milliseconds.
    static func collect(in folder: String, now: UInt64) {
        for file in files(in: folder) where file.changed + Double(Limits.partialUploadSeconds) < Double(now) / 1000 {
            try? FileManager.default.removeItem(atPath: file.path)
        }
    }

    // MARK: Files

    private static func incoming(_ folder: String) -> String { folder + "/incoming" }

    private static func path(_ sha256: [UInt8], _ replica: ReplicaID, _ folder: String) -> String {
        "\(incoming(folder))/\(replica.rawValue)-\(sha256.hexadecimal).partial"
    }

    private static func size(_ path: String) -> Int? {
        var status = stat()
        return stat(path, &status) == 0 ? Int(status.st_size) : nil
    }

    private static func files(in folder: String) -> [(name: String, path: String, changed: Double)] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: incoming(folder))) ?? []
        return names.compactMap { name in
            let path = "\(incoming(folder))/\(name)"
            var status = stat()
            guard stat(path, &status) == 0 else { return nil }
            return (name, path, Double(status.st_mtim.tv_sec) + Double(status.st_mtim.tv_nsec) / 1e9)
        }
    }

    /// A replica has a few uploads under way; the oldest gives way, and begins again should its device come back to it.
    private static func makeRoom(for replica: ReplicaID, in folder: String) throws {
        try FileManager.default.createDirectory(atPath: incoming(folder), withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        let own = files(in: folder).filter { $0.name.hasPrefix("\(replica.rawValue)-") && $0.name.hasSuffix(".partial") }
            .sorted { ($0.changed, $0.name) < ($1.changed, $1.name) }
        for file in own.dropLast(Limits.partialUploads - 1) { try? FileManager.default.removeItem(atPath: file.path) }
    }

    private static func write(_ bytes: [UInt8], to path: String, at offset: Int, now: UInt64) throws {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw ServiceProblem.attachmentUnwritable }
        defer { close(descriptor) }
        var written = 0
        while written < bytes.count {
            let count = bytes[written...].withUnsafeBytes { pwrite(descriptor, $0.baseAddress, $0.count, off_t(offset + written)) }
            guard count > 0 else {
                // Half a part is no part.
                ftruncate(descriptor, off_t(offset))
                throw ServiceProblem.attachmentUnwritable
            }
            written += count
        }
        guard fsync(descriptor) == 0 else {
            ftruncate(descriptor, off_t(offset))
            throw ServiceProblem.attachmentUnwritable
        }
        // Its age is counted by the server's clock.
        let time = timespec(tv_sec: Int(now / 1000), tv_nsec: Int(now % 1000) * 1_000_000)
        withUnsafePointer(to: (time, time)) { times in
            times.withMemoryRebound(to: timespec.self, capacity: 2) { _ = futimens(descriptor, $0) }
        }
    }

    /// One part at a time for an attachment.
    private final class Turns: Sendable {
        private let locks = (0..<16).map { _ in Lock() }

        private final class Lock: Sendable { let mutex = Mutex(()) }

        func take<Value>(_ name: String, _ body: () throws -> Value) throws -> Value {
            let lock = locks[Int(name.utf8.first ?? 0) & 15]
            return try lock.mutex.withLock { _ in try body() }
        }
    }
}

extension ServiceProblem {
    /// - Parameter expected: how many bytes are there; the next part begins with this one.
    static func attachmentOffset(_ expected: Int) -> ServiceProblem {
        ServiceProblem(
            status: 409, code: "attachment-offset", detail: "The next part of this attachment begins at byte \(expected).",
            next: "Send from byte \(expected) on.", offset: expected)
    }

    static let attachmentUnwritable = ServiceProblem(
        status: 503, code: "store-disk-full", detail: "The server has no room for the attachment now.",
        next: "Nothing is lost; try again later.", retryAfterSeconds: 60)
}
