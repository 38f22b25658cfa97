import Testing

@testable import TruckrollCore

/// Writes of several replicas that partly saw each other, admitted in every order that keeps each replica's own.
@Suite("Merging")
struct MergeTests {
    struct Write {
        let version: Version
        let op: MergeOp
        let value: Value
        let bases: [Version]
    }

    static func version(_ milliseconds: UInt64, _ replica: UInt32, _ sequence: UInt64) -> Version {
        Version(stamp: Stamp(milliseconds: milliseconds, counter: 0, replica: ReplicaID(rawValue: replica)), sequence: sequence)
    }

    static let field = FieldID(rawValue: 1)

    func merge(_ writes: [Write], _ rule: MergeRule, lattice: [String] = []) throws -> FieldEntry? {
        var entry: FieldEntry?
        var known: Set<WriteID> = []
        for write in writes {
            known.insert(write.version.writeID)
            entry = try Merge.apply(
                FieldWrite(field: Self.field, op: write.op, value: write.value, bases: write.bases), version: write.version, to: entry,
                rule: rule, lattice: lattice, isKnown: { known.contains($0) }
            ).entry
        }
        return entry
    }

    /// All orders in which a write follows those it saw.
    func causalOrders(_ writes: [Write]) -> [[Write]] {
        guard !writes.isEmpty else { return [[]] }
        var orders: [[Write]] = []
        for (index, write) in writes.enumerated() {
            let rest = writes.enumerated().filter { $0.offset != index }.map(\.element)
            let waitsFor = rest.contains { other in
                write.bases.contains(other.version)
                    || (other.version.stamp.replica == write.version.stamp.replica && other.version.sequence < write.version.sequence)
            }
            if waitsFor { continue }
            orders += causalOrders(rest).map { [write] + $0 }
        }
        return orders
    }

    static let a1 = version(100, 2, 1)
    static let b1 = version(150, 3, 1)
    static let c1 = version(120, 4, 1)
    static let a2 = version(200, 2, 2)
    static let b2 = version(160, 3, 2)

    static func typed(_ first: Int64, _ replica: Int64, _ counter: Int64, _ text: String) -> Value {
        .list([.integer(first), .integer(replica), .integer(counter), .boolean(true), .text(text)])
    }

    static let histories: [(MergeRule, [Write], [String])] = [
        (
            .lastWriter,
            [
                .init(version: a1, op: .set, value: .text("a"), bases: []), .init(version: b1, op: .set, value: .text("b"), bases: []),
                .init(version: a2, op: .set, value: .text("a2"), bases: [a1]), .init(version: c1, op: .set, value: .text("c"), bases: []),
            ], []
        ),
        (
            .multiValue,
            [
                .init(version: a1, op: .set, value: .text("a"), bases: []), .init(version: b1, op: .set, value: .text("b"), bases: []),
                .init(version: a2, op: .set, value: .text("a2"), bases: [a1]), .init(version: b2, op: .set, value: .text("b2"), bases: [b1]),
                .init(version: c1, op: .set, value: .text("c"), bases: []),
            ], []
        ),
        (
            .addWins,
            [
                .init(version: a1, op: .add, value: .text("x"), bases: []), .init(version: b1, op: .add, value: .text("x"), bases: []),
                .init(version: a2, op: .remove, value: .text("x"), bases: [a1]), .init(version: b2, op: .add, value: .text("y"), bases: []),
                .init(version: c1, op: .remove, value: .text("y"), bases: []),
            ], []
        ),
        (
            .removeWins,
            [
                .init(version: a1, op: .add, value: .text("x"), bases: []), .init(version: b1, op: .remove, value: .text("x"), bases: []),
                .init(version: a2, op: .add, value: .text("x"), bases: [a1]), .init(version: c1, op: .add, value: .text("x"), bases: []),
            ], []
        ),
        (
            .safety,
            [
                .init(version: a1, op: .raise, value: .text("due"), bases: []), .init(version: b1, op: .raise, value: .text("condemned"), bases: []),
                .init(version: a2, op: .release, value: .text("in_service"), bases: [a1]),
                .init(version: c1, op: .raise, value: .text("due"), bases: []),
            ], ["in_service", "due", "condemned"]
        ),
        (
            .maximum,
            [
                .init(version: a1, op: .set, value: .integer(5), bases: []), .init(version: b1, op: .set, value: .integer(9), bases: []),
                .init(version: a2, op: .set, value: .integer(7), bases: [a1]), .init(version: c1, op: .set, value: .integer(9), bases: []),
            ], []
        ),
        (
            .counter,
            [
                .init(version: a1, op: .increment, value: .integer(5), bases: []), .init(version: b1, op: .increment, value: .integer(-2), bases: []),
                .init(version: a2, op: .increment, value: .integer(1), bases: []),
            ], []
        ),
        (
            .text,
            [
                .init(version: a1, op: .insert, value: typed(1, 0, 0, "seal"), bases: []),
                .init(version: b1, op: .insert, value: typed(1, 2, 4, " leaks"), bases: []),
                .init(version: a2, op: .insert, value: typed(5, 2, 4, "ing"), bases: []),
                .init(version: b2, op: .erase, value: .list([.list([.integer(2), .integer(1), .integer(6)])]), bases: []),
                .init(version: c1, op: .insert, value: typed(1, 0, 0, "The "), bases: []),
            ], []
        ),
    ]

    @Test("order-free rules give the same bytes in every causal order", arguments: histories.map(\.0))
    func orderFree(rule: MergeRule) throws {
        let history = try #require(Self.histories.first { $0.0 == rule })
        let orders = causalOrders(history.1)
        #expect(orders.count > 2)
        let results = Set(try orders.map { try merge($0, rule, lattice: history.2) })
        #expect(results.count == 1, "\(rule) gave \(results.count) states in \(orders.count) orders")
    }

    @Test("every order-free rule stands in the histories above")
    func complete() {
        #expect(Set(Self.histories.map(\.0)) == Set(MergeRule.allCases.filter(\.isOrderFree)))
    }

    @Test("a restriction that a release had not seen survives it, in both orders")
    func restrictionSurvives() throws {
        let lattice = ["in_service", "quarantined"]
        let raised = Write(version: Self.b1, op: .raise, value: .text("quarantined"), bases: [])
        let first = Write(version: Self.a1, op: .raise, value: .text("in_service"), bases: [])
        let released = Write(version: Self.a2, op: .release, value: .text("in_service"), bases: [Self.a1])
        for order in [[first, raised, released], [first, released, raised]] {
            let entry = try #require(try merge(order, .safety, lattice: lattice))
            let state = try FieldState(decoding: entry.value, rule: .safety)
            #expect(state.shown(rule: .safety, lattice: lattice) == .text("quarantined"))
        }
        let seeing = Write(version: Self.version(300, 2, 3), op: .release, value: .text("in_service"), bases: [Self.b1, Self.a2])
        let entry = try #require(try merge([first, raised, released, seeing], .safety, lattice: lattice))
        let state = try FieldState(decoding: entry.value, rule: .safety)
        #expect(state.shown(rule: .safety, lattice: lattice) == .text("in_service"))
    }

    @Test("an addition that has seen the removal brings the element back into a remove-wins set")
    func returns() throws {
        let removed = Write(version: Self.b1, op: .remove, value: .text("x"), bases: [Self.a1])
        let again = Write(version: Self.a2, op: .add, value: .text("x"), bases: [Self.b1])
        let entry = try #require(try merge([.init(version: Self.a1, op: .add, value: .text("x"), bases: []), removed, again], .removeWins))
        #expect(try FieldState(decoding: entry.value, rule: .removeWins).shown(rule: .removeWins) == .list([.text("x")]))
    }

    @Test("a version that was replaced before it came back after a restore is swallowed", arguments: [MergeRule.multiValue, .lastWriter])
    func swallowed(rule: MergeRule) throws {
        let late = Write(version: Self.a1, op: .set, value: .text("late"), bases: [])
        let replacing = Write(version: Self.b1, op: .set, value: .text("now"), bases: [Self.a1])
        let inOrder = try #require(try merge([late, replacing], rule))
        let restored = try #require(try merge([replacing, late], rule))
        for entry in [inOrder, restored] {
            #expect(try FieldState(decoding: entry.value, rule: rule).shown(rule: rule) == .text("now"))
        }
        #expect(restored == inOrder)
    }

    @Test("a loss names winner and loser, and a write that had seen the other loses nobody")
    func losses() throws {
        let entry = try #require(try merge([.init(version: Self.a1, op: .set, value: .text("a"), bases: [])], .lastWriter))
        let blind = try Merge.apply(FieldWrite(field: Self.field, value: .text("b")), version: Self.b1, to: entry, rule: .lastWriter)
        #expect(blind.loss == Loss(winner: Self.b1, winnerValue: .text("b"), loser: Self.a1, loserValue: .text("a")))
        let seeing = try Merge.apply(
            FieldWrite(field: Self.field, value: .text("b"), bases: [Self.a1]), version: Self.b1, to: entry, rule: .lastWriter)
        #expect(seeing.loss == nil)
    }

    @Test("ops that a rule does not understand are refused", arguments: MergeRule.allCases)
    func unfit(rule: MergeRule) throws {
        for op in MergeOp.allCases where !op.fits(rule) {
            #expect(throws: DecodingProblem.self) {
                try Merge.apply(FieldWrite(field: Self.field, op: op, value: .integer(1)), version: Self.a1, to: nil, rule: rule)
            }
        }
    }

    @Test("a deletion covers what it named and nothing else, in either order")
    func tombstone() throws {
        let tombstone = Tombstone(seen: [Self.a1, Self.b1])
        #expect(tombstone.covers([Self.a1]))
        #expect(!tombstone.covers([Self.a1, Self.c1]))
        #expect(try Tombstone(decoding: tombstone.encoded) == tombstone)
        #expect(Tombstone(seen: [Self.b1]).union(Tombstone(seen: [Self.a1])) == tombstone)
    }
}
