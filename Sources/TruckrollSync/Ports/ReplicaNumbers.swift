/// The replica numbers that were given, kept outside the database: an older copy of it forgets them, and no number is ever given
/// twice all the same.
public protocol ReplicaNumbers: Sendable {
    /// A number that was never given, at or above the one the database would give, and kept before it is returned.
    ///
    /// - Parameter isDevices: whether a device gets it that comes back by itself after a restore; `false` for the server's own
    ///   replicas and an operator's.
    func next(atLeast wanted: UInt32, isDevices: Bool) throws -> UInt32
    /// The numbers devices got, from `first` on, ascending.
    func ofDevices(from first: UInt32) throws -> [UInt32]
}

/// For a server whose database is never put back.
public struct UnkeptReplicaNumbers: ReplicaNumbers {
    public init() {}
    public func next(atLeast wanted: UInt32, isDevices: Bool) -> UInt32 { wanted }
    public func ofDevices(from first: UInt32) -> [UInt32] { [] }
}
