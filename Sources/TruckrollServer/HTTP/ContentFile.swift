import Foundation
import TruckrollCore

/// The file of an attachment, or of a segment of a snapshot: `<folder>/<first two digits>/<all 64 digits of its SHA-256>`. No name of a person's choosing reaches the disk.
struct ContentFile: Sendable {
    let folder: String
    let name: String

    init(folder: String, sha256: [UInt8]) {
        name = sha256.hexadecimal
        self.folder = folder + "/" + name.prefix(2)
    }

    var path: String { folder + "/" + name }

    /// Puts a file in its place, durably.
    func take(_ temporary: String) throws {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        guard rename(temporary, path) == 0 else { throw CocoaError(.fileWriteUnknown) }
        // A rename is durable once its folder is.
        let descriptor = open(folder, O_RDONLY | O_DIRECTORY)
        guard descriptor >= 0 else { throw CocoaError(.fileWriteUnknown) }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw CocoaError(.fileWriteUnknown) }
    }

    /// Takes it away, if it is there.
    func remove() throws {
        guard unlink(path) == 0 || errno == ENOENT else { throw CocoaError(.fileWriteUnknown) }
    }

    /// Bytes in the file; `nil` when it is not there.
    func size() -> Int? {
        guard let attributes = try? FileManager.default.attributesOfItem(atPath: path) else { return nil }
        return (attributes[.size] as? NSNumber)?.intValue
    }
}
