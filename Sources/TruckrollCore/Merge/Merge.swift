/// One field write of a change set.
public struct FieldWrite: Hashable, Sendable {
    public let field: FieldID
    public let op: MergeOp
    public let value: Value
    /// The versions of the field (for a set: of the element) that the writer had seen.
    public let bases: [Version]

    public init(field: FieldID, op: MergeOp = .set, value: Value, bases: [Version] = []) {
        self.field = field
        self.op = op
        self.value = value
        self.bases = bases
    }
}

/// A value that lost against another, for the ruling about it.
public struct Loss: Hashable, Sendable {
    public let winner: Version
    public let winnerValue: Value
    public let loser: Version
    public let loserValue: Value
}

/// What a write made of a field.
public struct MergeResult: Hashable, Sendable {
    public let entry: FieldEntry
    /// Set when a value lost that the winner had not seen.
    public let loss: Loss?
    /// Set when more than one value stands and a person has to pick.
    public let hasSiblings: Bool
}

/// Merging is a pure function, the same on device and server (Protocol/04-merge.md).
public enum Merge {
    /// Applies one write to a field.
    ///
    /// - Parameters:
    ///   - entry: the field as it stands, `nil` when it was never written.
    ///   - version: the version the write gets.
    ///   - lattice: for safety, its values from least to most strict.
    ///   - isKnown: whether a write id has been admitted; a device says yes to all.
    /// - Throws: `op-unfit` when the rule does not understand the op, `value-type` for an increment that is no integer,
    ///   `counter-overflow`, or what reading the stored bytes throws.
    public static func apply(
        _ write: FieldWrite, version: Version, to entry: FieldEntry?, rule: MergeRule, lattice: [String] = [],
        isKnown: (WriteID) -> Bool = { _ in true }
    ) throws(DecodingProblem) -> MergeResult {
        guard write.op.fits(rule) else { throw DecodingProblem("op-unfit", "\(rule.rawValue) does not take the op \(write.op)") }
        if rule == .text { return MergeResult(entry: try apply([write], version: version, toText: entry), loss: nil, hasSiblings: false) }
        let newest = max(entry?.version ?? version, version)

        func result(_ state: FieldState, _ version: Version, loss: Loss? = nil, hasSiblings: Bool = false) -> MergeResult {
            MergeResult(
                entry: FieldEntry(field: write.field, version: version, value: state.encoded(rule: rule)), loss: loss,
                hasSiblings: hasSiblings)
        }

        guard let entry else {
            return try first(write, version: version, rule: rule, isKnown: isKnown)
        }
        let state = try FieldState(decoding: entry.value, rule: rule)
        switch (rule, state) {
        case (.lastWriter, .single(let standing, var notes)):
            return lastWriter(write, version, entry, standing, &notes, isKnown, result)

        case (.immutable, .single(let standing, _)), (.sealed, .single(let standing, _)):
            let loss =
                standing == write.value
                ? nil : Loss(winner: entry.version, winnerValue: standing, loser: version, loserValue: write.value)
            return MergeResult(entry: entry, loss: loss, hasSiblings: false)

        case (.maximum, .single(let standing, _)):
            let wins = Maximum.isGreater(write.value, version, than: standing, entry.version)
            return wins ? result(.single(write.value, notes: []), version) : MergeResult(entry: entry, loss: nil, hasSiblings: false)

        case (.counter, .single(let standing, _)):
            let sum = try Counter.sum(standing, write.value)
            return result(.single(.integer(sum), notes: []), newest)

        case (.workflow, .single), (.server, .single), (.derived, .single):
            return result(.single(write.value, notes: []), version)

        case (.multiValue, .siblings(var set)):
            set.join(write.value, version: version, bases: write.bases, isKnown: isKnown)
            return result(.siblings(set), newest, hasSiblings: set.siblings.count > 1)

        case (.safety, .siblings(var set)):
            Safety.join(write, version, lattice, &set, isKnown)
            return result(.siblings(set), newest, loss: Safety.loss(write, version, set, lattice))

        case (.addWins, .elements(var elements)), (.removeWins, .elements(var elements)):
            let index = elements.firstIndex { !($0.element < write.value) } ?? elements.count
            if index == elements.count || elements[index].element != write.value {
                elements.insert(.init(element: write.value, presence: SiblingSet()), at: index)
            }
            let wanted = write.op == .add
            elements[index].presence.join(.boolean(wanted), version: version, bases: write.bases, isKnown: isKnown)
            return result(.elements(elements), newest, loss: overruled(elements[index], wanted, version, rule, write.value))

        default:
            throw DecodingProblem("field-state", "the stored state does not fit the rule \(rule.rawValue)")
        }
    }

    /// Applies several writes of one set to a text, which is read and encoded once.
    ///
    /// - Throws: `text-op`, `text-id-taken`, `text-full` when the text would be larger than a text can be, or what reading the
    ///   stored bytes throws.
    public static func apply(_ writes: [FieldWrite], version: Version, toText entry: FieldEntry?) throws(DecodingProblem) -> FieldEntry {
        guard let field = writes.first?.field else { throw DecodingProblem("text-op", "no edits") }
        var text = JointText()
        if let entry, case .text(let standing) = try FieldState(decoding: entry.value, rule: .text) { text = standing }
        for write in writes { try text.apply(try TextOp(write.op, write.value), by: version.stamp.replica) }
        let bytes = text.value.encoded
        guard text.textBytes <= JointText.maximumTextBytes, bytes.count <= JointText.maximumEncodedBytes else {
            throw DecodingProblem("text-full", "a text has at most \(JointText.maximumTextBytes) bytes")
        }
        return FieldEntry(field: field, version: max(entry?.version ?? version, version), value: bytes)
    }

    private static func first(
        _ write: FieldWrite, version: Version, rule: MergeRule, isKnown: (WriteID) -> Bool
    ) throws(DecodingProblem) -> MergeResult {
        let state: FieldState
        switch rule {
        case .multiValue, .safety:
            var set = SiblingSet()
            set.join(
                write.value, version: version, bases: write.bases, bound: write.op == .raise ? write.value : nil, isKnown: isKnown)
            state = .siblings(set)
        case .addWins, .removeWins:
            var presence = SiblingSet()
            presence.join(.boolean(write.op == .add), version: version, bases: write.bases, isKnown: isKnown)
            state = .elements([.init(element: write.value, presence: presence)])
        case .counter: state = .single(.integer(try Counter.sum(.integer(0), write.value)), notes: [])
        case .lastWriter: state = .single(write.value, notes: write.bases.filter { !isKnown($0.writeID) }.sorted())
        default: state = .single(write.value, notes: [])
        }
        let entry = FieldEntry(field: write.field, version: version, value: state.encoded(rule: rule))
        return MergeResult(entry: entry, loss: nil, hasSiblings: false)
    }

    private static func lastWriter(
        _ write: FieldWrite, _ version: Version, _ entry: FieldEntry, _ standing: Value, _ notes: inout [Version],
        _ isKnown: (WriteID) -> Bool, _ result: (FieldState, Version, Loss?, Bool) -> MergeResult
    ) -> MergeResult {
        for base in write.bases where !isKnown(base.writeID) && !notes.contains(where: { $0.writeID == base.writeID }) {
            notes.append(base)
        }
        notes.sort()
        let wasNoted = notes.contains { $0.writeID == version.writeID }
        notes.removeAll { $0.writeID == version.writeID }
        // A second write of the same set has its version; it stands over the first.
        if !(version < entry.version) {
            let seen =
                write.bases.contains { $0.writeID == entry.version.writeID } || standing == write.value || entry.version == version
            let loss =
                seen ? nil : Loss(winner: version, winnerValue: write.value, loser: entry.version, loserValue: standing)
            return result(.single(write.value, notes: notes), version, loss, false)
        }
        let silent = wasNoted || standing == write.value
        let loss = silent ? nil : Loss(winner: entry.version, winnerValue: standing, loser: version, loserValue: write.value)
        return result(.single(standing, notes: notes), entry.version, loss, false)
    }

    private static func overruled(
        _ element: FieldState.Element, _ wanted: Bool, _ version: Version, _ rule: MergeRule, _ value: Value
    ) -> Loss? {
        guard element.isPresent(rule) != wanted,
            let winner = element.presence.siblings.last(where: { $0.value.boolean == !wanted })
        else { return nil }
        return Loss(winner: winner.version, winnerValue: value, loser: version, loserValue: value)
    }
}

enum Maximum {
    /// Integers compare as numbers; equal values keep the higher version, so that order of admission does not matter.
    static func isGreater(_ a: Value, _ aVersion: Version, than b: Value, _ bVersion: Version) -> Bool {
        if let a = a.integer, let b = b.integer, a != b { return a > b }
        return a == b ? aVersion > bVersion : a > b
    }
}

enum Counter {
    static func sum(_ a: Value, _ b: Value) throws(DecodingProblem) -> Int64 {
        guard let a = a.integer, let b = b.integer else { throw DecodingProblem("value-type", "a counter takes integers") }
        let (sum, overflow) = a.addingReportingOverflow(b)
        guard !overflow else { throw DecodingProblem("counter-overflow", "the sum leaves 64 bits") }
        return sum
    }
}

enum Safety {
    static func join(
        _ write: FieldWrite, _ version: Version, _ lattice: [String], _ set: inout SiblingSet, _ isKnown: (WriteID) -> Bool
    ) {
        let rank = Lattice.rank(write.value, in: lattice)
        let raises = write.op == .raise
        set.join(
            write.value, version: version, bases: write.bases,
            mayReplace: { !raises || Lattice.rank($0, in: lattice) <= rank },
            bound: raises ? write.value : nil,
            stricter: { Lattice.rank($0, in: lattice) < Lattice.rank($1, in: lattice) ? $1 : $0 },
            isSwallowed: { note in note.bound.map { rank <= Lattice.rank($0, in: lattice) } ?? true },
            isKnown: isKnown)
    }

    /// A release that did not lift all, or a raise below what stands, is explained by the stricter sibling.
    static func loss(_ write: FieldWrite, _ version: Version, _ set: SiblingSet, _ lattice: [String]) -> Loss? {
        guard let strictest = set.siblings.max(by: { Lattice.rank($0.value, in: lattice) < Lattice.rank($1.value, in: lattice) }),
            strictest.version != version, strictest.value != write.value,
            !write.bases.contains(where: { $0.writeID == strictest.version.writeID })
        else { return nil }
        return Loss(winner: strictest.version, winnerValue: strictest.value, loser: version, loserValue: write.value)
    }
}
