/// What a device and its server found out about each other at sign-in (Protocol/08-enrolment.md, 8.9a on).
public struct SpokenVersions: Hashable, Sendable, Codable {
    /// The protocol version spoken between them.
    public var protocolVersion: UInt32
    /// The schema the server knows; 0 when it does not say.
    public var schemaVersion: UInt32
    /// The oldest protocol version with which the server shows anything.
    public var oldestProtocol: UInt32

    public init(protocolVersion: UInt32, schemaVersion: UInt32, oldestProtocol: UInt32) {
        self.protocolVersion = protocolVersion
        self.schemaVersion = schemaVersion
        self.oldestProtocol = oldestProtocol
    }

    /// Reads what a server answered to a sign-in. One of before this was said speaks version 1.
    public init(_ answer: PBSignIn) {
        self.init(
            protocolVersion: max(1, answer.protocolVersion), schemaVersion: answer.schemaVersion, oldestProtocol: max(1, answer.oldestProtocol))
    }

    /// Whether a device of that protocol version is only listened to.
    public func isTooOld(_ newestSpoken: UInt32) -> Bool { newestSpoken < oldestProtocol }

    /// Who should be updated.
    public enum Upgrade: String, Sendable {
        /// Nobody: both know the same.
        case none
        /// The device can no longer be shown anything.
        case required
        /// The server knows things that this device keeps and cannot show.
        case recommended
        /// The device knows more than its server; what that cannot take yet waits there or here.
        case server
    }

    /// Who should be updated, as seen by a device of these versions.
    public func upgrade(protocolVersion newest: UInt32, schemaVersion schema: UInt32) -> Upgrade {
        if isTooOld(newest) { return .required }
        if schemaVersion > schema { return .recommended }
        return protocolVersion < newest || (schemaVersion != 0 && schemaVersion < schema) ? .server : .none
    }
}
