import Foundation
import TruckrollCore
import TruckrollStoreSQLite
import TruckrollSync

/// The segments of a tenant's snapshots, each in a file named by its hash.
struct SegmentFolder: SegmentStore {
    let path: String

    private func file(_ sha256: [UInt8]) -> ContentFile { ContentFile(folder: path, sha256: sha256) }

    func put(_ bytes: [UInt8], sha256: [UInt8]) throws {
        guard try read(sha256) == nil else { return }
        let temporary = "\(path)/\(sha256.hexadecimal).new"
        try DurableFile.makeFolder(path)
        guard FileManager.default.createFile(atPath: temporary, contents: nil, attributes: [.posixPermissions: 0o600]) else {
            throw CocoaError(.fileWriteUnknown, userInfo: [NSFilePathErrorKey: temporary])
        }
        do {
            let handle = try FileHandle(forWritingTo: URL(fileURLWithPath: temporary))
            defer { try? handle.close() }
            try handle.write(contentsOf: Data(bytes))
            try handle.synchronize()
            try file(sha256).take(temporary)
        } catch {
            unlink(temporary)
            throw error
        }
    }

    func size(of sha256: [UInt8]) throws -> Int? { file(sha256).size() }

    func read(_ sha256: [UInt8]) throws -> [UInt8]? {
        guard let bytes = FileManager.default.contents(atPath: file(sha256).path), ContentDigest.sha256(bytes) == sha256 else { return nil }
        return Array(bytes)
    }

    func remove(_ sha256: [UInt8]) throws { try file(sha256).remove() }

    func names() throws -> [[UInt8]] {
        guard FileManager.default.fileExists(atPath: path) else { return [] }
        return try FileManager.default.contentsOfDirectory(atPath: path).filter { $0.count == 2 }.flatMap { folder in
            try FileManager.default.contentsOfDirectory(atPath: "\(path)/\(folder)").compactMap { [UInt8](hexadecimal: $0) }
        }.filter { $0.count == 32 }
    }
}
