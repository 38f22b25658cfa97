/// What the engines need of a way to make bytes smaller (Protocol/07-sync.md says which one travels).
public protocol Compression: Sendable {
    /// The bytes made smaller; the same bytes need not give the same result again.
    func compressed(_ bytes: [UInt8]) throws -> [UInt8]
    /// What was made smaller, once nothing else than that is there.
    ///
    /// - Parameter limit: bytes it may have at most; memory is never taken for more.
    /// - Throws: ``CompressionProblem``. Throw the bytes away and fetch them again.
    func decompressed(_ bytes: [UInt8], limit: Int) throws -> [UInt8]
}

/// Why bytes cannot be made larger again.
public enum CompressionProblem: Error, Hashable, Sendable, CustomStringConvertible {
    /// They are none of the format, or damaged.
    case unreadable(String)
    /// There would be more bytes than the caller takes.
    case tooLarge(limit: Int)

    public var description: String {
        switch self {
        case .unreadable(let detail): "The compressed bytes cannot be read: \(detail). Fetch them again."
        case .tooLarge(let limit): "The compressed bytes would become more than \(limit). Fetch them again."
        }
    }
}

/// Bytes as they are, for simulations and tests.
public struct NoCompression: Compression {
    public init() {}
    public func compressed(_ bytes: [UInt8]) throws -> [UInt8] { bytes }
    public func decompressed(_ bytes: [UInt8], limit: Int) throws -> [UInt8] {
        guard bytes.count <= limit else { throw CompressionProblem.tooLarge(limit: limit) }
        return bytes
    }
}
