import Testing

@testable import TruckrollCore

@Suite("Joint texts")
struct JointTextTests {
    static let (a, b, c) = (ReplicaID(rawValue: 2), ReplicaID(rawValue: 3), ReplicaID(rawValue: 4))

    @Test("one person's edits give what an array gives, and the same when read back", arguments: 1...20 as ClosedRange<UInt64>)
    func array(seed: UInt64) throws {
        var random = TextRandom(seed: seed)
        var model: [Unicode.Scalar] = []
        var draft = TextDraft(JointText(), by: Self.a)
        for step in 0..<400 {
            let position = random.below(model.count + 1)
            if random.below(5) < 2 {
                let count = min(1 + random.below(5), model.count - position)
                _ = try draft.erase(1 + count, at: position)
                model.removeSubrange(position..<min(position + 1 + count, model.count))
            } else {
                let typed = Array("xyzé🙂".unicodeScalars.shuffled(using: &random).prefix(1 + random.below(5)))
                _ = try draft.insert(typed, at: position)
                model.insert(contentsOf: typed, at: position)
            }
            if step % 50 == 0 { draft = TextDraft(try JointText(Value(decoding: draft.text.value.encoded)), by: Self.a) }
        }
        #expect(draft.text.shown == String(String.UnicodeScalarView(model)))
        #expect(draft.count == model.count)
        #expect(draft.text.textBytes == draft.text.shown.utf8.count)
    }

    @Test("the same bytes in every order that keeps each person's own", arguments: 1...12 as ClosedRange<UInt64>)
    func everyOrder(seed: UInt64) throws {
        let history = try TypedHistory(replicas: [2, 3, 4], steps: 11, seed: seed)
        let orders = TypedHistory.allOrders(history.edits.mapValues { $0[...] })
        let states = Set(try orders.map { try JointText.merged($0).value.encoded })
        #expect(states.count == 1, "\(states.count) states in \(orders.count) orders, seed \(seed)")
    }

    @Test(
        "long histories in random orders: the same bytes, read back the same, shown as the plain rule says", arguments: 1...12 as ClosedRange<UInt64>)
    func randomOrders(seed: UInt64) throws {
        let history = try TypedHistory(replicas: [2, 3, 4], steps: 300, seed: seed)
        var random = TextRandom(seed: seed)
        let first = try JointText.merged(history.shuffled(&random))
        for _ in 0..<10 {
            let order = history.shuffled(&random)
            let text = try JointText.merged(order)
            #expect(text == first, "seed \(seed)")
            // Half-way, with much that waits, as well.
            let half = try JointText.merged(order.prefix(order.count / 2))
            #expect(half.shown == PlainText(order.prefix(order.count / 2)).shown, "seed \(seed)")
            #expect(try JointText(Value(decoding: half.value.encoded)) == half)
        }
        #expect(first.waitingParts.isEmpty)
        #expect(try JointText(Value(decoding: first.value.encoded)) == first)
    }

    enum Hand: CaseIterable { case forwards, backwards }

    /// Types a word letter by letter behind what is there, each letter behind or before the last.
    func type(_ word: String, _ hand: Hand, by replica: ReplicaID, over text: JointText, at start: Int) throws -> [(ReplicaID, TextOp)] {
        var draft = TextDraft(text, by: replica)
        var edits: [(ReplicaID, TextOp)] = []
        for (index, letter) in (hand == .forwards ? Array(word.unicodeScalars) : word.unicodeScalars.reversed()).enumerated() {
            if let op = try draft.insert([letter], at: hand == .forwards ? start + index : start) { edits.append((replica, op)) }
        }
        return edits
    }

    @Test("words typed at one place at the same time do not mix", arguments: Hand.allCases, Hand.allCases)
    func apart(one: Hand, other: Hand) throws {
        for start in ["", "()", "(x)"] {
            var draft = TextDraft(JointText(), by: Self.c)
            var common = try draft.insert(Array(start.unicodeScalars), at: 0).map { [(Self.c, $0)] } ?? []
            if start.count == 3 { common.append((Self.c, .erase(try draft.erase(1, at: 1)))) }
            let place = start.isEmpty ? 0 : 1
            let first = try type("hello", one, by: Self.a, over: draft.text, at: place)
            let second = try type("world", other, by: Self.b, over: draft.text, at: place)
            let shown = try JointText.merged(common + first + second).shown
            #expect(shown.contains("hello") && shown.contains("world"), "\(shown)")
            #expect(shown.count == (start.isEmpty ? 10 : 12))
        }
    }

    @Test("what is typed in one go is one run, and goes on where the person stopped")
    func runs() throws {
        var draft = TextDraft(JointText(), by: Self.a)
        for (index, letter) in "valve".unicodeScalars.enumerated() { _ = try draft.insert([letter], at: index) }
        #expect(draft.text.runs[Self.a]?.count == 1)
        #expect(
            draft.text.value.encoded
                == Value.list([
                    .list([
                        .list([
                            .integer(2),
                            .list([
                                .list([.integer(1), .integer(0), .integer(0), .boolean(true), .list([.text("valve")])])
                            ]),
                        ])
                    ])
                ]).encoded)
    }

    @Test("a character whose anchor has not come waits, keeps its bytes, and stands when it comes")
    func waiting() throws {
        let first = TextOp.insert(try #require(TextInsertion(first: 1, anchor: .beginning, text: "ab".unicodeScalars)))
        let second = TextOp.insert(
            try #require(TextInsertion(first: 1, anchor: .after(CharacterID(replica: Self.a, counter: 1)), text: "X".unicodeScalars)))
        let erasure = TextOp.erase([try #require(CharacterRange(replica: Self.a, first: 2, count: 5))])
        let early = try JointText.merged([(Self.b, second), (Self.b, erasure)])
        #expect(early.shown == "")
        #expect(early.waitingParts == [JointText.Part(replica: Self.b, text: "X")])
        #expect(early.textBytes == 1)
        var late = try JointText(Value(decoding: early.value.encoded))
        try late.apply(first, by: Self.a)
        #expect(late.shown == "aX")
        #expect(late == (try JointText.merged([(Self.a, first), (Self.b, second), (Self.b, erasure)])))
        // What was erased ahead of characters that never came stays noted.
        #expect(late.erasedAhead[Self.a] == [CharacterRange(replica: Self.a, first: 3, last: 6)])
    }

    @Test("an erasure of many ranges in any order is each range erased by itself", arguments: UInt64(1)...60)
    func manyRanges(seed: UInt64) throws {
        var random = TextRandom(seed: seed)
        // Two writers with holes in their counters: some characters have not come.
        var edits: [(ReplicaID, TextOp)] = []
        for replica in [Self.a, Self.b] {
            var first: UInt32 = 1
            for _ in 0..<6 {
                first += UInt32(random.below(4))
                let word = String(repeating: "é", count: 1 + random.below(5))
                edits.append((replica, .insert(try #require(TextInsertion(first: first, anchor: .beginning, text: word.unicodeScalars)))))
                first += UInt32(word.unicodeScalars.count)
            }
        }
        let ranges = try (0..<12).map { _ in
            try #require(
                CharacterRange(
                    replica: random.below(2) == 0 ? Self.a : Self.b, first: Int64(1 + random.below(40)), count: Int64(1 + random.below(6))))
        }
        let together = try JointText.merged(edits + [(Self.b, .erase(ranges))])
        let apart = try JointText.merged(edits + ranges.map { (Self.b, .erase([$0])) })
        #expect(together == apart)
        #expect(together.shown == PlainText(edits + [(Self.b, .erase(ranges))]).shown)
        #expect(together.textBytes == together.shown.utf8.count)
        #expect(try JointText(Value(decoding: together.value.encoded)) == together)
        // What comes later finds itself erased.
        #expect(try JointText.merged([(Self.b, .erase(ranges))] + edits) == together)
    }

    @Test("characters that hang on each other wait for ever and harm nobody")
    func cycle() throws {
        func insertion(_ first: UInt32, _ anchor: TextAnchor, _ text: String) throws -> TextOp {
            .insert(try #require(TextInsertion(first: first, anchor: anchor, text: text.unicodeScalars)))
        }
        func id(_ replica: ReplicaID, _ counter: UInt32) -> CharacterID { CharacterID(replica: replica, counter: counter) }
        var text = try JointText.merged([
            (Self.a, try insertion(1, .after(id(Self.b, 1)), "a")), (Self.b, try insertion(1, .before(id(Self.a, 1)), "b")),
            // One run in the end, which hangs on itself.
            (Self.a, try insertion(10, .after(id(Self.a, 14)), "abc")), (Self.a, try insertion(13, .after(id(Self.a, 12)), "def")),
            (Self.c, try insertion(1, .beginning, "fine")),
        ])
        #expect(text.shown == "fine")
        #expect(text.waitingParts.map(\.text) == ["a", "abcdef", "b"])
        text = try JointText(Value(decoding: text.value.encoded))
        #expect(text.shown == "fine")
    }

    @Test("a deep chain of characters, each before the last, is no trouble")
    func deep() throws {
        var draft = TextDraft(JointText(), by: Self.a)
        for _ in 0..<20_000 { _ = try draft.insert(["z"], at: 0) }
        #expect(draft.text.shown.count == 20_000)
    }
}
