/// The rows of one kind as a transaction sees them: each is read once, and written once whatever becomes of it meanwhile.
///
/// Every step can be taken back to a mark, as an undone savepoint asks.
struct RowBuffer<Key: Hashable, Row> {
    private struct Entry {
        /// `nil` where the store has none.
        var row: Row?
        /// When it was first changed since the store had it; `nil` where the store has it so.
        var changed: Int?
    }

    private var entries: [Key: Entry] = [:]
    private var former: [(key: Key, entry: Entry?)] = []
    private var changes = 0
    private(set) var unsavedCount = 0

    /// The row, from the store where it has not been read before.
    mutating func row(_ key: Key, orRead read: () throws -> Row?) rethrows -> Row? {
        if let entry = entries[key] { return entry.row }
        let row = try read()
        set(key, Entry(row: row))
        return row
    }

    func known(_ key: Key) -> Row? { entries[key]?.row }

    /// Takes note of what the store has.
    mutating func learn(_ key: Key, _ row: Row?) {
        if entries[key] == nil { set(key, Entry(row: row)) }
    }

    /// Changes a row, which is still to be saved then.
    mutating func put(_ key: Key, _ row: Row) {
        changes += 1
        set(key, Entry(row: row, changed: entries[key]?.changed ?? changes))
    }

    /// What is still to be saved, in the order in which it was first changed.
    var unsaved: [Row] {
        guard unsavedCount > 0 else { return [] }
        return entries.values.filter { $0.changed != nil }.sorted { $0.changed ?? 0 < $1.changed ?? 0 }.compactMap(\.row)
    }

    func containsUnsaved(_ isMeant: (Row) -> Bool) -> Bool {
        unsavedCount > 0 && entries.values.contains { $0.changed != nil && $0.row.map(isMeant) ?? false }
    }

    /// The store has all of them now.
    mutating func markSaved() {
        guard unsavedCount > 0 else { return }
        for (key, entry) in entries where entry.changed != nil { set(key, Entry(row: entry.row)) }
    }

    /// The store may have other rows now. What is still to be saved stays.
    mutating func forgetSaved() {
        for (key, entry) in entries where entry.changed == nil { set(key, nil) }
    }

    mutating func forget(_ key: Key) { set(key, nil) }

    // MARK: Taking back

    var mark: Int { former.count }

    mutating func undo(to mark: Int) {
        while former.count > mark, let step = former.popLast() { exchange(step.key, step.entry) }
    }

    private mutating func set(_ key: Key, _ entry: Entry?) { former.append((key, exchange(key, entry))) }

    @discardableResult
    private mutating func exchange(_ key: Key, _ entry: Entry?) -> Entry? {
        let old = entries[key]
        entries[key] = entry
        unsavedCount += (entry?.changed == nil ? 0 : 1) - (old?.changed == nil ? 0 : 1)
        return old
    }
}
