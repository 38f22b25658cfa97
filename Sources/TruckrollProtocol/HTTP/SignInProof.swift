import TruckrollCore

/// What a device signs to get an access token.
public enum SignInProof {
    /// "truckroll/sign-in/1" 0x00, the server's nonce, the device's 16 bytes, the replica as u32 big-endian.
    public static func bytes(nonce: [UInt8], device: DeviceID, replica: ReplicaID) -> [UInt8] {
        var bytes = Array("truckroll/sign-in/1".utf8) + [0] + nonce + device.bytes
        bytes.append(bigEndian: replica.rawValue)
        return bytes
    }
}
