import TruckrollCryptography

/// SHA-256 of bytes that are known by their content: attachments, certificate content, lists of names.
public enum ContentDigest {
    /// 32 bytes.
    public static func sha256(_ bytes: some Sequence<UInt8>) -> [UInt8] { Array(SHA256.hash(data: Array(bytes))) }
}
