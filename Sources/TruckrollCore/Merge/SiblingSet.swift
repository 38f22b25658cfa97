/// Values of which none had seen the others: the mechanism behind multi_value, the two sets, and safety.
///
/// A write names the siblings it saw; those leave and it joins. A version it names that has not arrived yet (after a restore
/// only) is noted, and swallowed should it come later; what the swallowed write names leaves all the same.
public struct SiblingSet: Hashable, Sendable {
    public struct Sibling: Hashable, Sendable {
        public let version: Version
        public let value: Value

        public init(version: Version, value: Value) {
            self.version = version
            self.value = value
        }
    }

    /// A version that was replaced before it arrived.
    public struct Note: Hashable, Sendable {
        public let version: Version
        /// For a raise: values up to this one are swallowed, stricter ones still join. `nil` swallows all.
        public let bound: Value?

        public init(version: Version, bound: Value?) {
            self.version = version
            self.bound = bound
        }
    }

    /// In ascending version order.
    public private(set) var siblings: [Sibling] = []
    /// In ascending version order.
    public private(set) var notes: [Note] = []

    public init() {}

    /// Brings one write into the set.
    ///
    /// - Parameters:
    ///   - bases: versions the writer had seen, matched by write id.
    ///   - mayReplace: whether the write replaces a named sibling of this value. Safety's raise spares stricter ones.
    ///   - bound: what a note about an unknown base carries.
    ///   - stricter: of two bounds the one that swallows more.
    ///   - isSwallowed: whether a note swallows this write.
    ///   - isKnown: whether the write of that id has been admitted.
    public mutating func join(
        _ value: Value, version: Version, bases: [Version],
        mayReplace: (Value) -> Bool = { _ in true },
        bound: Value? = nil,
        stricter: (Value, Value) -> Value = { first, _ in first },
        isSwallowed: (Note) -> Bool = { _ in true },
        isKnown: (WriteID) -> Bool
    ) {
        let named = Set(bases.map(\.writeID))
        siblings.removeAll { named.contains($0.version.writeID) && mayReplace($0.value) }
        for base in bases where !isKnown(base.writeID) {
            guard let index = notes.firstIndex(where: { $0.version.writeID == base.writeID }) else {
                notes.append(Note(version: base, bound: bound))
                continue
            }
            // Two writes replaced it before it came: together they swallow what either would.
            let both = notes[index].bound.flatMap { former in bound.map { stricter(former, $0) } }
            notes[index] = Note(version: base, bound: both)
        }
        if let index = notes.firstIndex(where: { $0.version.writeID == version.writeID }) {
            let note = notes.remove(at: index)
            if isSwallowed(note) {
                notes.sort { $0.version < $1.version }
                return
            }
        }
        notes.sort { $0.version < $1.version }
        let index = siblings.firstIndex { version < $0.version } ?? siblings.count
        siblings.insert(Sibling(version: version, value: value), at: index)
    }

    /// `[[version, value]…]`, and behind it `[[version, bound]…]` when there are notes.
    var values: [Value] {
        let live = Value.list(siblings.map { .list([.bytes($0.version.encoded), $0.value]) })
        guard !notes.isEmpty else { return [live] }
        return [live, .list(notes.map { .list([.bytes($0.version.encoded), $0.bound ?? .null]) })]
    }

    init(values: some Collection<Value>) throws(DecodingProblem) {
        guard let first = values.first?.list, values.count <= 2 else { throw DecodingProblem("field-state", "no siblings") }
        for pair in first {
            let (version, value) = try Self.pair(pair)
            siblings.append(Sibling(version: version, value: value))
        }
        if let second = values.dropFirst().first {
            guard let list = second.list else { throw DecodingProblem("field-state", "notes are no list") }
            for pair in list {
                let (version, bound) = try Self.pair(pair)
                notes.append(Note(version: version, bound: bound == .null ? nil : bound))
            }
        }
    }

    private static func pair(_ value: Value) throws(DecodingProblem) -> (Version, Value) {
        guard let parts = value.list, parts.count == 2, let bytes = parts[0].bytes else {
            throw DecodingProblem("field-state", "a sibling is [version, value]")
        }
        return (try Version(decoding: bytes), parts[1])
    }
}
