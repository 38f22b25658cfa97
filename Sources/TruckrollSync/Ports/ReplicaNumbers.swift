import TruckrollCore

/// Who got a replica number.
public enum NumberHolder: String, Hashable, Sendable {
    /// A device, which comes back by itself after a restore.
    case device
    /// An operator's importer, which comes when it is started.
    case `operator`
    /// The server itself, for an epoch.
    case server
}

/// The replica numbers that were given, kept outside the database: an older copy of it forgets them, and no number is ever given
/// twice all the same.
public protocol ReplicaNumbers: Sendable {
    /// A number that was never given, at or above the one the database would give, and kept before it is returned.
    func next(atLeast wanted: UInt32, for holder: NumberHolder) throws -> UInt32
    /// The numbers given from `first` on, ascending.
    func given(from first: UInt32) throws -> [(number: UInt32, holder: NumberHolder)]
}

/// For a server whose database is never put back.
public struct UnkeptReplicaNumbers: ReplicaNumbers {
    public init() {}
    public func next(atLeast wanted: UInt32, for holder: NumberHolder) -> UInt32 { wanted }
    public func given(from first: UInt32) -> [(number: UInt32, holder: NumberHolder)] { [] }
}
