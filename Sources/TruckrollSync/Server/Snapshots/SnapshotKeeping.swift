import Synchronization
import TruckrollProtocol

/// How a server keeps snapshots of shared scopes, and where.
public struct SnapshotKeeping: Sendable {
    public let segments: any SegmentStore
    public let compression: any Compression
    /// Live records from which on a scope comes by its snapshot.
    public let records: Int
    /// Bytes of records after which a segment ends.
    public let segmentBytes: Int
    /// Percent of a scope's records that may have changed since its snapshot before another one is made.
    public let tailPercent: Int
    private let turn = Turn()

    /// The one snapshot that is being made. Whoever wants one meanwhile does not wait for it, as few calls of all tenants run at a
    /// time: it takes the scope by its records.
    private final class Turn: Sendable {
        let mutex = Mutex<Void>(())
    }

    public init(
        segments: any SegmentStore, compression: any Compression, records: Int = Limits.recordsForSnapshot,
        segmentBytes: Int = Limits.segmentBytes, tailPercent: Int = Limits.snapshotTailPercent
    ) {
        self.segments = segments
        self.compression = compression
        self.records = records
        self.segmentBytes = segmentBytes
        self.tailPercent = tailPercent
    }

    /// Runs `body`, unless somebody else's runs now: then there is none.
    func inTurn(_ body: () throws -> Bool) throws -> Bool { try turn.mutex.withLockIfAvailable { _ in try body() } ?? false }

    /// Whether all the bytes are there.
    func holds(_ snapshot: SnapshotRow) throws -> Bool {
        try snapshot.segments.allSatisfy { try segments.size(of: $0.sha256) == $0.bytes }
    }
}
