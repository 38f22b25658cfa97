import TruckrollCore
import TruckrollDomain

/// What a field must hold, from all its writes at once: no order of arrival, no state in between.
enum OracleMerge {
    struct Standing: Hashable, Comparable {
        let version: Version
        let value: Value
        static func < (a: Standing, b: Standing) -> Bool { a.version < b.version }
    }

    /// The writes that stand, by element for a set (an empty element otherwise); `nil` for fields that follow from events.
    static func standing(_ writes: [OracleWrites.Write], _ field: Field) -> [Value: [Standing]]? {
        switch field.rule {
        case .lastWriter:
            // Of two writes of one set, which share a version, the later one stands.
            let newest = writes.enumerated().max { ($0.element.version, $0.offset) < ($1.element.version, $1.offset) }?.element
            return newest.map { [.null: [Standing(version: $0.version, value: $0.value)]] } ?? [:]
        case .immutable, .sealed:
            return writes.first.map { [.null: [Standing(version: $0.version, value: $0.value)]] } ?? [:]
        case .server, .derived:
            return writes.last.map { [.null: [Standing(version: $0.version, value: $0.value)]] } ?? [:]
        case .multiValue: return [.null: survivors(writes) { _, _ in true }.map { Standing(version: $0.version, value: $0.value) }.sorted()]
        case .safety:
            let left = survivors(writes) { over, under in
                over.op == .release || Lattice.rank(under.value, in: field.lattice) <= Lattice.rank(over.value, in: field.lattice)
            }
            return [.null: left.map { Standing(version: $0.version, value: $0.value) }.sorted()]
        case .addWins, .removeWins:
            return Dictionary(grouping: writes, by: \.value).mapValues { writes in
                survivors(writes) { _, _ in true }.map { Standing(version: $0.version, value: .boolean($0.op == .add)) }.sorted()
            }
        default: return nil
        }
    }

    /// Those that no other write has seen and may replace.
    private static func survivors(
        _ writes: [OracleWrites.Write], mayReplace: (_ over: OracleWrites.Write, _ under: OracleWrites.Write) -> Bool
    ) -> [OracleWrites.Write] {
        writes.filter { under in
            !writes.contains { over in
                over.version.writeID != under.version.writeID && over.bases.contains(under.version.writeID) && mayReplace(over, under)
            }
        }
    }

    /// The same of a stored entry.
    static func standing(_ entry: FieldEntry, _ field: Field) throws -> [Value: [Standing]] {
        switch try FieldState(decoding: entry.value, rule: field.rule) {
        case .single(let value, _): return [.null: [Standing(version: entry.version, value: value)]]
        case .text(let text): return [.null: [Standing(version: entry.version, value: .text(text.shown))]]
        case .siblings(let set): return [.null: set.siblings.map { Standing(version: $0.version, value: $0.value) }.sorted()]
        case .elements(let elements):
            return Dictionary(
                uniqueKeysWithValues: elements.map { element in
                    (element.element, element.presence.siblings.map { Standing(version: $0.version, value: $0.value) }.sorted())
                })
        }
    }
}
