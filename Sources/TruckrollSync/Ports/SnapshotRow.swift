import TruckrollCore
import TruckrollDomain

/// A snapshot of a shared scope: what it held at a position, as segments. Derived data; the segments' bytes lie in a
/// ``SegmentStore``.
public struct SnapshotRow: Hashable, Sendable {
    public var scope: Scope
    /// Whose records it holds as they were; the view version is 0.
    public var at: Checkpoint
    /// Unix milliseconds of the server's clock.
    public var madeAt: Int64
    /// In the order in which they are applied.
    public var segments: [SegmentName]

    public init(scope: Scope, at: Checkpoint, madeAt: Int64, segments: [SegmentName]) {
        self.scope = scope
        self.at = at
        self.madeAt = madeAt
        self.segments = segments
    }
}

/// A segment by its name, and what to expect of it.
public struct SegmentName: Hashable, Sendable {
    /// Of the bytes as they travel.
    public var sha256: [UInt8]
    /// As they travel.
    public var bytes: Int
    public var records: Int

    public init(sha256: [UInt8], bytes: Int, records: Int) {
        self.sha256 = sha256
        self.bytes = bytes
        self.records = records
    }
}
