import Testing
import TruckrollCompression
import TruckrollCore
import TruckrollDomain
import TruckrollProtocol
import TruckrollSync

/// A segment of a snapshot as it travels, and what it holds.
struct SegmentVector: VectorCase {
    static let file = "segments"

    struct Content: Codable, Hashable, Sendable {
        var key: Hex
        var scopes: [String]
        var hash: Hex
    }

    var name: String
    /// As they travel.
    var bytes: Hex
    var sha256: Hex
    /// In their order; absent when the bytes are refused.
    var records: [Content]?

    private init(_ name: String, _ bytes: [UInt8], _ records: [Content]?) {
        self.name = name
        self.bytes = Hex(bytes)
        sha256 = Hex(ContentDigest.sha256(bytes))
        self.records = records
    }

    static func make() throws -> [SegmentVector] {
        let (content, records) = try segment()
        let stored = frame(content)
        let large = [UInt8](repeating: 0, count: Limits.segmentContentBytes + 1)
        return [
            SegmentVector("an empty segment", frame([]), []),
            SegmentVector("one block, as it is", stored, records),
            SegmentVector("two blocks, as they are", frame(content, blockBytes: 100), records),
            SegmentVector("compressed", try Zstd().compressed(content), records),
            SegmentVector("cut short", Array(stored.dropLast()), nil),
            SegmentVector("followed by another frame", stored + frame([]), nil),
            SegmentVector("without the length of its content", frame(content, saysSize: false), nil),
            SegmentVector("a content beyond the bound, in few bytes", try Zstd().compressed(large), nil),
            SegmentVector("no frame", content, nil),
            SegmentVector("a content that is no message", frame([0x0A, 0xFF]), nil),
        ]
    }

    /// A Zstandard frame (RFC 8878, 3.1.1) of raw blocks.
    private static func frame(_ content: [UInt8], blockBytes: Int = 1 << 16, saysSize: Bool = true) -> [UInt8] {
        // A single segment with four bytes of content size; or a window of 1 KiB and no size.
        var bytes: [UInt8] = [0x28, 0xB5, 0x2F, 0xFD] + (saysSize ? [0xA0] + littleEndian(content.count, 4) : [0x00, 0x00])
        var rest = content[...]
        repeat {
            let block = rest.prefix(blockBytes)
            rest = rest.dropFirst(blockBytes)
            bytes += littleEndian(block.count << 3 | (rest.isEmpty ? 1 : 0), 3) + block
        } while !rest.isEmpty
        return bytes
    }

    private static func littleEndian(_ value: Int, _ count: Int) -> [UInt8] { (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) } }

    private static func segment() throws -> (bytes: [UInt8], records: [Content]) {
        var (chunk, records) = (PBChunk(), [Content]())
        chunk.scopes = ["catalogue"]
        let versions = try [1, 2].map { number in
            try Version(decoding: [1, 0x99, 0xC8, 0x2C, 0xC0, 0, 0, number, 0, 0, 0, 3, 0, 0, 0, 0, 0, 0, 0, 9] as [UInt8])
        }
        chunk.versions = versions.map { data($0.encoded) }
        for number in 1...3 as ClosedRange<UInt64> {
            let key = RecordKey(type: EntityType(rawValue: 16), id: RecordID(high: 0x0199_C82C_C000_7000, low: 0x8000_0000_0000_0000 + number))
            var record = Record(key: key)
            var change = PBRecordChange()
            change.key = data(key.encoded)
            (change.whole, change.join, change.scopes) = (true, true, [0])
            for field in 1...2 as ClosedRange<UInt32> {
                var entry = PBEntry()
                (entry.field, entry.version) = (field, UInt32(number % 2))
                entry.value = data([0x63, 0x50, 0x2D, 0x30 + UInt8(number)])
                change.entries.append(entry)
                record.set(FieldEntry(field: FieldID(rawValue: field), version: versions[Int(number % 2)], value: Array(entry.value)))
            }
            chunk.records.append(change)
            records.append(Content(key: Hex(key.encoded), scopes: ["catalogue"], hash: Hex(RecordHash(record).bytes)))
        }
        var segment = PBSegment()
        segment.chunks = [chunk]
        return (try Wire.encode(segment), records)
    }
}

@Suite("Vectors of segments")
struct SegmentVectorTests {
    @Test("every published segment is read or refused", arguments: try VectorFile.load(SegmentVector.self))
    func vector(_ vector: SegmentVector) throws {
        #expect(ContentDigest.sha256(vector.bytes.bytes) == vector.sha256.bytes)
        let segment = try? Wire.decode(PBSegment.self, Zstd().decompressed(vector.bytes.bytes, limit: Limits.segmentContentBytes))
        guard let expected = vector.records else {
            #expect(segment == nil)
            return
        }
        var records: [SegmentVector.Content] = []
        for chunk in try #require(segment).chunks {
            for change in chunk.records {
                #expect(change.join && change.whole)
                var record = Record(key: try RecordKey(decoding: change.key))
                for entry in change.entries {
                    let version = try Version(decoding: chunk.versions[Int(entry.version)])
                    record.set(FieldEntry(field: FieldID(rawValue: entry.field), version: version, value: Array(entry.value)))
                }
                records.append(
                    .init(
                        key: Hex(Array(change.key)), scopes: change.scopes.map { chunk.scopes[Int($0)] }, hash: Hex(RecordHash(record).bytes)))
            }
        }
        #expect(records == expected)
    }
}
