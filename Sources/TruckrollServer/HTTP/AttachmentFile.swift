import Foundation
import TruckrollCore

/// The file of one attachment: `<folder>/<first two digits>/<all 64 digits of its SHA-256>`. No name of a person's choosing reaches the disk.
struct AttachmentFile: Sendable {
    let folder: String
    let name: String

    init(folder: String, sha256: [UInt8]) {
        name = sha256.hexadecimal
        self.folder = folder + "/" + name.prefix(2)
    }

    var path: String { folder + "/" + name }

    /// Bytes in the file; `nil` when it is not there.
    func size() -> Int? {
        guard let attributes = try? FileManager.default.attributesOfItem(atPath: path) else { return nil }
        return (attributes[.size] as? NSNumber)?.intValue
    }
}
