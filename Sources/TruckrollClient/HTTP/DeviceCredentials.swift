import TruckrollCore
import TruckrollProtocol

/// Who signs in, and how. The private key stays with whoever made the closure.
public struct DeviceCredentials: Sendable {
    /// The device that enrolled.
    public let device: DeviceID
    /// Its replica.
    public let replica: ReplicaID
    /// Shown at sign-in, so that a server restored from an older backup can take the device on again.
    public let enrolment: PBEnrolment?
    /// The signature of the device's key over the bytes: 64 bytes, for P-256 with the lower s.
    public let signer: @Sendable ([UInt8]) throws -> [UInt8]

    public init(
        device: DeviceID, replica: ReplicaID, enrolment: PBEnrolment? = nil, signer: @escaping @Sendable ([UInt8]) throws -> [UInt8]
    ) {
        self.device = device
        self.replica = replica
        self.enrolment = enrolment
        self.signer = signer
    }
}
