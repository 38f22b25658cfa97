import TruckrollCryptography

extension Identifier where Kind == RecordKind {
    /// The id of a record that has a natural key, so that creating it twice on two devices makes one record.
    ///
    /// The first 16 bytes of SHA-256("truckroll/id/1" 0x00, type u16, then each key part behind its u32 length), with the
    /// version and variant bits of UUID version 8 (RFC 9562).
    public static func derived(type: EntityType, key parts: [[UInt8]]) -> RecordID {
        var input = Array("truckroll/id/1".utf8) + [0]
        input.append(bigEndian: type.rawValue)
        for part in parts {
            input.append(bigEndian: UInt32(part.count))
            input += part
        }
        var bytes = Array(SHA256.hash(data: input).prefix(16))
        bytes[6] = bytes[6] & 0x0F | 0x80
        bytes[8] = bytes[8] & 0x3F | 0x80
        var high: UInt64 = 0
        var low: UInt64 = 0
        for index in 0..<8 {
            high = high << 8 | UInt64(bytes[index])
            low = low << 8 | UInt64(bytes[index + 8])
        }
        return RecordID(high: high, low: low)
    }
}
