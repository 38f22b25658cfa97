import TruckrollCore

/// The 16 ranges in which a scope's records are compared: ids are random in their low bits, so the ranges are even.
enum RecordRange {
    static let count = 16
    static func of(_ key: RecordKey) -> Int { Int(key.id.low & 0x0F) }
}
