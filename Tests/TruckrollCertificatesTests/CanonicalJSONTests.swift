import Testing
import TruckrollDomain

struct CanonicalJSONTests {
    @Test(
        "reads canonical JSON and writes the same bytes",
        arguments: [
            "null", "true", "false", "0", "-1", "9007199254740991", "\"\"", "[]", "{}", #"{"a":1,"b":[null,"x"]}"#,
            #""\"\\\b\t\n\f\r\u0001\u001f/""#, "\"é\u{20AC}\u{1F600}\u{7F}\"",
            // UTF-16 order: a surrogate pair (D83D) stands before U+FB33.
            "{\"\u{20AC}\":1,\"\u{1F600}\":2,\"\u{FB33}\":3}",
            // Two spellings of é are two keys.
            "{\"e\u{0301}\":1,\"\u{E9}\":2}",
        ])
    func roundTrip(_ text: String) throws {
        let bytes = Array(text.utf8)
        #expect(try CanonicalValue(canonical: bytes).encoded == bytes)
    }

    @Test(
        "refuses every other spelling",
        arguments: [
            ("", CanonicalProblem.truncated), ("[1", .truncated), ("\"a", .truncated), ("{\"a\":", .truncated),
            (" 1", .unexpectedByte(offset: 0)), ("1 ", .trailingBytes(offset: 1)), ("[1,]", .unexpectedByte(offset: 3)),
            ("{\"a\": 1}", .unexpectedByte(offset: 5)), ("nul", .truncated), ("nulL", .unexpectedByte(offset: 3)),
            ("1.0", .numberNotAllowed(offset: 0)), ("1e3", .numberNotAllowed(offset: 0)),
            ("-0", .numberNotAllowed(offset: 0)), ("007", .numberNotAllowed(offset: 0)),
            ("9007199254740992", .numberNotAllowed(offset: 0)),
            ("99999999999999999999999999", .numberNotAllowed(offset: 0)), ("-", .numberNotAllowed(offset: 0)),
            (#""\/""#, .escapeNotAllowed(offset: 1)), (#""\u0041""#, .escapeNotAllowed(offset: 1)),
            (#""\u001F""#, .escapeNotAllowed(offset: 1)), (#""\u000a""#, .escapeNotAllowed(offset: 1)),
            (#""\u0000""#, .escapeNotAllowed(offset: 1)), (#""\ud83d\ude00""#, .escapeNotAllowed(offset: 1)),
            ("\"a\nb\"", .unexpectedByte(offset: 2)), (#"{"a":1,"a":2}"#, .duplicateKey("a")),
            (#"{"b":1,"c":1,"b":2}"#, .duplicateKey("b")), (#"{"b":1,"a":2}"#, .keysOutOfOrder("a")),
        ] as [(String, CanonicalProblem)])
    func refusal(text: String, problem: CanonicalProblem) {
        #expect(throws: problem) { try CanonicalValue(canonical: Array(text.utf8)) }
    }

    @Test(
        "refuses bytes that are not UTF-8",
        arguments: [[0xFF], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xC3]] as [[UInt8]])
    func notUTF8(_ bytes: [UInt8]) {
        #expect(throws: CanonicalProblem.notUTF8(offset: 1)) { try CanonicalValue(canonical: [0x22] + bytes + [0x22]) }
    }

    @Test("refuses nesting without end, and documents without end")
    func limits() {
        let deep = [UInt8](repeating: UInt8(ascii: "["), count: 100_000)
        #expect(throws: CanonicalProblem.tooDeep(offset: 33)) { try CanonicalValue(canonical: deep) }
        let large = [UInt8](repeating: UInt8(ascii: "1"), count: CanonicalValue.greatestDocument + 1)
        #expect(throws: CanonicalProblem.tooLarge(limit: CanonicalValue.greatestDocument)) {
            try CanonicalValue(canonical: large)
        }
    }
}
