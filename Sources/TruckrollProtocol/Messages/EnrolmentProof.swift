import TruckrollCore

/// What a device signs with its new key when it enrols: that it holds the private one.
public enum EnrolmentProof {
    /// "truckroll/enrol/1" 0x00, the code as it was sent, device 16, the new public key.
    public static func message(code: String, device: DeviceID, publicKey: [UInt8]) -> [UInt8] {
        Array("truckroll/enrol/1".utf8) + [0] + Array(code.utf8) + device.bytes + publicKey
    }
}
