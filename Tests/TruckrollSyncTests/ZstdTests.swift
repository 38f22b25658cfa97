import Testing
import TruckrollCompression
import TruckrollCore
import TruckrollSync

@Suite("Zstandard")
struct ZstdTests {
    @Test("gives the bytes back", arguments: [0, 1, 100, 70_000, 1 << 20])
    func roundTrip(count: Int) throws {
        let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 / 3) }
        let compressed = try Zstd().compressed(bytes)
        #expect(try Zstd().decompressed(compressed, limit: count) == bytes)
        if count > 1000 { #expect(compressed.count < count / 2) }
    }

    @Test("takes no memory for more than the limit, however small the bytes are")
    func bomb() throws {
        let compressed = try Zstd().compressed([UInt8](repeating: 0, count: 50 << 20))
        #expect(compressed.count < 10_000)
        #expect(throws: CompressionProblem.tooLarge(limit: 1 << 20)) { try Zstd().decompressed(compressed, limit: 1 << 20) }
        #expect(throws: CompressionProblem.self) { try Zstd().decompressed(compressed, limit: -1) }
    }

    @Test("refuses what is not exactly one sound frame that says its length")
    func damaged() throws {
        let sound = try Zstd().compressed((0..<5_000).map { UInt8(truncatingIfNeeded: $0 &* $0) })
        // A frame with a window and no content size: header 0x00 0x00, one empty last block.
        let sizeless: [UInt8] = [0x28, 0xB5, 0x2F, 0xFD, 0x00, 0x00, 0x01, 0x00, 0x00]
        for bytes in [[], [1, 2, 3], Array(sound.dropLast()), sound + [0], sound + sound, sizeless] {
            #expect(throws: CompressionProblem.self) { try Zstd().decompressed(bytes, limit: 1 << 20) }
        }
        for index in stride(from: 0, to: sound.count, by: 7) {
            var bytes = sound
            bytes[index] ^= 0x41
            // Whatever comes out of damaged bytes, it stays within the bound.
            if let content = try? Zstd().decompressed(bytes, limit: 6_000) { #expect(content.count <= 6_000) }
        }
    }
}
