import Foundation
import TruckrollCore
import TruckrollSync

/// The bytes of attachments, one file each under the hexadecimal of its SHA-256.
public struct AttachmentFolder: Sendable {
    public let directory: URL

    init(directory: URL) throws {
        self.directory = directory
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    }

    public func url(_ sha256: [UInt8]) -> URL { directory.appendingPathComponent(sha256.hexadecimal) }

    /// `nil` when the bytes are not here or no longer have their hash.
    public func read(_ sha256: [UInt8]) throws -> [UInt8]? {
        guard let bytes = FileManager.default.contents(atPath: url(sha256).path) else { return nil }
        return ContentDigest.sha256(bytes) == sha256 ? Array(bytes) : nil
    }

    /// Writes the bytes and syncs them to disk before they are named anywhere.
    @discardableResult
    public func store(_ bytes: [UInt8]) throws -> [UInt8] {
        let sha256 = ContentDigest.sha256(bytes)
        let target = url(sha256)
        if try read(sha256) != nil { return sha256 }
        let temporary = target.appendingPathExtension("part")
        guard FileManager.default.createFile(atPath: temporary.path, contents: nil, attributes: [.posixPermissions: 0o600]) else {
            throw DeviceProblem(
                "attachment-unwritable", "The attachment cannot be written to \(directory.path).", next: "Free some space and try again.")
        }
        let handle = try FileHandle(forWritingTo: temporary)
        try handle.write(contentsOf: Data(bytes))
        try handle.synchronize()
        try handle.close()
        if FileManager.default.fileExists(atPath: target.path) { try FileManager.default.removeItem(at: target) }
        try FileManager.default.moveItem(at: temporary, to: target)
        // The name is durable when the folder is.
        let folder = open(directory.path, O_RDONLY | O_DIRECTORY)
        if folder >= 0 {
            fsync(folder)
            close(folder)
        }
        return sha256
    }
}
