/// What a field's stored bytes mean under its merge rule.
public enum FieldState: Hashable, Sendable {
    /// last_writer, immutable, maximum, counter, sealed and the server's fields: one value. The notes are last_writer's.
    case single(Value, notes: [Version])
    /// multi_value and safety.
    case siblings(SiblingSet)
    /// add_wins and remove_wins: per element whether it is present (siblings of booleans), in order of the elements' bytes.
    case elements([Element])
    /// text.
    case text(JointText)

    public struct Element: Hashable, Sendable {
        public let element: Value
        public var presence: SiblingSet

        public init(element: Value, presence: SiblingSet) {
            self.element = element
            self.presence = presence
        }

        func isPresent(_ rule: MergeRule) -> Bool {
            let says = presence.siblings.map { $0.value.boolean ?? false }
            return rule == .removeWins ? !says.isEmpty && says.allSatisfy { $0 } : says.contains(true)
        }
    }

    /// Reads the bytes of a field entry.
    ///
    /// - Throws: `field-state` when they do not have the rule's shape, or what ``Value`` throws.
    public init(decoding bytes: [UInt8], rule: MergeRule) throws(DecodingProblem) {
        let value = try Value(decoding: bytes)
        switch rule {
        case .lastWriter:
            guard let parts = value.list, (1...2).contains(parts.count) else {
                throw DecodingProblem("field-state", "last_writer holds [value] or [value, notes]")
            }
            var notes: [Version] = []
            if parts.count == 2 {
                for note in parts[1].list ?? [] { notes.append(try Version(decoding: note.bytes ?? [])) }
            }
            self = .single(parts[0], notes: notes)
        case .multiValue, .safety:
            guard let parts = value.list else { throw DecodingProblem("field-state", "siblings are a list") }
            self = .siblings(try SiblingSet(values: parts))
        case .addWins, .removeWins:
            var elements: [Element] = []
            guard let list = value.list else { throw DecodingProblem("field-state", "a set is a list") }
            for item in list {
                guard let parts = item.list, (2...3).contains(parts.count) else {
                    throw DecodingProblem("field-state", "an element is [element, siblings] or [element, siblings, notes]")
                }
                elements.append(Element(element: parts[0], presence: try SiblingSet(values: parts.dropFirst())))
            }
            self = .elements(elements)
        case .text: self = .text(try JointText(value))
        case .immutable, .maximum, .counter, .workflow, .server, .derived, .sealed:
            self = .single(value, notes: [])
        }
    }

    /// The bytes a field entry carries.
    public func encoded(rule: MergeRule) -> [UInt8] {
        switch self {
        case .single(let value, let notes):
            guard rule == .lastWriter else { return value.encoded }
            guard !notes.isEmpty else { return Value.list([value]).encoded }
            return Value.list([value, .list(notes.map { .bytes($0.encoded) })]).encoded
        case .siblings(let set): return Value.list(set.values).encoded
        case .elements(let elements):
            return Value.list(elements.map { .list([$0.element] + $0.presence.values) }).encoded
        case .text(let text): return text.value.encoded
        }
    }

    /// What a person sees: the value, the newest sibling, the strictest one, the list of the elements present, or the text.
    public func shown(rule: MergeRule, lattice: [String] = []) -> Value {
        switch self {
        case .single(let value, _): value
        case .siblings(let set):
            rule == .safety
                ? (set.siblings.max { Lattice.rank($0.value, in: lattice) < Lattice.rank($1.value, in: lattice) }?.value ?? .null)
                : (set.siblings.last?.value ?? .null)
        case .elements(let elements): .list(elements.filter { $0.isPresent(rule) }.map(\.element))
        case .text(let text): .text(text.shown)
        }
    }

    /// The versions a write names as seen: all of them, or for a set those of one element.
    public func versions(entryVersion: Version, element: Value? = nil) -> [Version] {
        switch self {
        case .single, .text: [entryVersion]
        case .siblings(let set): set.siblings.map(\.version)
        case .elements(let elements):
            elements.filter { element == nil || $0.element == element }.flatMap { $0.presence.siblings.map(\.version) }
        }
    }
}

/// The order of a safety field's values, least strict first.
public enum Lattice {
    /// The place of a value, or -1 for one this schema does not know.
    public static func rank(_ value: Value, in lattice: [String]) -> Int {
        guard let text = value.text else { return -1 }
        return lattice.firstIndex { $0.hasBytes(of: text) } ?? -1
    }
}
