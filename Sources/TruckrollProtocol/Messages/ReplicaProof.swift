import TruckrollCore

/// What the old key of a forked device signs when the device asks for a new replica.
public enum ReplicaProof {
    /// "truckroll/replica/1" 0x00, device 16, old replica u32, new public key.
    public static func message(device: DeviceID, oldReplica: ReplicaID, newKey: [UInt8]) -> [UInt8] {
        var bytes = Array("truckroll/replica/1".utf8) + [0] + device.bytes
        bytes.append(bigEndian: oldReplica.rawValue)
        return bytes + newKey
    }
}
