import TruckrollCore
import TruckrollCryptography
import TruckrollDomain
import TruckrollProtocol

/// A token that says who it was given to and until when, with a MAC of the processes that share a key: whichever of them it is shown to
/// knows it for one of theirs. To devices it is as opaque as any.
struct SealedToken {
    let device: DeviceID
    let replica: ReplicaID
    /// Unix milliseconds.
    let expiresAt: UInt64
    let isOutdated: Bool
    /// 16 random bytes.
    let salt: [UInt8]

    private static let version: UInt8 = 1
    private static let contentBytes = 46
    private static let macBytes = 32

    /// The token, and the key under which its device signs its requests.
    func sealed(for tenant: TenantID, by key: [UInt8]) -> (token: String, macKey: [UInt8]) {
        var content: [UInt8] = [Self.version, isOutdated ? 1 : 0]
        content.append(bigEndian: replica.rawValue)
        content.append(bigEndian: expiresAt)
        content += device.bytes + salt
        return (Base64Text.encodeURL(content + Self.code("token", content, tenant, key)), Self.code("mac", content, tenant, key))
    }

    /// What a token tells; `nil` when no process with this key gave it out for the tenant.
    static func session(of token: String, tenant: TenantID, key: [UInt8]) -> SessionRecord? {
        guard let bytes = Base64Text.decodeURL(token), bytes.count == contentBytes + macBytes, bytes[0] == version else { return nil }
        let content = Array(bytes[..<contentBytes])
        guard MessageAuthentication.isValid(Array(bytes[contentBytes...]), for: authenticated("token", content, tenant), key: key),
            let device = DeviceID(bytes: content[14..<30])
        else { return nil }
        let replica = content[2..<6].reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
        let expiresAt = content[6..<14].reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        return SessionRecord(
            tenant: tenant, device: device, replica: ReplicaID(rawValue: replica), macKey: code("mac", content, tenant, key), expiresAt: expiresAt,
            isOutdated: content[1] == 1)
    }

    private static func code(_ purpose: String, _ content: [UInt8], _ tenant: TenantID, _ key: [UInt8]) -> [UInt8] {
        MessageAuthentication.code(for: authenticated(purpose, content, tenant), key: key)
    }

    private static func authenticated(_ purpose: String, _ content: [UInt8], _ tenant: TenantID) -> [UInt8] {
        Array("truckroll/\(purpose)/1".utf8) + [0] + tenant.bytes + content
    }
}
