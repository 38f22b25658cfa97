import Foundation

/// An attachment's bytes, piece by piece, wherever they are.
struct AttachmentSource {
    private let content: AttachmentContent
    let size: Int

    init(_ content: AttachmentContent) throws {
        self.content = content
        switch content {
        case .bytes(let bytes): size = bytes.count
        case .file(let path): size = (try FileManager.default.attributesOfItem(atPath: path)[.size] as? NSNumber)?.intValue ?? 0
        }
    }

    /// The bytes of a range.
    ///
    /// - Throws: `CocoaError` when the file can no longer be read that far.
    func bytes(_ range: Range<Int>) throws -> [UInt8] {
        switch content {
        case .bytes(let bytes): return Array(bytes[range])
        case .file(let path):
            let handle = try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
            defer { try? handle.close() }
            try handle.seek(toOffset: UInt64(range.lowerBound))
            var bytes: [UInt8] = []
            while bytes.count < range.count, let chunk = try handle.read(upToCount: range.count - bytes.count), !chunk.isEmpty { bytes += chunk }
            guard bytes.count == range.count else { throw CocoaError(.fileReadUnknown, userInfo: [NSFilePathErrorKey: path]) }
            return bytes
        }
    }
}
