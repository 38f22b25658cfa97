import Testing
import TruckrollTerminal

@Suite("JSONValue") struct JSONValueTests {
    private let order: JSONValue = [
        "number": 1042, "customer": "Bakery \"de Groot\"", "done": false, "note": nil, "visits": [1, -2], "tags": [],
        "more": [:],
    ]

    @Test("members keep the order they were given in")
    func compact() {
        #expect(
            order.compact
                == #"{"number":1042,"customer":"Bakery \"de Groot\"","done":false,"note":null,"visits":[1,-2],"tags":[],"more":{}}"#
        )
    }

    @Test("the pretty form has a line for each member")
    func pretty() {
        let value: JSONValue = ["a": [1, ["b": "x"]], "c": []]
        #expect(
            value.pretty == """
                {
                  "a": [
                    1,
                    {
                      "b": "x"
                    }
                  ],
                  "c": []
                }
                """)
    }

    @Test("what would act on a terminal is escaped")
    func escaping() {
        let value = JSONValue.string("\u{1B}[2J\u{9B}\u{7F}\u{2028}\n\r\n\t\\\u{0}é山👩‍🔧")
        #expect(value.compact == #""\u001b[2J\u009b\u007f\u2028\n\r\n\t\\\u0000é山👩‍🔧""#)
    }

    @Test("both forms read back as the same document")
    func roundTrip() throws {
        let values: [JSONValue] = [
            order, nil, true, "", [[], [[:]]], .int(.min), .int(.max), .string("\u{0}\u{1F}\u{9B}\"\\/\r\n👩‍🔧"),
        ]
        for value in values {
            #expect(try JSONValue.parse(value.compact) == value)
            #expect(try JSONValue.parse(value.pretty) == value)
        }
    }

    @Test(
        "reads every escape",
        arguments: [
            (#""\u0041\/\b\f\n\r\t\"\\""#, "A/\u{8}\u{C}\n\r\t\"\\"), (#""\ud83d\ude00""#, "😀"), (" \"\" \n", ""),
        ])
    func escapes(text: String, expected: String) throws {
        #expect(try JSONValue.parse(text) == .string(expected))
    }

    @Test(
        "refuses what is not a document of this project",
        arguments: [
            ("", .endsEarly), ("[1", .endsEarly), ("\"a", .endsEarly), ("{\"a\":", .endsEarly), ("-", .endsEarly),
            ("nul", .endsEarly), (#""\u12"#, .endsEarly), ("nulL", .unexpectedByte(offset: 3)),
            ("[1,]", .unexpectedByte(offset: 3)), ("{\"a\":1,}", .unexpectedByte(offset: 7)),
            ("{a:1}", .unexpectedByte(offset: 1)), ("1 2", .unexpectedByte(offset: 2)), ("01", .unexpectedByte(offset: 1)),
            ("+1", .unexpectedByte(offset: 0)), ("'a'", .unexpectedByte(offset: 0)),
            ("\"a\nb\"", .unexpectedByte(offset: 2)),
            ("[1 2]", .unexpectedByte(offset: 3)), ("1.5", .notAnInteger(offset: 0)), ("1e3", .notAnInteger(offset: 0)),
            ("9223372036854775808", .notAnInteger(offset: 0)), (#""\x""#, .badEscape(offset: 1)),
            (#""\ud83d""#, .badEscape(offset: 1)), (#""\ude00""#, .badEscape(offset: 1)),
            (#""\ud83dA0000""#, .badEscape(offset: 1)), (#""\u+123""#, .badEscape(offset: 1)),
            ("{\"a\":1,\"a\":2}", .duplicateMember("a")), (#"{"a":1,"\u0061":2}"#, .duplicateMember("a")),
        ] as [(String, JSONProblem)])
    func refusals(text: String, problem: JSONProblem) {
        #expect(throws: problem) { try JSONValue.parse(text) }
    }

    @Test("nests 64 deep and no deeper")
    func depth() throws {
        let deepest = String(repeating: "[", count: 64) + String(repeating: "]", count: 64)
        #expect(try JSONValue.parse(deepest).compact == deepest)
        #expect(throws: JSONProblem.tooDeep(offset: 64)) { try JSONValue.parse("[\(deepest)]") }
    }

    @Test("members and elements are reached by name and place")
    func access() {
        #expect(order["number"]?.intValue == 1042)
        #expect(order["customer"]?.stringValue == "Bakery \"de Groot\"")
        #expect(order["visits"]?[1] == -2)
        #expect(order["visits"]?.arrayValue?.count == 2)
        #expect(order["visits"]?[2] == .none)
        #expect(order["absent"] == .none)
    }

    @Test("objects with another order differ")
    func equality() {
        #expect(JSONValue.object([("a", 1), ("b", 2)]) != JSONValue.object([("b", 2), ("a", 1)]))
    }
}
