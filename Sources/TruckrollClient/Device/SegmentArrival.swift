import Foundation
import TruckrollCore
import TruckrollProtocol
import TruckrollSync

/// Where the segment lies that is arriving, beside the store, so that the next attempt goes on at the byte where this one broke.
struct SegmentArrival: Sendable {
    let directory: URL

    /// The bytes of a segment; `nil` when the server does not keep it any more.
    func fetch(_ name: SegmentName, over transport: any SyncTransport) async throws -> [UInt8]? {
        let file = directory.appendingPathComponent(name.sha256.hexadecimal)
        try prepare(for: file.lastPathComponent)
        do { return try await transport.fetchSegment(sha256: name.sha256, through: file.path) } catch TransportProblem.problem(let document)
            where document.code == "snapshot-gone"
        {
            return nil
        }
    }

    /// One at a time: what is here of others nobody asks for any more.
    private func prepare(for name: String) throws {
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        for other in try FileManager.default.contentsOfDirectory(atPath: directory.path) where other != name {
            try? FileManager.default.removeItem(at: directory.appendingPathComponent(other))
        }
    }
}
