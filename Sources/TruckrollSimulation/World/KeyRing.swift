import TruckrollCore
import TruckrollSync

/// The keys of a run, each made from a number and known by its private half.
final class KeyRing: @unchecked Sendable {
    private var next: UInt64 = 1
    private var publicKeys: [[UInt8]: [UInt8]] = [:]
    private let security: SimulatedSecurity

    init(_ security: SimulatedSecurity, from first: UInt64) {
        self.security = security
        next = first
    }

    func make() -> SyncConversation.NewKey {
        next += 1
        let key = SimulatedSecurity.key(seed: next)
        publicKeys[key.rawRepresentation] = key.publicKey
        return SyncConversation.NewKey(privateKey: key.rawRepresentation, publicKey: key.publicKey)
    }

    func sign(_ message: [UInt8], _ key: SyncConversation.NewKey) throws -> [UInt8] {
        try security.sign(message, privateKey: key.privateKey, publicKey: key.publicKey)
    }

    func sign(_ message: [UInt8], _ identity: DeviceIdentity) throws -> [UInt8] {
        let publicKey = publicKeys[identity.privateKey] ?? SigningKey(rawRepresentation: identity.privateKey)?.publicKey ?? []
        publicKeys[identity.privateKey] = publicKey
        return try security.sign(message, privateKey: identity.privateKey, publicKey: publicKey)
    }
}
