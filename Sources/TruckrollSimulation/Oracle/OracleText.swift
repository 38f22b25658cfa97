import TruckrollCore
import TruckrollDomain

/// What a text must hold, from all its edits at once: one node a character in a tree, walked from the beginning.
struct OracleText: Hashable {
    struct Node: Hashable {
        let anchor: TextAnchor
        var letter: Unicode.Scalar?
    }

    private(set) var nodes: [CharacterID: Node] = [:]
    /// What was erased and never typed.
    private(set) var erased: Set<CharacterID> = []

    init(_ writes: [OracleWrites.Write]) throws {
        var gone: Set<CharacterID> = []
        for write in writes {
            let author = write.version.stamp.replica
            switch try TextOp(write.op, write.value) {
            case .insert(let insertion):
                var anchor = insertion.anchor
                for (offset, letter) in insertion.scalars.enumerated() {
                    let id = CharacterID(replica: author, counter: insertion.first + UInt32(offset))
                    guard nodes.updateValue(Node(anchor: anchor, letter: letter), forKey: id) == nil else {
                        throw Violation("R12", "character \(id) was typed twice")
                    }
                    anchor = .after(id)
                }
            case .erase(let ranges):
                for range in ranges { for counter in range.first...range.last { gone.insert(CharacterID(replica: range.replica, counter: counter)) } }
            }
        }
        for id in gone where nodes[id] == nil { erased.insert(id) }
        for id in gone { nodes[id]?.letter = nil }
    }

    /// The same of a stored text.
    init(_ text: JointText) {
        for (replica, runs) in text.runs {
            for run in runs {
                var anchor = run.anchor
                for (offset, letter) in run.characters.enumerated() {
                    let id = CharacterID(replica: replica, counter: run.first + UInt32(offset))
                    nodes[id] = Node(anchor: anchor, letter: letter)
                    anchor = .after(id)
                }
            }
        }
        for range in text.erasedAhead.values.joined() {
            for counter in range.first...range.last { erased.insert(CharacterID(replica: range.replica, counter: counter)) }
        }
    }

    var shown: String {
        var children: [TextAnchor: [CharacterID]] = [:]
        for id in nodes.keys.sorted() { if let node = nodes[id] { children[node.anchor, default: []].append(id) } }
        func walk(_ anchor: TextAnchor) -> String { (children[anchor] ?? []).map { visit($0) }.joined() }
        func visit(_ id: CharacterID) -> String { walk(.before(id)) + (nodes[id]?.letter.map { String($0) } ?? "") + walk(.after(id)) }
        return walk(.beginning)
    }

    /// Says so when a stored entry is not what the edits give.
    static func check(_ writes: [OracleWrites.Write], _ entry: FieldEntry, _ place: String) throws {
        guard case .text(let text) = try FieldState(decoding: entry.value, rule: .text) else { return }
        let expected = try OracleText(writes)
        guard OracleText(text) == expected else { throw Violation("R12", "\(place) holds other characters than were typed and erased") }
        guard Array(text.shown.utf8) == Array(expected.shown.utf8) else {
            throw Violation("R12", "\(place) reads “\(text.shown)”, the edits give “\(expected.shown)”")
        }
        guard entry.version == writes.map(\.version).max() else { throw Violation("R12", "\(place) does not carry the version of its newest edit") }
    }
}
