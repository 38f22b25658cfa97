import Synchronization
import TruckrollCore
import TruckrollSync

/// Segments in memory, for simulations and tests.
public final class MemorySegmentStore: SegmentStore {
    private let segments = Mutex<[[UInt8]: [UInt8]]>([:])

    public init() {}

    public func put(_ bytes: [UInt8], sha256: [UInt8]) throws { segments.withLock { $0[sha256] = bytes } }
    public func size(of sha256: [UInt8]) throws -> Int? { segments.withLock { $0[sha256]?.count } }
    public func read(_ sha256: [UInt8]) throws -> [UInt8]? {
        guard let bytes = segments.withLock({ $0[sha256] }), ContentDigest.sha256(bytes) == sha256 else { return nil }
        return bytes
    }
    public func remove(_ sha256: [UInt8]) throws { segments.withLock { $0[sha256] = nil } }
    public func names() throws -> [[UInt8]] { segments.withLock { Array($0.keys) } }
}
