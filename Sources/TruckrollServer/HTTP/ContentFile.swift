import Foundation
import TruckrollCore
import TruckrollStoreSQLite

/// The file of an attachment, or of a segment of a snapshot: `<folder>/<first two digits>/<all 64 digits of its SHA-256>`. No name of a person's choosing reaches the disk.
struct ContentFile: Sendable {
    let folder: String
    let name: String

    init(folder: String, sha256: [UInt8]) {
        name = sha256.hexadecimal
        self.folder = folder + "/" + name.prefix(2)
    }

    var path: String { folder + "/" + name }

    /// Puts a synced file in its place, durably.
    func take(_ temporary: String) throws {
        try DurableFile.makeFolder(folder)
        try DurableFile.move(temporary, to: path)
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
