import TruckrollCore
import TruckrollDomain
import TruckrollProtocol

/// A large shared scope comes as a snapshot: segments that were made once for everybody, fetched one after the other and kept
/// aside like parts (Protocol/07-sync.md).
extension DeviceEngine {
    /// The segment to fetch next; `nil` when none is awaited, or when something recorded meanwhile goes first.
    public func nextSegment() throws -> SegmentName? {
        try store.read { transaction in
            let state = try transaction.state()
            guard let next = decoded.filling(of: state)?.snapshot.segments.first else { return nil }
            let replica = try requireIdentity(transaction).replica
            let isNewsWaiting = try transaction.outbox().contains { $0.set.writeID.replica == replica && !$0.isSent }
            return isNewsWaiting ? nil : SegmentName(next)
        }
    }

    /// Keeps a segment that arrived, and what is still awaited, in one transaction.
    ///
    /// - Returns: `false` when the bytes are not those that were named, or cannot be used; nothing was changed.
    public func keep(segment bytes: [UInt8]) throws -> Bool {
        try store.write { transaction in
            var state = try transaction.state()
            guard var filling = decoded.filling(of: state), let name = filling.snapshot.segments.first, let compression,
                ContentDigest.sha256(bytes).elementsEqual(name.sha256),
                let content = try? compression.decompressed(bytes, limit: Limits.segmentContentBytes),
                let segment = try? Wire.decode(PBSegment.self, content)
            else { return false }
            for chunk in segment.chunks { try transaction.append(part: try Wire.encode(chunk)) }
            filling.snapshot.segments.removeFirst()
            state.filling = try Wire.encode(filling)
            decoded.keep(filling, of: state)
            try transaction.save(state)
            return true
        }
    }

    /// Throws away what is kept aside of the classes that are not here yet, and begins them anew.
    ///
    /// - Parameter isPlain: without snapshots, as their segments could not be used.
    public func fillAnew(isPlain: Bool) throws {
        try store.write { transaction in
            var state = try transaction.state()
            let former = decoded.filling(of: state) ?? PBFilling()
            try transaction.deleteParts()
            state.filling = []
            if var filling = try nextPart(state) {
                filling.plain = isPlain || former.plain
                state.filling = try Wire.encode(filling)
            }
            try transaction.save(state)
        }
    }
}

extension SegmentName {
    init(_ name: PBSegmentName) {
        self.init(sha256: Array(name.sha256), bytes: Int(clamping: name.bytes), records: Int(clamping: name.records))
    }
}
