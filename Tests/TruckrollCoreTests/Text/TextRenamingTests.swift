import Testing

@testable import TruckrollCore

@Suite("Characters under a new number")
struct TextRenamingTests {
    static let (old, new, other) = (ReplicaID(rawValue: 2), ReplicaID(rawValue: 7), ReplicaID(rawValue: 3))
    static let renamed = [CharacterRange(replica: old, first: 5, last: 8), CharacterRange(replica: old, first: 20, last: 20)]

    @Test("an erasure is cut where its characters change their number")
    func erasure() {
        let op = TextOp.erase([CharacterRange(replica: Self.old, first: 1, last: 21), CharacterRange(replica: Self.other, first: 5, last: 8)])
        let expected: [CharacterRange] = [
            .init(replica: Self.old, first: 1, last: 4), .init(replica: Self.old, first: 9, last: 19), .init(replica: Self.old, first: 21, last: 21),
            .init(replica: Self.new, first: 5, last: 8), .init(replica: Self.new, first: 20, last: 20),
            .init(replica: Self.other, first: 5, last: 8),
        ]
        guard case .erase(let ranges) = op.renaming(Self.renamed, to: Self.new) else {
            Issue.record("no erasure")
            return
        }
        #expect(ranges.sorted() == expected.sorted())
    }

    @Test(
        "an anchor is renamed when it was typed in a renumbered set",
        arguments: [(5, true), (8, true), (4, false), (9, false), (20, true)] as [(UInt32, Bool)])
    func anchor(counter: UInt32, isRenamed: Bool) throws {
        for anchor in [TextAnchor.after(CharacterID(replica: Self.old, counter: counter)), .before(CharacterID(replica: Self.old, counter: counter))]
        {
            let insertion = try #require(TextInsertion(first: 30, anchor: anchor, text: "x".unicodeScalars))
            guard case .insert(let result) = TextOp.insert(insertion).renaming(Self.renamed, to: Self.new) else {
                Issue.record("no insertion")
                return
            }
            #expect(result.anchor.character == CharacterID(replica: isRenamed ? Self.new : Self.old, counter: counter))
            #expect(result.anchor.side == anchor.side && result.first == 30)
        }
    }
}
