import Testing

@testable import TruckrollCore

@Suite("Differences of wordings")
struct TextDifferenceTests {
    @Test("two places that changed are two changes, and what lies between stays its author's")
    func places() {
        let difference = TextDifference(from: "Pump 3 leaks at the seal, call the plant.", to: "Pump 4 leaks at the upper seal, call the porter.")
        #expect(difference.changes.count == 3)
        #expect(difference.changes[0] == .init(range: 5..<6, inserted: ["4"]))
        #expect(String(String.UnicodeScalarView(difference.changes[1].inserted)) == " upper")
    }

    @Test("what the changes make of the old wording is the new one", arguments: 1...40 as ClosedRange<UInt64>)
    func applied(seed: UInt64) throws {
        var random = TextRandom(seed: seed)
        let words = ["seal", "pump", "é", "\n", " ", " ", ",", "x", "leak", "e\u{301}"]
        func wording(_ count: Int) -> String { (0..<count).map { _ in words[random.below(words.count)] }.joined() }
        let old = wording(random.below(60))
        let new = seed % 4 == 0 ? wording(random.below(60)) : String(old.dropFirst(random.below(9))) + wording(random.below(6))
        var draft = TextDraft(JointText(), by: ReplicaID(rawValue: 2))
        _ = try draft.insert(Array(old.unicodeScalars), at: 0)
        _ = try draft.rewrite(as: new)
        #expect(Array(draft.text.shown.unicodeScalars) == Array(new.unicodeScalars), "seed \(seed)")
    }

    @Test("long wordings that have nothing in common are one change")
    func long() {
        let old = String(repeating: "ab ", count: 20_000)
        let new = String(repeating: "cd\n", count: 20_000)
        #expect(TextDifference(from: old, to: new).changes.count == 1)
    }

    @Test("two people who change different places of one wording both keep every character")
    func both() throws {
        let (a, b) = (ReplicaID(rawValue: 2), ReplicaID(rawValue: 3))
        var start = TextDraft(JointText(), by: a)
        _ = try start.insert(Array("Pump 3 leaks.\nBring a seal.\n".unicodeScalars), at: 0)
        var (one, other) = (TextDraft(start.text, by: a), TextDraft(start.text, by: b))
        let ops = try one.rewrite(as: "Pump 3 leaks at the flange.\nBring a seal.\n")
        let others = try other.rewrite(as: "Pump 3 leaks.\nBring two seals and a torch.\nKey at the gate.\n")
        var (here, there) = (one.text, other.text)
        for op in others { try here.apply(op, by: b) }
        for op in ops { try there.apply(op, by: a) }
        #expect(here == there)
        #expect(here.shown == "Pump 3 leaks at the flange.\nBring two seals and a torch.\nKey at the gate.\n")
        #expect(here.shownParts.first { $0.text.contains("flange") }?.replica == a)
        #expect(here.shownParts.first { $0.text.contains("torch") }?.replica == b)
    }
}
