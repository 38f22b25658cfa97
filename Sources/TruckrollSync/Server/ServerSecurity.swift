import TruckrollCore
import TruckrollDomain
import TruckrollProtocol

/// What the sequencer needs from outside: keys and checks, so that a simulation can hand it cheap ones.
public struct ServerSecurity: Sendable {
    /// Keeps receipts and leases recognisable to this server alone.
    public let receiptKey: [UInt8]
    /// The tenant's public key, 65 bytes.
    public let tenantKey: [UInt8]
    /// Signs a statement with the tenant key.
    public let sign: @Sendable ([UInt8]) throws -> [UInt8]
    /// Whether a signature is valid: signature, message, algorithm, public key.
    public let isValid: @Sendable ([UInt8], [UInt8], SignatureAlgorithm, [UInt8]) -> Bool

    public init(
        receiptKey: [UInt8], tenantKey: [UInt8], sign: @escaping @Sendable ([UInt8]) throws -> [UInt8],
        isValid: @escaping @Sendable ([UInt8], [UInt8], SignatureAlgorithm, [UInt8]) -> Bool = {
            Signatures.isValid($0, of: $1, algorithm: $2, publicKey: $3)
        }
    ) {
        self.receiptKey = receiptKey
        self.tenantKey = tenantKey
        self.sign = sign
        self.isValid = isValid
    }
}
