import TruckrollCore
import TruckrollDomain
import TruckrollSync

/// One transaction of ``MemoryDeviceStore``; its methods lie in an extension for each group of the port.
final class MemoryDeviceTransaction: DeviceTransaction {
    let store: MemoryDeviceStore
    var undoLog: UndoLog<DeviceStep>
    var unreadable: Set<UnreadableRow> = []

    init(_ store: MemoryDeviceStore, isWriting: Bool) {
        self.store = store
        undoLog = UndoLog(isWriting: isWriting)
    }

    func begin(_ call: StoreCall) throws { try undoLog.begin(call, store.fault) }

    func rollBack() {
        while let step = undoLog.popStep(above: 0) { store.tables.undo(step) }
    }

    func identity() throws -> DeviceIdentity? { store.tables.identity }

    func save(_ identity: DeviceIdentity) throws {
        try begin(.saveIdentity)
        for text in [identity.tenantName, identity.series, identity.serverURL] { try Storable.check(text) }
        undoLog.append(.identity(store.tables.identity))
        store.tables.identity = identity
    }

    func state() throws -> DeviceState { store.tables.state ?? DeviceState() }

    func save(_ state: DeviceState) throws {
        try begin(.saveState)
        try Storable.check(state.lastSequence)
        try Storable.check(state.lastDocument)
        try Storable.check(state.durable)
        if let checkpoint = state.checkpoint {
            try Storable.check(checkpoint.position)
            try Storable.check(checkpoint.viewVersion)
        }
        try Storable.hold(state.lastHash.bytes.count == 32, "a hash has 32 bytes")
        undoLog.append(.state(store.tables.state))
        store.tables.state = state
    }

    // MARK: Typed columns

    func saveColumns(_ key: RecordKey, entity: Entity, columns: ColumnValues?) throws -> Bool {
        try begin(.saveColumns)
        // The facets of an entity share its id; only the common one has typed columns.
        guard key.facet == .common else { return false }
        let row = try store.tables.columns.row(entity, key.id, columns)
        let former = store.tables.columns[entity.type, key.id]
        guard former != row else { return false }
        _ = store.tables.columns.set(entity.type, key.id, row)
        undoLog.append(.columns(entity.type, key.id, former))
        return true
    }

    func ids(_ entity: Entity, where column: String, equals value: Value) throws -> [RecordID] {
        try store.tables.columns.ids(entity, where: column, equals: value)
    }

    func ids(_ entity: Entity) throws -> [RecordID] { store.tables.columns.ids(entity) }

    func rows(_ entity: Entity, columns: [String]) throws -> [(id: RecordID, values: [Value])] {
        try store.tables.columns.rows(entity, columns: columns)
    }

    // MARK: Words

    func save(_ words: RecordWords?, of key: RecordKey) throws -> Bool {
        guard key.facet == .common, store.tables.words[HashedKey(key)] != words else { return false }
        try begin(.saveWords)
        let former = store.tables.words[HashedKey(key)]
        store.tables.words[HashedKey(key)] = words
        undoLog.append(.words(key, former))
        return true
    }

    /// Looks at each record: a device in memory is a small one.
    func keys(_ search: WordSearch, _ reach: WordSearch.Reach, of types: Set<EntityType>, limit: Int) throws -> [RecordKey] {
        let fitting = store.tables.words.filter { (types.isEmpty || types.contains($0.key.key.type)) && search.fits($0.value, reach) }
        return Array(fitting.keys.map(\.key).sorted(by: >).prefix(max(0, limit)))
    }

    func keysWithWords() throws -> [RecordKey] { store.tables.words.keys.map(\.key) }

    func keys(idEndingWith text: String) throws -> [RecordKey] {
        guard text.utf8.count >= 4 else { return [] }
        let all = Set(store.tables.confirmed.keys.map(\.key) + store.tables.overlays.keys.map(\.key))
        return all.filter { $0.facet == .common && $0.id.description.hasSuffix(text) }.sorted()
    }

    // MARK: Attachments

    func attachment(_ sha256: [UInt8]) throws -> LocalAttachment? { store.tables.attachments[sha256] }

    func save(_ attachment: LocalAttachment) throws {
        try begin(.saveAttachment)
        try Storable.check(attachment.mediaType)
        try Storable.hold(attachment.sha256.count == 32 && attachment.size >= 0, "an attachment has a hash of 32 bytes and a size from 0")
        undoLog.append(.attachment(attachment.sha256, store.tables.attachments.updateValue(attachment, forKey: attachment.sha256)))
    }

    func attachments(stored: Bool) throws -> [LocalAttachment] {
        store.tables.attachments.values.filter { $0.isStored == stored }.sorted { $0.sha256.lexicographicallyPrecedes($1.sha256) }
    }
}
