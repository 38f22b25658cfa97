import Testing
import TruckrollCore

/// What a text does not take, whoever sends it.
@Suite("Texts refused")
struct TextRefusalTests {
    static let field = FieldID(rawValue: 1)
    static let a1 = MergeTests.version(100, 2, 1)
    static let a2 = MergeTests.version(200, 2, 2)

    static func run(_ first: Int64, _ pieces: [Value], anchor: [Value] = [.integer(0), .integer(0), .boolean(true)]) -> Value {
        .list([.integer(first)] + anchor + [.list(pieces)])
    }

    static func state(_ runs: [Value], replica: Int64 = 2, ahead: [Value]? = nil) -> Value {
        .list([.list([.list([.integer(replica), .list(runs)])])] + (ahead.map { [.list($0)] } ?? []))
    }

    static let ops: [(String, MergeOp, Value, String)] = [
        ("no list", .insert, .text("x"), "text-op"),
        ("too few parts", .insert, .list([.integer(1), .text("x")]), "text-op"),
        ("counter zero", .insert, .list([.integer(0), .integer(0), .integer(0), .boolean(true), .text("x")]), "text-op"),
        ("counter below zero", .insert, .list([.integer(-1), .integer(0), .integer(0), .boolean(true), .text("x")]), "text-op"),
        ("counter beyond 32 bits", .insert, .list([.integer(.max), .integer(0), .integer(0), .boolean(true), .text("x")]), "text-op"),
        ("a run beyond 32 bits", .insert, .list([.integer(0xFFFF_FFFF), .integer(0), .integer(0), .boolean(true), .text("xy")]), "text-op"),
        ("nothing typed", .insert, .list([.integer(1), .integer(0), .integer(0), .boolean(true), .text("")]), "text-op"),
        ("before the beginning", .insert, .list([.integer(1), .integer(0), .integer(0), .boolean(false), .text("x")]), "text-op"),
        ("half an anchor", .insert, .list([.integer(1), .integer(3), .integer(0), .boolean(true), .text("x")]), "text-op"),
        ("an anchor of its own", .insert, .list([.integer(5), .integer(2), .integer(6), .boolean(true), .text("xyz")]), "text-op"),
        ("a number twice", .insert, .list([.integer(3), .integer(0), .integer(0), .boolean(true), .text("x")]), "text-id-taken"),
        ("overlapping runs", .insert, .list([.integer(4), .integer(0), .integer(0), .boolean(true), .text("xyz")]), "text-id-taken"),
        ("no ranges", .erase, .list([]), "text-op"),
        ("a range of nothing", .erase, .list([.list([.integer(2), .integer(1), .integer(0)])]), "text-op"),
        ("a range of nobody", .erase, .list([.list([.integer(0), .integer(1), .integer(1)])]), "text-op"),
        ("a range beyond 32 bits", .erase, .list([.list([.integer(2), .integer(2), .integer(0xFFFF_FFFF)])]), "text-op"),
        ("a range beyond 64 bits", .erase, .list([.list([.integer(2), .integer(.max), .integer(.max)])]), "text-op"),
        ("a set", .set, .text("x"), "op-unfit"),
    ]

    @Test("edits that are none", arguments: ops.map(\.0))
    func op(name: String) throws {
        let (_, op, value, code) = try #require(Self.ops.first { $0.0 == name })
        let typed = Value.list([.integer(1), .integer(0), .integer(0), .boolean(true), .text("abcd")])
        let entry = try Merge.apply(FieldWrite(field: Self.field, op: .insert, value: typed), version: Self.a1, to: nil, rule: .text).entry
        let problem = #expect(throws: DecodingProblem.self) {
            try Merge.apply(FieldWrite(field: Self.field, op: op, value: value), version: Self.a2, to: entry, rule: .text)
        }
        #expect(problem?.code == code)
    }

    static let states: [(String, Value)] = [
        ("no list", .text("x")), ("no writers", .list([])), ("replica zero", state([run(1, [.text("a")])], replica: 0)),
        ("no runs", state([])), ("no pieces", state([run(1, [])])), ("an empty piece", state([run(1, [.text("")])])),
        ("two texts", state([run(1, [.text("a"), .text("b")])])), ("two erasures", state([run(1, [.integer(1), .integer(1)])])),
        ("erased below zero", state([run(1, [.integer(-1)])])), ("more than memory", state([run(1, [.integer(.max)])])),
        ("more than a life", state([run(1, [.integer(600_000)]), run(700_000, [.integer(600_000)])])),
        ("runs that overlap", state([run(1, [.text("ab")]), run(2, [.text("c")])])),
        ("runs out of order", state([run(5, [.text("ab")]), run(1, [.text("c")])])),
        ("runs that are one", state([run(1, [.text("a")]), run(2, [.text("b")], anchor: [.integer(2), .integer(1), .boolean(true)])])),
        ("a run beyond 32 bits", state([run(0xFFFF_FFFF, [.text("ab")])])),
        ("erased ahead and there", state([run(1, [.text("a")])], ahead: [.list([.integer(2), .integer(1), .integer(1)])])),
        ("erased ahead is empty", state([run(1, [.text("a")])], ahead: [])),
        (
            "erased ahead in two that are one",
            state([run(1, [.text("a")])], ahead: [.list([.integer(3), .integer(1), .integer(1)]), .list([.integer(3), .integer(2), .integer(1)])])
        ),
    ]

    @Test("states that are none", arguments: states.map(\.0))
    func state(name: String) throws {
        let (_, value) = try #require(Self.states.first { $0.0 == name })
        let problem = #expect(throws: DecodingProblem.self) { try FieldState(decoding: value.encoded, rule: .text) }
        #expect(problem?.code == "field-state")
    }

    @Test("bytes at random are a state or refused, and never more")
    func noise() throws {
        var random = TextRandom(seed: 7)
        let whole = Self.state(
            [Self.run(1, [.text("abc"), .integer(2)]), Self.run(9, [.text("d")])], ahead: [.list([.integer(9), .integer(9), .integer(9)])]
        ).encoded
        for _ in 0..<20_000 {
            var bytes = whole
            for _ in 0...random.below(3) { bytes[random.below(bytes.count)] = UInt8(truncatingIfNeeded: random.next()) }
            guard case .text(let text)? = try? FieldState(decoding: bytes, rule: .text) else { continue }
            #expect(text.value.encoded == bytes)
            _ = text.shown
        }
    }

    @Test("a text has at most 64 KiB, and what is waiting counts")
    func full() throws {
        func typed(_ first: Int64, _ count: Int, _ anchor: [Value]) -> FieldWrite {
            FieldWrite(field: Self.field, op: .insert, value: .list([.integer(first)] + anchor + [.text(String(repeating: "x", count: count))]))
        }
        let beginning: [Value] = [.integer(0), .integer(0), .boolean(true)]
        let entry = try Merge.apply(typed(1, 65_000, beginning), version: Self.a1, to: nil, rule: .text).entry
        for anchor in [beginning, [.integer(9), .integer(9), .boolean(true)]] {
            let problem = #expect(throws: DecodingProblem.self) {
                try Merge.apply(typed(100_000, 537, anchor), version: Self.a2, to: entry, rule: .text)
            }
            #expect(problem?.code == "text-full")
            _ = try Merge.apply(typed(100_000, 536, anchor), version: Self.a2, to: entry, rule: .text)
        }
        // Erased, it makes room.
        let erasure = FieldWrite(field: Self.field, op: .erase, value: .list([.list([.integer(2), .integer(1), .integer(60_000)])]))
        _ = try Merge.apply([erasure, typed(100_000, 60_000, beginning)], version: Self.a2, toText: entry)
    }

    @Test("characters are counted for life, erased ones too")
    func life() throws {
        var draft = TextDraft(JointText(), by: ReplicaID(rawValue: 2))
        let much = [Unicode.Scalar](repeating: "x", count: JointText.maximumCharacters / 2)
        for _ in 0..<2 {
            _ = try draft.insert(much, at: 0)
            _ = try draft.erase(much.count, at: 0)
        }
        #expect(draft.text.value.encoded.count < 100)
        let problem = #expect(throws: DecodingProblem.self) { try draft.insert(["x"], at: 0) }
        #expect(problem?.code == "text-full")
    }
}
