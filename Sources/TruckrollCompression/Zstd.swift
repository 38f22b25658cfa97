import CZstd
import TruckrollSync

/// Zstandard (RFC 8878): one frame that says how long its content is, without dictionary and checksum.
public struct Zstd: Compression {
    /// Segments are made once and sent often.
    private static let level: Int32 = 9

    public init() {}

    public func compressed(_ bytes: [UInt8]) throws -> [UInt8] {
        let bound = ZSTD_compressBound(bytes.count)
        guard ZSTD_isError(bound) == 0 else { throw CompressionProblem.unreadable(Self.words(bound)) }
        return try Self.filled(bound) { ZSTD_compress($0.baseAddress, $0.count, bytes, bytes.count, Self.level) }
    }

    public func decompressed(_ bytes: [UInt8], limit: Int) throws -> [UInt8] {
        let size = ZSTD_getFrameContentSize(bytes, bytes.count)
        // The two largest numbers stand for an unknown size and for an error.
        guard size < UInt64.max - 1 else { throw CompressionProblem.unreadable("no frame that says how long its content is") }
        guard size <= UInt64(max(0, limit)) else { throw CompressionProblem.tooLarge(limit: limit) }
        guard ZSTD_findFrameCompressedSize(bytes, bytes.count) == bytes.count else {
            throw CompressionProblem.unreadable("more or less than one frame")
        }
        let content = try Self.filled(Int(size)) { ZSTD_decompress($0.baseAddress, $0.count, bytes, bytes.count) }
        guard content.count == Int(size) else { throw CompressionProblem.unreadable("another length than the frame says") }
        return content
    }

    private static func filled(_ capacity: Int, _ fill: (UnsafeMutableBufferPointer<UInt8>) -> Int) throws -> [UInt8] {
        try [UInt8](unsafeUninitializedCapacity: capacity) { buffer, count in
            let result = fill(buffer)
            guard ZSTD_isError(result) == 0 else { throw CompressionProblem.unreadable(words(result)) }
            count = result
        }
    }

    private static func words(_ code: Int) -> String { String(cString: ZSTD_getErrorName(code)) }
}
