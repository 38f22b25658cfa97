import Testing
import TruckrollCore

extension Value {
    /// Diagnostic notation of RFC 8949, section 8, with lists as `[a, b]`.
    var diagnostic: String {
        switch self {
        case .null: "null"
        case .boolean(let value): value ? "true" : "false"
        case .integer(let value): "\(value)"
        case .bytes(let bytes): "h'\(bytes.hexadecimal)'"
        case .text(let text):
            "\""
                + text.unicodeScalars.map { scalar in
                    switch scalar.value {
                    case 0x22, 0x5C: "\\\(scalar)"
                    case 0..<0x20: "\\u00" + [UInt8(scalar.value)].hexadecimal
                    default: "\(scalar)"
                    }
                }.joined() + "\""
        case .list(let values): "[" + values.map(\.diagnostic).joined(separator: ", ") + "]"
        }
    }
}

struct ValueVector: VectorCase {
    static let file = "values"
    var name: String
    var bytes: Hex
    var diagnostic: String?
    var refused: String?

    static func make() throws -> [ValueVector] {
        func value(_ name: String, _ value: Value) -> ValueVector {
            ValueVector(name: name, bytes: Hex(value.encoded), diagnostic: value.diagnostic)
        }
        func refused(_ name: String, _ hex: String) throws -> ValueVector {
            let bytes = try #require([UInt8](hexadecimal: hex))
            return ValueVector(name: name, bytes: Hex(bytes), refused: refusal { _ = try Value(decoding: bytes) })
        }
        var deep = Value.integer(1)
        for _ in 0..<8 { deep = .list([deep]) }
        var vectors = [
            value("null", .null), value("true", .boolean(true)), value("false", .boolean(false)), value("empty text", .text("")),
            value("ascii", .text("spare part")), value("composed é", .text("\u{E9}")), value("decomposed é", .text("e\u{301}")),
            value("beyond the basic plane", .text("🜁")), value("control characters but NUL", .text("a\u{1}\n\u{1F}")), value("quotes", .text("\"\\")),
            value("23 bytes of text", .text(String(repeating: "x", count: 23))), value("24 bytes of text", .text(String(repeating: "x", count: 24))),
            value("256 bytes", .bytes([UInt8](repeating: 0xAB, count: 256))), value("no bytes", .bytes([])), value("empty list", .list([])),
            value("a list", .list([.integer(1), .text("a"), .bytes([1, 2]), .null, .list([.boolean(true)])])), value("eight levels of lists", deep),
            value("a reference", .bytes((0..<16).map { UInt8($0) })),
        ]
        for integer: Int64 in [0, 1, 23, 24, 255, 256, 65535, 65536, 4_294_967_295, 4_294_967_296, .max, -1, -24, -25, -256, -257, -65537, .min] {
            vectors.append(value("integer \(integer)", .integer(integer)))
        }
        for (name, hex) in [
            ("nothing", ""), ("something behind the value", "0000"), ("a head cut off", "19"), ("an integer cut off", "1901"),
            ("text cut off", "6261"), ("a list cut off", "8201"), ("23 in two bytes", "1817"), ("255 in three bytes", "1900ff"),
            ("65535 in five bytes", "1a0000ffff"), ("4294967295 in nine bytes", "1b00000000ffffffff"), ("-24 in two bytes", "3817"),
            ("a text's length in two bytes", "780161"), ("2^63", "1b8000000000000000"), ("-2^63-1", "3b8000000000000000"),
            ("half float", "f90000"), ("single float", "fa47c35000"), ("double float", "fb3ff8000000000000"), ("undefined", "f7"),
            ("simple value 16", "f0"), ("simple value 32", "f820"), ("a map", "a0"), ("a map with a member", "a16161f6"),
            ("a tag", "c074323032352d30312d30315430303a30303a30305a"), ("text of unknown length", "7f6161ff"),
            ("bytes of unknown length", "5f4101ff"),
            ("a list of unknown length", "9f01ff"), ("a break", "ff"), ("reserved argument 28", "1c"), ("text that is not UTF-8", "61ff"),
            ("text with an encoded surrogate", "63eda080"), ("overlong UTF-8", "62c0af"), ("text with NUL", "63610062"),
            ("nine levels of lists", "81818181818181818101"), ("a list that claims more elements than bytes", "9affffffff"),
            ("text that claims 2^63 bytes", "7b8000000000000000"),
        ] {
            vectors.append(try refused(name, hex))
        }
        return vectors
    }
}

@Suite("Vectors: values")
struct ValueVectorTests {
    @Test("values", arguments: try VectorFile.load(ValueVector.self))
    func value(_ vector: ValueVector) throws {
        #expect(refusal { _ = try Value(decoding: vector.bytes.bytes) } == vector.refused)
        #expect((vector.diagnostic == nil) != (vector.refused == nil))
        guard vector.refused == nil else { return }
        let value = try Value(decoding: vector.bytes.bytes)
        #expect(value.encoded == vector.bytes.bytes)
        #expect(value.diagnostic.utf8.elementsEqual((vector.diagnostic ?? "").utf8))
    }

    @Test("the file is as this code makes it")
    func made() throws { #expect(try ValueVector.make() == VectorFile.load(ValueVector.self)) }
}
