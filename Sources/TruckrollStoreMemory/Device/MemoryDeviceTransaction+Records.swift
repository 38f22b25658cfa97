import TruckrollCore
import TruckrollDomain
import TruckrollSync

extension MemoryDeviceTransaction {
    func confirmed(_ key: RecordKey) throws -> ConfirmedRecord? {
        guard let confirmed = store.tables.confirmed[HashedKey(key)], isLegible(.record(key)) else { return nil }
        return confirmed
    }

    func shown(_ key: RecordKey) throws -> Record? { try overlay(key) ?? confirmed(key)?.record }

    func save(_ record: ConfirmedRecord) throws {
        try begin(.saveConfirmed)
        var record = record
        record.scopes = try sorted(record.scopes)
        set(record.record.key, record)
    }

    func deleteConfirmed(_ key: RecordKey) throws {
        try begin(.deleteConfirmed)
        set(key, nil)
    }

    private func set(_ key: RecordKey, _ record: ConfirmedRecord?) {
        forget(.record(key))
        undoLog.append(.confirmed(key, store.tables.setConfirmed(key, record)))
    }

    /// Ascending, each once, as a table of memberships gives them.
    private func sorted(_ scopes: [Scope]) throws -> [Scope] {
        for scope in scopes { _ = try store.tables.numbers.number(of: scope) }
        guard scopes.count > 1 else { return scopes }
        let ascending = scopes.sorted(by: Order.ascending)
        return ascending.indices.filter { $0 == 0 || Order.ascending(ascending[$0 - 1], ascending[$0]) }.map { ascending[$0] }
    }

    func keys(in scope: Scope) throws -> [RecordKey] {
        guard let number = try store.tables.numbers.number(of: scope) else { return [] }
        return store.tables.scopes[number].members.ascending(after: nil, limit: .max)
    }

    func confirmedKeys(after key: RecordKey?, limit: Int) throws -> [RecordKey] {
        store.tables.confirmed.keys.ascending(after: key, limit: limit)
    }

    // MARK: What the disk has changed

    private func isLegible(_ row: UnreadableRow) -> Bool {
        guard store.tables.unreadable.contains(row) else { return true }
        unreadable.insert(row)
        return false
    }

    /// Another row takes the place, or none.
    private func forget(_ row: UnreadableRow) {
        guard store.tables.unreadable.contains(row) else { return }
        undoLog.append(.unreadable(store.tables.unreadable))
        store.tables.unreadable.remove(row)
    }

    func deleteUnreadable() throws {
        try begin(.deleteUnreadable)
        for case .record(let key) in store.tables.unreadable { set(key, nil) }
    }

    func deleteDerived() throws {
        try begin(.deleteDerived)
        for key in try overlayKeys() { removeOverlay(key) }
        undoLog.append(.allColumns(store.tables.columns))
        store.tables.columns.deleteRows()
        undoLog.append(.allWords(store.tables.words))
        store.tables.words = [:]
    }

    // MARK: Scopes

    func scopes() throws -> [Scope] { store.tables.view }

    func digest(of scope: Scope) throws -> ScopeDigest? {
        try store.tables.numbers.number(of: scope).flatMap { store.tables.scopes[$0].digest }
    }

    func save(_ digest: ScopeDigest, of scope: Scope) throws {
        try begin(.saveDigest)
        try Storable.check(digest.count)
        let number = try store.tables.number(for: scope)
        undoLog.append(.digest(number, store.tables.setDigest(number, digest)))
    }

    /// The records it held stay, and lie in the scope no more.
    func deleteScope(_ scope: Scope) throws {
        try begin(.deleteScope)
        guard let number = try store.tables.numbers.number(of: scope) else { return }
        for member in store.tables.scopes[number].members {
            guard var record = store.tables.confirmed[member] else { continue }
            record.scopes.removeAll { ByteText($0.name) == ByteText(scope.name) }
            set(member.key, record)
        }
        undoLog.append(.digest(number, store.tables.setDigest(number, nil)))
    }

    // MARK: Parts of a view that is being filled

    func append(part bytes: [UInt8]) throws {
        try begin(.appendPart)
        undoLog.append(.appendedPart)
        store.tables.parts.append(bytes)
    }

    func part(after number: Int) throws -> (number: Int, bytes: [UInt8])? {
        let parts = store.tables.parts
        return parts.indices.contains(number) ? (number + 1, parts[number]) : nil
    }

    func deleteParts() throws {
        guard !store.tables.parts.isEmpty else { return }
        try begin(.deleteParts)
        undoLog.append(.parts(store.tables.parts))
        store.tables.parts = []
    }

    // MARK: Entries of others' lost sets

    func append(recovered bytes: [UInt8]) throws {
        try begin(.appendRecovered)
        undoLog.append(.appendedRecovered)
        store.tables.recovered.append(bytes)
    }

    func recovered(limit: Int) throws -> [[UInt8]] { Array(store.tables.recovered.prefix(limit)) }

    func deleteRecovered(first count: Int) throws {
        guard count > 0, !store.tables.recovered.isEmpty else { return }
        try begin(.deleteRecovered)
        undoLog.append(.recovered(store.tables.recovered))
        store.tables.recovered.removeFirst(min(count, store.tables.recovered.count))
    }

    // MARK: Overlays

    func overlay(_ key: RecordKey) throws -> Record? {
        guard let overlay = store.tables.overlays[HashedKey(key)], isLegible(.overlay(key)) else { return nil }
        return overlay
    }

    func save(overlay record: Record) throws {
        try begin(.saveOverlay)
        forget(.overlay(record.key))
        undoLog.append(.overlay(record.key, store.tables.overlays.updateValue(record, forKey: HashedKey(record.key))))
    }

    func deleteOverlay(_ key: RecordKey) throws {
        try begin(.deleteOverlay)
        removeOverlay(key)
    }

    private func removeOverlay(_ key: RecordKey) {
        forget(.overlay(key))
        undoLog.append(.overlay(key, store.tables.overlays.removeValue(forKey: HashedKey(key))))
    }

    func overlayKeys() throws -> [RecordKey] { store.tables.overlays.keys.ascending(after: nil, limit: .max) }
}
