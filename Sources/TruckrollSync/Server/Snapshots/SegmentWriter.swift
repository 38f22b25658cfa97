import TruckrollCore
import TruckrollDomain
import TruckrollProtocol

/// Writes the records of a shared scope into segments, one after the other.
struct SegmentWriter {
    private let keeping: SnapshotKeeping
    private let scope: Scope
    private var builder = ChunkBuilder(limit: Puller.recordsInChunk)
    private var records = 0
    private var bytes = 0
    private(set) var segments: [SegmentName] = []

    init(_ keeping: SnapshotKeeping, of scope: Scope) {
        self.keeping = keeping
        self.scope = scope
    }

    mutating func add(_ record: Record) throws {
        builder.add(.init(key: record.key, isWhole: true, entries: record.entries, scopes: [scope], isJoining: true))
        records += 1
        // Never less than what the encoding takes: a key, and for each entry at most a version and three small numbers.
        bytes += 32 + record.entries.reduce(0) { $0 + $1.value.count + 40 }
        if bytes >= keeping.segmentBytes { try finish() }
    }

    /// Ends the segment that was begun.
    mutating func finish() throws {
        guard records > 0 else { return }
        var segment = PBSegment()
        segment.chunks = builder.finish()
        let content = try Wire.encode(segment)
        let travelling = try keeping.compression.compressed(content)
        guard content.count <= Limits.segmentContentBytes, travelling.count <= Limits.compressedSegmentBytes else {
            throw CompressionProblem.tooLarge(limit: Limits.segmentContentBytes)
        }
        let sha256 = ContentDigest.sha256(travelling)
        try keeping.segments.put(travelling, sha256: sha256)
        segments.append(SegmentName(sha256: sha256, bytes: travelling.count, records: records))
        (builder, records, bytes) = (ChunkBuilder(limit: Puller.recordsInChunk), 0, 0)
    }
}
