import Foundation
import NIOCore

/// A file's bytes, read piece by piece as they are asked for.
struct FileChunks: AsyncSequence, Sendable {
    typealias Element = ByteBuffer

    let path: String

    struct AsyncIterator: AsyncIteratorProtocol {
        let path: String
        var handle: FileHandle?

        mutating func next() async throws -> ByteBuffer? {
            let handle = try handle ?? FileHandle(forReadingFrom: URL(fileURLWithPath: path))
            self.handle = handle
            guard let chunk = try handle.read(upToCount: 64 << 10), !chunk.isEmpty else {
                try handle.close()
                return nil
            }
            return ByteBuffer(bytes: chunk)
        }
    }

    func makeAsyncIterator() -> AsyncIterator { AsyncIterator(path: path) }
}
