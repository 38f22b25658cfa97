import Foundation
import TruckrollProtocol

/// Segments of snapshots over HTTP (Protocol/10-attachments-stream-http.md, 10.24 on).
extension HTTPTransport {
    public func fetchSegment(sha256: [UInt8], through path: String) async throws -> [UInt8] {
        let partial = PartialDownload(path: path)
        try await receive(try target(sha256, "GET", in: "snapshots"), into: partial, from: partial.size, limit: Limits.compressedSegmentBytes)
        // Whatever they are, they are not gone on with: who asks again gets them from the start.
        defer { partial.remove() }
        return try partial.bytes()
    }
}
