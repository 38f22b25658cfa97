import Testing
import TruckrollCore

/// Edits of one text in one or several orders, and what the field is then; or a state that is read or refused.
struct TextCase: VectorCase {
    static let file = "text"

    struct Write: Codable, Hashable, Sendable {
        var op: String
        var value: Hex
        var version: Hex
    }

    var name: String
    var writes: [Write]
    /// Orders of admission, as indexes of `writes`: those that keep each replica's own. All of them end in the same bytes.
    var orders: [[Int]]
    /// The state at the end; without writes, one that is read.
    var state: Hex
    /// What a person reads; empty where it is refused.
    var shown: String
    /// What was typed and waits for what it hangs on, run by run.
    var waiting: [String]
    /// The code with which the last write of the only order is refused, or the state.
    var refused: String?

    func entry(after order: [Int]) throws -> FieldEntry? {
        var entry: FieldEntry?
        for index in order {
            let write = writes[index]
            entry = try Merge.apply(
                FieldWrite(field: FieldID(rawValue: 1), op: try #require(MergeOp.named[write.op]), value: try Value(decoding: write.value.bytes)),
                version: try Version(decoding: write.version.bytes), to: entry, rule: .text
            ).entry
        }
        return entry
    }
}

extension TextCase {
    private struct Draft {
        var version: Version
        var op: TextOp

        init(_ replica: UInt32, _ sequence: UInt64, _ op: TextOp) {
            version = Version(
                stamp: Stamp(milliseconds: 100 * sequence + UInt64(replica), counter: 0, replica: ReplicaID(rawValue: replica)), sequence: sequence)
            self.op = op
        }

        var write: Write { Write(op: op.mergeOp == .insert ? "insert" : "erase", value: Hex(op.value.encoded), version: Hex(version.encoded)) }
    }

    private static func id(_ replica: UInt32, _ counter: UInt32) -> CharacterID {
        CharacterID(replica: ReplicaID(rawValue: replica), counter: counter)
    }

    private static func typed(_ first: UInt32, _ anchor: TextAnchor, _ text: String) throws -> TextOp {
        .insert(try #require(TextInsertion(first: first, anchor: anchor, text: text.unicodeScalars)))
    }

    private static func erased(_ ranges: (UInt32, Int64, Int64)...) throws -> TextOp {
        .erase(try ranges.map { try #require(CharacterRange(replica: ReplicaID(rawValue: $0.0), first: $0.1, count: $0.2)) })
    }

    private static func made(_ name: String, _ drafts: [Draft]) throws -> TextCase {
        var made = TextCase(name: name, writes: drafts.map(\.write), orders: ownOrders(drafts), state: Hex([]), shown: "", waiting: [])
        let entry = try #require(try made.entry(after: made.orders[0]))
        made.state = Hex(entry.value)
        if case .text(let text) = try FieldState(decoding: entry.value, rule: .text) {
            (made.shown, made.waiting) = (text.shown, text.waitingParts.map(\.text))
        }
        return made
    }

    /// Up to twelve orders that keep each replica's own.
    private static func ownOrders(_ drafts: [Draft]) -> [[Int]] {
        func extend(_ done: [Int]) -> [[Int]] {
            if done.count == drafts.count { return [done] }
            let next = drafts.indices.filter { index in
                !done.contains(index)
                    && drafts.indices.allSatisfy { other in
                        done.contains(other) || other == index || drafts[other].version.stamp.replica != drafts[index].version.stamp.replica
                            || drafts[other].version.sequence > drafts[index].version.sequence
                    }
            }
            return next.flatMap { extend(done + [$0]) }
        }
        let all = extend([])
        let step = max(1, (all.count + 11) / 12)
        return stride(from: 0, to: all.count, by: step).map { all[$0] }
    }

    private static func refusedOp(_ name: String, _ op: String, _ value: Value) throws -> TextCase {
        let first = Draft(2, 1, try typed(1, .beginning, "abcd"))
        let version = Version(stamp: Stamp(milliseconds: 300, counter: 0, replica: ReplicaID(rawValue: 2)), sequence: 2)
        var made = TextCase(
            name: name, writes: [first.write, Write(op: op, value: Hex(value.encoded), version: Hex(version.encoded))], orders: [[0, 1]],
            state: Hex([]), shown: "", waiting: [])
        made.refused = refusal { _ = try made.entry(after: [0, 1]) }
        return made
    }

    private static func read(_ name: String, _ state: Value) -> TextCase {
        var made = TextCase(name: name, writes: [], orders: [], state: Hex(state.encoded), shown: "", waiting: [])
        made.refused = refusal {
            guard case .text(let text) = try FieldState(decoding: state.encoded, rule: .text) else { return }
            (made.shown, made.waiting) = (text.shown, text.waitingParts.map(\.text))
        }
        return made
    }

    static func make() throws -> [TextCase] { try edits() + refusedOps() + states() }

    private static func edits() throws -> [TextCase] {
        let base = Draft(4, 1, try typed(1, .beginning, "()"))
        return [
            try made("typed in one go", [Draft(2, 1, try typed(1, .beginning, "valve"))]),
            try made(
                "typed in two goes is one run", [Draft(2, 1, try typed(1, .beginning, "val")), Draft(2, 2, try typed(4, .after(id(2, 3)), "ve"))]),
            try made("two at the beginning", [Draft(2, 1, try typed(1, .beginning, "one ")), Draft(3, 1, try typed(1, .beginning, "two "))]),
            try made(
                "two words at one place do not mix: both forwards",
                [
                    base, Draft(2, 1, try typed(1, .before(id(4, 2)), "he")), Draft(2, 2, try typed(3, .after(id(2, 2)), "llo")),
                    Draft(3, 1, try typed(1, .before(id(4, 2)), "wo")), Draft(3, 2, try typed(3, .after(id(3, 2)), "rld")),
                ]),
            try made(
                "two words at one place do not mix: one backwards",
                [
                    base, Draft(2, 1, try typed(1, .before(id(4, 2)), "lo")), Draft(2, 2, try typed(3, .before(id(2, 1)), "hel")),
                    Draft(3, 1, try typed(1, .before(id(4, 2)), "wor")), Draft(3, 2, try typed(4, .after(id(3, 3)), "ld")),
                ]),
            try made(
                "a character before its anchor comes",
                [
                    Draft(2, 1, try typed(1, .beginning, "ac")), Draft(3, 1, try typed(1, .after(id(2, 1)), "b")),
                    Draft(4, 1, try typed(1, .after(id(3, 1)), "!")),
                ]),
            try made(
                "an anchor that never comes",
                [
                    Draft(2, 1, try typed(1, .beginning, "here")), Draft(3, 1, try typed(1, .after(id(9, 7)), "lost")),
                    Draft(3, 2, try typed(5, .after(id(3, 2)), "and found")),
                ]),
            try made(
                "an erasure before its character comes",
                [Draft(2, 1, try typed(1, .beginning, "abcdef")), Draft(3, 1, try erased((2, 2, 2), (2, 5, 9)))]),
            try made(
                "two erase what overlaps",
                [Draft(2, 1, try typed(1, .beginning, "abcdef")), Draft(3, 1, try erased((2, 1, 3))), Draft(4, 1, try erased((2, 3, 2)))]),
            try made(
                "a word is replaced while somebody writes into it",
                [
                    Draft(2, 1, try typed(1, .beginning, "old word")), Draft(2, 2, try erased((2, 1, 3))),
                    Draft(2, 3, try typed(9, .before(id(2, 1)), "new")), Draft(3, 1, try typed(1, .after(id(2, 2)), "X")),
                ]),
            try made("scalars count, not signs", [Draft(2, 1, try typed(1, .beginning, "e\u{301}😀")), Draft(3, 1, try erased((2, 2, 1)))]),
            try made(
                "characters that hang on each other",
                [
                    Draft(2, 1, try typed(1, .after(id(3, 1)), "a")), Draft(3, 1, try typed(1, .before(id(2, 1)), "b")),
                    Draft(4, 1, try typed(1, .beginning, "fine")),
                ]),
        ]
    }

    private static func refusedOps() throws -> [TextCase] {
        let (zero, after, x) = (Value.integer(0), Value.boolean(true), Value.text("x"))
        func range(_ numbers: Int64...) -> Value { .list([.list(numbers.map { .integer($0) })]) }
        return [
            try refusedOp("an edit that is no list", "insert", x),
            try refusedOp("an insertion of four parts", "insert", .list([.integer(9), zero, zero, x])),
            try refusedOp("an insertion of nothing", "insert", .list([.integer(9), zero, zero, after, .text("")])),
            try refusedOp("the counter zero", "insert", .list([zero, zero, zero, after, x])),
            try refusedOp("counters that leave 32 bits", "insert", .list([.integer(0xFFFF_FFFF), zero, zero, after, .text("xy")])),
            try refusedOp("before the beginning", "insert", .list([.integer(9), zero, zero, .boolean(false), x])),
            try refusedOp("an anchor of replica zero", "insert", .list([.integer(9), zero, .integer(1), after, x])),
            try refusedOp("an anchor among the insertion's own", "insert", .list([.integer(9), .integer(2), .integer(10), after, .text("xyz")])),
            try refusedOp("a counter given twice", "insert", .list([.integer(4), zero, zero, after, x])),
            try refusedOp("an erasure of nothing", "erase", .list([])),
            try refusedOp("a range of nobody", "erase", range(0, 1, 1)),
            try refusedOp("a range of no characters", "erase", range(2, 1, 0)),
            try refusedOp("a range that leaves 32 bits", "erase", range(2, 2, 0xFFFF_FFFF)),
            try refusedOp("a text takes no set", "set", x),
        ]
    }

    private static func states() -> [TextCase] {
        func run(_ first: Int64, _ replica: Int64, _ counter: Int64, _ pieces: Value...) -> Value {
            .list([.integer(first), .integer(replica), .integer(counter), .boolean(true), .list(pieces)])
        }
        func state(_ runs: Value..., ahead: [[Int64]]? = nil) -> Value {
            .list([.list([.list([.integer(2), .list(runs)])])] + (ahead.map { [.list($0.map { .list($0.map { .integer($0) }) })] } ?? []))
        }
        let (a, b) = (Value.text("a"), Value.text("b"))
        return [
            read("a state with all its parts", state(run(1, 0, 0, a, .integer(2), b), run(9, 3, 4, b), ahead: [[3, 1, 2], [3, 5, 1]])),
            read("an empty text", .list([.list([])])),
            read("a state that is no list", a), read("runs that are one", state(run(1, 0, 0, a), run(2, 2, 1, b))),
            read("runs that overlap", state(run(1, 0, 0, .text("ab")), run(2, 0, 0, b))), read("a run without characters", state(run(1, 0, 0))),
            read("two pieces of text", state(run(1, 0, 0, a, b))),
            read("more characters than a text can have", state(run(1, 0, 0, .integer(1 << 20 + 1)))),
            read("erased ahead and there", state(run(1, 0, 0, a), ahead: [[2, 1, 1]])),
            read("ranges that are one", state(run(1, 0, 0, a), ahead: [[3, 1, 1], [3, 2, 1]])),
            read("an empty list of ranges", state(run(1, 0, 0, a), ahead: [])),
        ]
    }
}

@Suite("Vectors: texts")
struct TextVectorTests {
    @Test("every order ends in the same bytes", arguments: try VectorFile.load(TextCase.self))
    func text(_ vector: TextCase) throws {
        guard !vector.writes.isEmpty else {
            let code = refusal {
                let state = try FieldState(decoding: vector.state.bytes, rule: .text)
                guard case .text(let text) = state else { return }
                #expect(text.shown == vector.shown && text.waitingParts.map(\.text) == vector.waiting)
                #expect(state.encoded(rule: .text) == vector.state.bytes)
            }
            return #expect(code == vector.refused)
        }
        for order in vector.orders {
            let code = refusal {
                let entry = try vector.entry(after: order)
                #expect(entry?.value == vector.state.bytes)
            }
            #expect(code == vector.refused)
        }
    }

    @Test("the file is as this code makes it")
    func made() throws { #expect(try TextCase.make() == VectorFile.load(TextCase.self)) }
}
