#if !canImport(CryptoKit)
internal import COpenSSL

/// A point of P-256, and its scalar when the key is one's own, as libcrypto holds them.
///
/// `@unchecked Sendable`: the initializers write, and afterwards libcrypto only reads.
final class CurveKey: @unchecked Sendable {
    private let key: OpaquePointer

    /// A key without anything in it.
    private init() throws(CryptoKitError) {
        guard Libcrypto.isReady, let group = Self.group.pointer, let key = EC_KEY_new() else { throw Libcrypto.problem() }
        self.key = key
        guard EC_KEY_set_group(key, group) == 1 else { throw Libcrypto.problem() }
    }

    deinit { EC_KEY_free(key) }

    /// A new pair from libcrypto's generator.
    static func generated() throws(CryptoKitError) -> CurveKey {
        let made = try CurveKey()
        guard EC_KEY_generate_key(made.key) == 1 else { throw Libcrypto.problem() }
        return made
    }

    /// The pair of a scalar of 32 bytes, big-endian, in 1 ... n - 1.
    convenience init(scalar bytes: UnsafeRawBufferPointer) throws(CryptoKitError) {
        guard bytes.count == P256.coordinateByteCount else { throw .incorrectKeySize }
        try self.init()
        let scalar = try BigNumber(bytes)
        guard let group = EC_KEY_get0_group(key), let order = EC_GROUP_get0_order(group), BN_is_zero(scalar.pointer) == 0,
            BN_cmp(scalar.pointer, order) < 0, EC_KEY_set_private_key(key, scalar.pointer) == 1, let point = EC_POINT_new(group)
        else { throw Libcrypto.problem() }
        defer { EC_POINT_free(point) }
        guard EC_POINT_mul(group, point, EC_KEY_get0_private_key(key), nil, nil, nil) == 1, EC_KEY_set_public_key(key, point) == 1
        else { throw Libcrypto.problem() }
    }

    /// The key of a point written as 0x04 ‖ x ‖ y; refused when it does not lie on the curve.
    convenience init(point bytes: UnsafeRawBufferPointer) throws(CryptoKitError) {
        guard bytes.count == P256.pointByteCount, bytes[0] == 4 else { throw .incorrectParameterSize }
        try self.init()
        let start = bytes.assumingMemoryBound(to: UInt8.self).baseAddress
        guard EC_KEY_oct2key(key, start, bytes.count, nil) == 1 else { throw Libcrypto.problem() }
    }

    /// The scalar, 32 bytes; empty when the key is another's.
    var scalar: [UInt8] {
        withExtendedLifetime(self) {
            guard let scalar = EC_KEY_get0_private_key(key) else { return [] }
            return Self.bytes(of: scalar)
        }
    }

    /// 0x04 ‖ x ‖ y, 65 bytes.
    var point: [UInt8] {
        withExtendedLifetime(self) {
            [UInt8](unsafeUninitializedCapacity: P256.pointByteCount) { bytes, count in
                count = EC_POINT_point2oct(
                    EC_KEY_get0_group(key), EC_KEY_get0_public_key(key), POINT_CONVERSION_UNCOMPRESSED, bytes.baseAddress,
                    P256.pointByteCount, nil)
            }
        }
    }

    /// r ‖ s over a hash, 32 bytes each.
    func signature(of digest: SHA256Digest) throws(CryptoKitError) -> [UInt8] {
        let made = withExtendedLifetime(self) {
            digest.bytes.withUnsafeBufferPointer { ECDSA_do_sign($0.baseAddress, Int32($0.count), key) }
        }
        guard let signature = made else { throw Libcrypto.problem() }
        defer { ECDSA_SIG_free(signature) }
        return Self.bytes(of: ECDSA_SIG_get0_r(signature)) + Self.bytes(of: ECDSA_SIG_get0_s(signature))
    }

    /// Whether the 64 bytes r ‖ s are this key's signature of a hash; r and s outside 1 ... n - 1 are not.
    func isValid(_ bytes: [UInt8], of digest: SHA256Digest) -> Bool {
        guard bytes.count == P256.signatureByteCount, let signature = ECDSA_SIG_new() else { return false }
        defer { ECDSA_SIG_free(signature) }
        let isFilled = bytes.withUnsafeBytes { bytes in
            guard let r = try? BigNumber(UnsafeRawBufferPointer(rebasing: bytes[..<P256.coordinateByteCount])),
                let s = try? BigNumber(UnsafeRawBufferPointer(rebasing: bytes[P256.coordinateByteCount...]))
            else { return false }
            return ECDSA_SIG_set0(signature, r.handedOver(), s.handedOver()) == 1
        }
        guard isFilled else { return false }
        let verdict = withExtendedLifetime(self) {
            digest.bytes.withUnsafeBufferPointer { ECDSA_do_verify($0.baseAddress, Int32($0.count), signature, key) }
        }
        if verdict == 1 { return true }
        ERR_clear_error()
        return false
    }

    private static func bytes(of number: OpaquePointer?) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: P256.coordinateByteCount) { bytes, count in
            count = max(0, Int(BN_bn2binpad(number, bytes.baseAddress, Int32(P256.coordinateByteCount))))
        }
    }

    /// The curve, built once and copied into each key. `@unchecked Sendable`: nobody changes it.
    private final class Group: @unchecked Sendable {
        let pointer = EC_GROUP_new_by_curve_name(NID_X9_62_prime256v1)
        deinit { EC_GROUP_free(pointer) }
    }

    private static let group = Group()
}
#endif
