import Testing
import TruckrollCore

/// Writes to one field, admitted in one or several orders, and what the field is then.
struct MergeCase: VectorCase {
    static let file = "merge"

    struct Write: Codable, Hashable, Sendable {
        var op: String
        var value: Hex
        var version: Hex
        var bases: [Hex]
    }

    struct Loss: Codable, Hashable, Sendable {
        var winner: Hex
        var winnerValue: Hex
        var loser: Hex
        var loserValue: Hex
    }

    /// What one write made of the field.
    struct Step: Codable, Hashable, Sendable {
        var write: Int
        var entryVersion: Hex
        var state: Hex
        var shown: Hex
        var siblings: Bool
        var loss: Loss?
    }

    var name: String
    var rule: String
    var lattice: [String]
    var writes: [Write]
    /// Orders of admission, as indexes of `writes`. All of them end in the same bytes.
    var orders: [[Int]]
    /// For each order, write by write.
    var steps: [[Step]]
    /// The code with which the last write of the only order is refused; `steps` then holds those before it.
    var refused: String?

    /// Admits the writes of one order. A base is known when its write was admitted before.
    func run(_ order: [Int]) throws -> [Step] {
        let rule = try #require(MergeRule(rawValue: rule))
        var entry: FieldEntry?
        var known: Set<WriteID> = []
        return try order.map { index in
            let write = writes[index]
            let version = try Version(decoding: write.version.bytes)
            known.insert(version.writeID)
            let admitted = known
            let result = try Merge.apply(
                FieldWrite(
                    field: FieldID(rawValue: 1), op: try #require(MergeOp.named[write.op]), value: try Value(decoding: write.value.bytes),
                    bases: try write.bases.map { try Version(decoding: $0.bytes) }), version: version, to: entry, rule: rule, lattice: lattice,
                isKnown: { admitted.contains($0) })
            entry = result.entry
            return Step(
                write: index, entryVersion: Hex(result.entry.version.encoded), state: Hex(result.entry.value),
                shown: Hex(try FieldState(decoding: result.entry.value, rule: rule).shown(rule: rule, lattice: lattice).encoded),
                siblings: result.hasSiblings,
                loss: result.loss.map {
                    Loss(
                        winner: Hex($0.winner.encoded), winnerValue: Hex($0.winnerValue.encoded), loser: Hex($0.loser.encoded),
                        loserValue: Hex($0.loserValue.encoded))
                })
        }
    }

    func refusalOfLast() throws -> String? {
        let order = try #require(orders.first)
        return refusal { _ = try run(order) }
    }
}

extension MergeOp {
    static let named: [String: MergeOp] = [
        "set": .set, "add": .add, "remove": .remove, "raise": .raise, "release": .release, "increment": .increment,
        "insert": .insert, "erase": .erase,
    ]
}

extension MergeCase {
    /// Versions are written `milliseconds replica sequence`.
    private struct Draft {
        var version: Version
        var op: String
        var value: Value
        var bases: [Version]

        init(_ version: Version, _ op: String, _ value: Value, _ bases: [Version] = []) {
            (self.version, self.op, self.value, self.bases) = (version, op, value, bases)
        }
    }

    private static func v(_ milliseconds: UInt64, _ replica: UInt32, _ sequence: UInt64) -> Version {
        Version(stamp: Stamp(milliseconds: milliseconds, counter: 0, replica: ReplicaID(rawValue: replica)), sequence: sequence)
    }

    private static func made(_ name: String, _ rule: MergeRule, lattice: [String] = [], _ drafts: [Draft], orders: [[Int]]? = nil) throws -> MergeCase
    {
        var made = MergeCase(
            name: name, rule: rule.rawValue, lattice: lattice,
            writes: drafts.map {
                Write(op: $0.op, value: Hex($0.value.encoded), version: Hex($0.version.encoded), bases: $0.bases.map { Hex($0.encoded) })
            },
            orders: orders ?? (rule.isOrderFree ? causalOrders(drafts) : [Array(drafts.indices)]), steps: [])
        made.steps = try made.orders.map { try made.run($0) }
        return made
    }

    private static func refused(_ name: String, _ rule: MergeRule, _ drafts: [Draft]) throws -> MergeCase {
        var made = try made(name, rule, Array(drafts.dropLast()), orders: [Array(drafts.indices.dropLast())])
        let last = drafts[drafts.count - 1]
        made.writes.append(Write(op: last.op, value: Hex(last.value.encoded), version: Hex(last.version.encoded), bases: []))
        made.orders = [Array(drafts.indices)]
        made.refused = try made.refusalOfLast()
        return made
    }

    /// Up to twelve orders in which each write follows those of its own replica and those it saw.
    private static func causalOrders(_ drafts: [Draft]) -> [[Int]] {
        func extend(_ done: [Int]) -> [[Int]] {
            if done.count == drafts.count { return [done] }
            return drafts.indices.filter { index in
                !done.contains(index)
                    && drafts.indices.allSatisfy { other in
                        let (own, earlier) = (drafts[index], drafts[other])
                        let waits =
                            own.bases.contains(earlier.version)
                            || (earlier.version.stamp.replica == own.version.stamp.replica && earlier.version.sequence < own.version.sequence)
                        return other == index || done.contains(other) || !waits
                    }
            }.flatMap { extend(done + [$0]) }
        }
        let all = extend([])
        let step = max(1, (all.count + 11) / 12)
        return stride(from: 0, to: all.count, by: step).map { all[$0] }
    }

    static func make() throws -> [MergeCase] {
        try lastWriter() + multiValue() + sets() + safety() + orderDecided() + numbers() + refusals()
    }

    private static let (a1, a2, a3) = (v(100, 2, 1), v(200, 2, 2), v(300, 2, 3))
    private static let (b1, b2) = (v(150, 3, 1), v(160, 3, 2))
    private static let c1 = v(120, 4, 1)

    private static func lastWriter() throws -> [MergeCase] {
        [
            try made("last_writer: the first write", .lastWriter, [Draft(a1, "set", .text("a"))]),
            try made(
                "last_writer: a write that saw the other loses nobody", .lastWriter,
                [Draft(a1, "set", .text("a")), Draft(b1, "set", .text("b"), [a1])]),
            try made("last_writer: two that did not see each other", .lastWriter, [Draft(a1, "set", .text("a")), Draft(b1, "set", .text("b"))]),
            try made("last_writer: the same value twice is no loss", .lastWriter, [Draft(a1, "set", .text("a")), Draft(b1, "set", .text("a"))]),
            try made(
                "last_writer: equal times are decided by the replica", .lastWriter,
                [Draft(v(100, 2, 1), "set", .text("a")), Draft(v(100, 3, 1), "set", .text("b"))]),
            try made(
                "last_writer: a second write of the same set stands over the first", .lastWriter,
                [Draft(a1, "set", .text("a")), Draft(a1, "set", .text("b"))], orders: [[0, 1]]),
            try made("last_writer: a value is taken away", .lastWriter, [Draft(a1, "set", .text("a")), Draft(a2, "set", .null, [a1])]),
            try made(
                "last_writer: four writes of three", .lastWriter,
                [Draft(a1, "set", .text("a")), Draft(b1, "set", .text("b")), Draft(a2, "set", .text("a2"), [a1]), Draft(c1, "set", .text("c"))]),
            try made(
                "last_writer: after a restore a base comes back later, and is no loss", .lastWriter,
                [Draft(a1, "set", .text("a")), Draft(b1, "set", .text("b"), [a1])], orders: [[1, 0]]),
            try made(
                "last_writer: two notes, one of them met", .lastWriter,
                [Draft(a1, "set", .text("a")), Draft(c1, "set", .text("c")), Draft(b1, "set", .text("b"), [a1, c1])], orders: [[2, 1]]),
            try made(
                "last_writer: a note on a value that stands already", .lastWriter,
                [Draft(c1, "set", .text("c")), Draft(b1, "set", .text("b"), [a1])], orders: [[0, 1], [1, 0]]),
        ]
    }

    private static func multiValue() throws -> [MergeCase] {
        [
            try made("multi_value: the first write", .multiValue, [Draft(a1, "set", .text("a"))]),
            try made(
                "multi_value: two that did not see each other stand side by side", .multiValue,
                [Draft(a1, "set", .text("a")), Draft(b1, "set", .text("b"))]),
            try made(
                "multi_value: a person who saw both picks", .multiValue,
                [Draft(a1, "set", .text("a")), Draft(b1, "set", .text("b")), Draft(a2, "set", .text("b"), [a1, b1])]),
            try made(
                "multi_value: a pick that had not seen a third", .multiValue,
                [
                    Draft(a1, "set", .text("a")), Draft(b1, "set", .text("b")), Draft(c1, "set", .text("c")), Draft(a2, "set", .text("a2"), [a1]),
                    Draft(b2, "set", .text("b2"), [b1, a1]),
                ]),
            try made(
                "multi_value: after a restore the replaced value is swallowed when it comes back", .multiValue,
                [Draft(a1, "set", .text("a")), Draft(b1, "set", .text("b"), [a1])], orders: [[0, 1], [1, 0]]),
            try made(
                "multi_value: what the swallowed write names leaves all the same", .multiValue,
                [Draft(c1, "set", .text("c")), Draft(a2, "set", .text("a2"), [c1]), Draft(a3, "set", .text("a3"), [a2])],
                orders: [[0, 1, 2], [0, 2, 1]]),
        ]
    }

    private static func sets() throws -> [MergeCase] {
        let x = Value.text("x")
        let y = Value.text("y")
        var cases: [MergeCase] = []
        for rule in [MergeRule.addWins, .removeWins] {
            let title = rule.rawValue
            cases += [
                try made("\(title): one element", rule, [Draft(a1, "add", x)]),
                try made(
                    "\(title): elements stand in the order of their bytes", rule,
                    [Draft(a1, "add", y), Draft(b1, "add", x), Draft(c1, "add", .text("ab"))]),
                try made("\(title): removed by somebody who saw it", rule, [Draft(a1, "add", x), Draft(b1, "remove", x, [a1])]),
                try made("\(title): added and removed without seeing each other", rule, [Draft(a1, "add", x), Draft(b1, "remove", x)]),
                try made(
                    "\(title): removed by one, added again by another at the same time", rule,
                    [Draft(a1, "add", x), Draft(b1, "remove", x, [a1]), Draft(c1, "add", x, [a1])]),
                try made(
                    "\(title): an addition that has seen the removal brings it back", rule,
                    [Draft(a1, "add", x), Draft(b1, "remove", x, [a1]), Draft(a2, "add", x, [b1])]),
                try made(
                    "\(title): two elements, partly seen", rule,
                    [Draft(a1, "add", x), Draft(b1, "add", x), Draft(a2, "remove", x, [a1]), Draft(b2, "add", y), Draft(c1, "remove", y)]),
                try made(
                    "\(title): after a restore a removed addition comes back later", rule,
                    [Draft(a1, "add", x), Draft(b1, "remove", x, [a1])], orders: [[0, 1], [1, 0]]),
            ]
        }
        return cases
    }

    private static let zones = ["none", "2", "1", "0"]

    private static func safety() throws -> [MergeCase] {
        func zone(_ name: String) -> Value { .text(name) }
        return [
            try made("safety: the first value", .safety, lattice: zones, [Draft(a1, "raise", zone("2"))]),
            try made(
                "safety: raised by somebody who saw it", .safety, lattice: zones,
                [Draft(a1, "raise", zone("2")), Draft(b1, "raise", zone("1"), [a1])]),
            try made(
                "safety: two raises that did not see each other", .safety, lattice: zones,
                [Draft(a1, "raise", zone("2")), Draft(b1, "raise", zone("0"))]),
            try made(
                "safety: a raise does not lower, even when it names what is stricter", .safety, lattice: zones,
                [Draft(a1, "raise", zone("0")), Draft(b1, "raise", zone("2"), [a1])]),
            try made(
                "safety: released by somebody who saw it", .safety, lattice: zones,
                [Draft(a1, "raise", zone("0")), Draft(b1, "release", zone("none"), [a1])]),
            try made(
                "safety: a restriction the release had not seen survives it", .safety, lattice: zones,
                [Draft(a1, "raise", zone("2")), Draft(b1, "release", zone("none"), [a1]), Draft(c1, "raise", zone("0"), [a1])]),
            try made(
                "safety: a release without bases lowers nothing", .safety, lattice: zones,
                [Draft(a1, "raise", zone("1")), Draft(b1, "release", zone("none"))]),
            try made(
                "safety: five writes of three", .safety, lattice: zones,
                [
                    Draft(a1, "raise", zone("2")), Draft(b1, "raise", zone("1")), Draft(c1, "raise", zone("0"), [a1]),
                    Draft(a2, "release", zone("2"), [a1, b1]),
                    Draft(b2, "raise", zone("1"), [b1]),
                ]),
            try made(
                "safety: after a restore a raise up to the note's bound is swallowed", .safety, lattice: zones,
                [Draft(a1, "raise", zone("2")), Draft(b1, "raise", zone("1"), [a1])], orders: [[0, 1], [1, 0]]),
            try made(
                "safety: after a restore a raise beyond the note's bound joins", .safety, lattice: zones,
                [Draft(a1, "raise", zone("0")), Draft(b1, "raise", zone("2"), [a1])], orders: [[0, 1], [1, 0]]),
            try made(
                "safety: after a restore a release's note swallows all", .safety, lattice: zones,
                [Draft(a1, "raise", zone("0")), Draft(b1, "release", zone("none"), [a1])], orders: [[0, 1], [1, 0]]),
            try made(
                "safety: two raises note one base: the stricter bound counts", .safety, lattice: zones,
                [Draft(a1, "raise", zone("0")), Draft(b1, "raise", zone("2"), [a1]), Draft(c1, "raise", zone("1"), [a1])],
                orders: [[0, 1, 2], [1, 2, 0], [2, 1, 0], [1, 0, 2]]),
            try made(
                "safety: two raises note one base that the stricter of them covers", .safety, lattice: zones,
                [Draft(a1, "raise", zone("1")), Draft(b1, "raise", zone("2"), [a1]), Draft(c1, "raise", zone("1"), [a1])],
                orders: [[0, 1, 2], [1, 2, 0], [2, 1, 0]]),
            try made(
                "safety: a raise and a release note one base: all is swallowed", .safety, lattice: zones,
                [Draft(a1, "raise", zone("0")), Draft(b1, "raise", zone("2"), [a1]), Draft(c1, "release", zone("none"), [a1])],
                orders: [[0, 1, 2], [1, 2, 0], [2, 1, 0]]),
            try made(
                "safety: a value of a newer schema is less strict than all known ones", .safety, lattice: zones,
                [Draft(a1, "raise", zone("2")), Draft(b1, "raise", zone("M"))]),
        ]
    }

    private static func orderDecided() throws -> [MergeCase] {
        var cases: [MergeCase] = []
        for rule in [MergeRule.immutable, .sealed] {
            cases += [
                try made("\(rule.rawValue): the first admitted stands", rule, [Draft(b1, "set", .text("b")), Draft(a1, "set", .text("a"))]),
                try made("\(rule.rawValue): the same value again is no loss", rule, [Draft(a1, "set", .text("a")), Draft(b1, "set", .text("a"))]),
                try made(
                    "\(rule.rawValue): having seen it changes nothing", rule, [Draft(a1, "set", .text("a")), Draft(b1, "set", .text("b"), [a1])]),
            ]
        }
        for rule in [MergeRule.workflow, .server, .derived] {
            cases.append(
                try made(
                    "\(rule.rawValue): the last admitted stands, whatever its version", rule,
                    [Draft(b1, "set", .text("b")), Draft(a1, "set", .text("a"))]))
        }
        return cases
    }

    private static func numbers() throws -> [MergeCase] {
        [
            try made(
                "maximum: the greater number", .maximum,
                [Draft(a1, "set", .integer(5)), Draft(b1, "set", .integer(300)), Draft(c1, "set", .integer(-7))]),
            try made("maximum: equal numbers keep the higher version", .maximum, [Draft(b1, "set", .integer(5)), Draft(a1, "set", .integer(5))]),
            try made("maximum: texts compare by their bytes", .maximum, [Draft(a1, "set", .text("b")), Draft(b1, "set", .text("ab"))]),
            try made(
                "counter: increments add up", .counter,
                [Draft(a1, "increment", .integer(5)), Draft(b1, "increment", .integer(-2)), Draft(a2, "increment", .integer(40))]),
            try made("counter: to the edge of 64 bits", .counter, [Draft(a1, "increment", .integer(.max - 1)), Draft(b1, "increment", .integer(1))]),
        ]
    }

    private static func refusals() throws -> [MergeCase] {
        [
            try refused("last_writer takes no add", .lastWriter, [Draft(a1, "add", .text("a"))]),
            try refused("multi_value takes no increment", .multiValue, [Draft(a1, "increment", .integer(1))]),
            try refused("add_wins takes no set", .addWins, [Draft(a1, "set", .text("a"))]),
            try refused("remove_wins takes no raise", .removeWins, [Draft(a1, "raise", .text("a"))]),
            try refused("safety takes no set", .safety, [Draft(a1, "set", .text("a"))]),
            try refused("counter takes no set", .counter, [Draft(a1, "set", .integer(1))]),
            try refused("immutable takes no release", .immutable, [Draft(a1, "release", .text("a"))]),
            try refused("a counter takes integers", .counter, [Draft(a1, "increment", .text("1"))]),
            try refused("a counter beyond 64 bits", .counter, [Draft(a1, "increment", .integer(.max)), Draft(b1, "increment", .integer(1))]),
        ]
    }
}

/// Deletions of a record: the tombstone's bytes, and whether the record is deleted.
struct TombstoneCase: VectorCase {
    static let file = "tombstones"
    struct Deletion: Codable, Hashable, Sendable {
        var version: Hex
        var seen: [Hex]
    }
    var name: String
    /// The versions that stand in the record's fields.
    var standing: [Hex]
    var deletions: [Deletion]
    var entryVersion: Hex
    var state: Hex
    var isDeleted: Bool

    func run() throws -> (FieldEntry, Bool) {
        var entry: FieldEntry?
        for deletion in deletions {
            entry = try Tombstone.merged(
                try deletion.seen.map { try Version(decoding: $0.bytes) }, version: try Version(decoding: deletion.version.bytes), into: entry)
        }
        let final = try #require(entry)
        return (final, try Tombstone(decoding: final.value).covers(try standing.map { try Version(decoding: $0.bytes) }))
    }

    static func make() throws -> [TombstoneCase] {
        func v(_ milliseconds: UInt64, _ replica: UInt32, _ sequence: UInt64) -> Version {
            Version(stamp: Stamp(milliseconds: milliseconds, counter: 0, replica: ReplicaID(rawValue: replica)), sequence: sequence)
        }
        func tombstone(_ name: String, _ standing: [Version], _ deletions: [(Version, [Version])]) throws -> TombstoneCase {
            var made = TombstoneCase(
                name: name, standing: standing.map { Hex($0.encoded) },
                deletions: deletions.map { Deletion(version: Hex($0.0.encoded), seen: $0.1.map { Hex($0.encoded) }) }, entryVersion: Hex([]),
                state: Hex([]),
                isDeleted: false)
            let (entry, isDeleted) = try made.run()
            (made.entryVersion, made.state, made.isDeleted) = (Hex(entry.version.encoded), Hex(entry.value), isDeleted)
            return made
        }
        let (a, b, c) = (v(100, 2, 1), v(150, 3, 1), v(160, 4, 1))
        return [
            try tombstone("all that stands was seen", [a, b], [(v(200, 2, 2), [b, a])]),
            try tombstone("content nobody saw keeps the record", [a, b, c], [(v(200, 2, 2), [a, b])]),
            try tombstone("two deletions together have seen what either saw", [a, b], [(v(200, 2, 2), [a]), (v(170, 3, 2), [b])]),
            try tombstone("a version named twice stands once", [a], [(v(200, 2, 2), [a, a])]),
            try tombstone("matched by write id: another stamp of the same write is the same", [a], [(v(200, 2, 2), [v(999, 2, 1)])]),
            try tombstone("nothing stands, nothing seen", [], [(v(200, 2, 2), [])]),
        ]
    }
}

@Suite("Vectors: merging")
struct MergeVectorTests {
    @Test("every rule", arguments: try VectorFile.load(MergeCase.self))
    func merge(_ vector: MergeCase) throws {
        guard vector.refused == nil else {
            #expect(try vector.refusalOfLast() == vector.refused)
            return
        }
        for (order, steps) in zip(vector.orders, vector.steps) { #expect(try vector.run(order) == steps) }
        #expect(vector.orders.count == vector.steps.count)
    }

    @Test("order-free rules end in the same bytes in every order")
    func orderFree() throws {
        for vector in try VectorFile.load(MergeCase.self) where vector.refused == nil {
            #expect(Set(vector.steps.compactMap(\.last?.state)).count == 1, "\(vector.name)")
            #expect(Set(vector.steps.compactMap(\.last?.entryVersion)).count == 1, "\(vector.name)")
        }
    }

    @Test("every rule and every op has a case")
    func complete() throws {
        let vectors = try VectorFile.load(MergeCase.self)
        let texts = try VectorFile.load(TextCase.self)
        #expect(Set(vectors.map(\.rule) + ["text"]) == Set(MergeRule.allCases.map(\.rawValue)))
        #expect(Set(vectors.flatMap(\.writes).map(\.op) + texts.flatMap(\.writes).map(\.op)) == Set(MergeOp.named.keys))
    }

    @Test("tombstones", arguments: try VectorFile.load(TombstoneCase.self))
    func tombstone(_ vector: TombstoneCase) throws {
        let (entry, isDeleted) = try vector.run()
        #expect(entry.value == vector.state.bytes && entry.version.encoded == vector.entryVersion.bytes && isDeleted == vector.isDeleted)
    }

    @Test("the files are as this code makes them")
    func made() throws {
        #expect(try MergeCase.make() == VectorFile.load(MergeCase.self))
        #expect(try TombstoneCase.make() == VectorFile.load(TombstoneCase.self))
    }
}
