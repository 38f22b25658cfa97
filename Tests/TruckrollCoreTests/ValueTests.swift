import Testing
import TruckrollCore

@Suite("Values")
struct ValueTests {
    static let examples: [(Value, String)] = [
        (.null, "f6"), (.boolean(true), "f5"), (.integer(0), "00"), (.integer(23), "17"), (.integer(24), "1818"), (.integer(-1), "20"),
        (.integer(.max), "1b7fffffffffffffff"), (.integer(.min), "3b7fffffffffffffff"), (.text("é"), "62c3a9"), (.bytes([1, 2]), "420102"),
        (.list([.integer(1), .text("a")]), "82016161"),
    ]

    @Test("are written in deterministic CBOR and read back", arguments: examples.indices)
    func codec(index: Int) throws {
        let (value, hex) = Self.examples[index]
        #expect(value.encoded.hexadecimal == hex)
        #expect(try Value(decoding: value.encoded) == value)
    }

    @Test(
        "every other spelling is refused",
        arguments: [
            "", "1817", "190017", "1a00000017", "1b0000000000000017", "f90000", "fb3ff0000000000000", "f7", "a0", "c001", "5f", "9f", "62ff", "62c3",
            "62c328", "6100", "0000", "9b7fffffffffffffff", "1bffffffffffffffff", "8181818181818181818100",
        ])
    func refused(hex: String) throws {
        let bytes = try #require([UInt8](hexadecimal: hex))
        #expect(throws: DecodingProblem.self) { try Value(decoding: bytes) }
    }

    @Test("equal as people see them is not equal: composed and decomposed letters are two values")
    func bytewise() {
        #expect("é" == "e\u{301}")
        #expect(Value.text("é") != .text("e\u{301}"))
        #expect(Set([Value.text("é"), .text("e\u{301}")]).count == 2)
    }

    @Test("random bytes never trap a decoder")
    func fuzz() {
        var state: UInt64 = 42
        func next() -> UInt64 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return state >> 33
        }
        var decoded = 0
        for _ in 0..<20_000 {
            let bytes = (0..<Int(next() % 40)).map { _ in UInt8(truncatingIfNeeded: next()) }
            if let value = try? Value(decoding: bytes) {
                decoded += 1
                #expect(value.encoded == bytes)
            }
            _ = try? Record(key: RecordKey(type: EntityType(rawValue: 1), id: RecordID(high: 0, low: 1)), decoding: bytes)
            _ = try? FieldState(decoding: bytes, rule: .multiValue)
            _ = try? Tombstone(decoding: bytes)
        }
        #expect(decoded > 0)
    }
}
