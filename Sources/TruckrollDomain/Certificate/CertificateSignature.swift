/// The signature of the issuing device over a content: what makes a certificate final, with or without a network.
public enum CertificateSignature {
    /// Says in the signed bytes what is signed, so that no signature over something else can be passed off as one.
    public static let label = Array("truckroll/certificate/1".utf8) + [0]

    /// The bytes whose SHA-256 is signed.
    public static func message(for content: [UInt8]) -> [UInt8] { label + content }
}
