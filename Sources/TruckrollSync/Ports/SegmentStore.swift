/// Where a server keeps the bytes of its snapshots' segments, each under its SHA-256.
///
/// They can all be made again from the database: losing them costs time, not records.
public protocol SegmentStore: Sendable {
    /// Keeps the bytes durably; those that are there already stay.
    func put(_ bytes: [UInt8], sha256: [UInt8]) throws
    /// How many bytes are there under the name; `nil` when none.
    func size(of sha256: [UInt8]) throws -> Int?
    /// The bytes; `nil` when they are not there or no longer have their hash.
    func read(_ sha256: [UInt8]) throws -> [UInt8]?
    func remove(_ sha256: [UInt8]) throws
    /// The names of all that is there, in no order.
    func names() throws -> [[UInt8]]
}
