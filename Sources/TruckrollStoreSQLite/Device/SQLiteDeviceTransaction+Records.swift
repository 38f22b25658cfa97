import TruckrollCore
import TruckrollDomain
import TruckrollStoreSQL
import TruckrollSync

extension SQLiteDeviceTransaction {
    func confirmed(_ key: RecordKey) throws -> ConfirmedRecord? {
        let found = try session.legibleRow(DeviceSQL.confirmed, [key.bound], unreadable: { unreadable.insert(.record(key)) }) {
            (try $0.record(key), try $0.recordHash())
        }
        guard let (record, hash) = found else { return nil }
        return ConfirmedRecord(record: record, hash: hash, scopes: try scopes(of: key))
    }

    func shown(_ key: RecordKey) throws -> Record? {
        var shown: Record?
        try session.eachRow(DeviceSQL.shown, [key.bound]) { row in
            let isOverlay = try row.boolean()
            do {
                let record = try row.record(key)
                if !isOverlay { _ = try row.recordHash() }
                shown = record
            } catch let problem as StoreProblem where problem.damage != nil {
                unreadable.insert(isOverlay ? .overlay(key) : .record(key))
            }
            return shown == nil
        }
        return shown
    }

    func save(_ record: ConfirmedRecord) throws {
        let key = record.record.key
        try session.run(DeviceSQL.saveConfirmed, [key.bound, record.record.encodedEntries.bound, record.hash.bound])
        let before = Set(try scopes(of: key))
        let after = Set(record.scopes)
        for scope in before.subtracting(after).sorted() { try session.run(DeviceSQL.leave, [try scope.bound(), key.bound]) }
        for scope in after.subtracting(before).sorted() { try session.run(DeviceSQL.join, [try scope.bound(), key.bound]) }
    }

    func deleteConfirmed(_ key: RecordKey) throws { try session.run(DeviceSQL.deleteConfirmed, [key.bound]) }

    func keys(in scope: Scope) throws -> [RecordKey] {
        try session.legibleRows(DeviceSQL.keysInScope, [try scope.bound()], unreadable: noteNameless) { try $0.recordKey() }
    }

    private func scopes(of key: RecordKey) throws -> [Scope] {
        try session.legibleRows(DeviceSQL.scopesOfKey, [key.bound], unreadable: { unreadable.insert(.scope) }) { try $0.scope() }
    }

    // MARK: Scopes

    func scopes() throws -> [Scope] {
        try session.legibleRows(DeviceSQL.scopes, unreadable: { unreadable.insert(.scope) }) { try $0.scope() }
    }

    func digest(of scope: Scope) throws -> ScopeDigest? {
        try session.legibleRow(DeviceSQL.digest, [try scope.bound()], unreadable: { unreadable.insert(.scope) }) { try $0.digest() }
    }

    func save(_ digest: ScopeDigest, of scope: Scope) throws {
        try session.run(DeviceSQL.saveDigest, [try scope.bound()] + digest.bound())
    }

    /// The records it held stay, and lie in the scope no more.
    func deleteScope(_ scope: Scope) throws {
        try session.run(DeviceSQL.leaveAll, [try scope.bound()])
        try session.run(DeviceSQL.deleteScope, [try scope.bound()])
    }

    // MARK: Parts of a view that is being filled

    func append(part bytes: [UInt8]) throws { try session.run(DeviceSQL.appendPart, [bytes.bound]) }
    func part(after number: Int) throws -> (number: Int, bytes: [UInt8])? {
        try session.legibleRow(DeviceSQL.nextPart, [Int64(number).bound], unreadable: { unreadable.insert(.part) }) {
            (Int(try $0.integer()), try $0.bytes())
        }
    }
    func deleteParts() throws { try session.run(DeviceSQL.deleteParts, []) }

    // MARK: Entries of others' lost sets

    func append(recovered bytes: [UInt8]) throws { try session.run(DeviceSQL.appendRecovered, [bytes.bound]) }
    func recovered(limit: Int) throws -> [[UInt8]] { try session.rows(DeviceSQL.recovered, [Int64(limit).bound]) { try $0.bytes() } }
    func deleteRecovered(first count: Int) throws { try session.run(DeviceSQL.deleteRecovered, [Int64(count).bound]) }

    // MARK: Overlays

    func overlay(_ key: RecordKey) throws -> Record? {
        try session.legibleRow(DeviceSQL.overlay, [key.bound], unreadable: { unreadable.insert(.overlay(key)) }) { try $0.record(key) }
    }

    func save(overlay record: Record) throws {
        try session.run(DeviceSQL.saveOverlay, [record.key.bound, record.encodedEntries.bound])
    }

    func deleteOverlay(_ key: RecordKey) throws { try session.run(DeviceSQL.deleteOverlay, [key.bound]) }
    func overlayKeys() throws -> [RecordKey] {
        try session.legibleRows(DeviceSQL.overlayKeys, unreadable: noteNameless) { try $0.recordKey() }
    }

    // MARK: Typed columns

    func saveColumns(_ key: RecordKey, entity: Entity, columns: ColumnValues?) throws -> Bool {
        // The facets of an entity share its id; only the common one has typed columns.
        guard key.facet == .common else { return false }
        return try tables[entity]?.save(key.id, columns, in: session) ?? false
    }

    func ids(_ entity: Entity, where column: String, equals value: Value) throws -> [RecordID] {
        try tables[entity]?.ids(where: column, equals: value, in: session) { unreadable.insert(.columns(entity.type)) } ?? []
    }

    func ids(_ entity: Entity) throws -> [RecordID] {
        try tables[entity]?.ids(in: session) { unreadable.insert(.columns(entity.type)) } ?? []
    }

    func deleteDerived() throws {
        try session.run(DeviceSQL.deleteOverlays, [])
        try tables.deleteRows(in: session)
        try words.deleteAll()
    }

    func rows(_ entity: Entity, columns: [String]) throws -> [(id: RecordID, values: [Value])] {
        try tables[entity]?.rows(columns, in: session) { unreadable.insert(.columns(entity.type)) } ?? []
    }

    // MARK: Words

    private var words: WordTables { WordTables(session: session, unreadable: { self.unreadable.insert(.words) }) }

    func save(_ words: RecordWords?, of key: RecordKey) throws -> Bool { try self.words.save(words, of: key) }
    func keysWithWords() throws -> [RecordKey] { try words.keys() }
    func keys(_ search: WordSearch, _ reach: WordSearch.Reach, of types: Set<EntityType>, limit: Int) throws -> [RecordKey] {
        try words.keys(search, reach, of: types, limit: limit)
    }

    func keys(idEndingWith text: String) throws -> [RecordKey] {
        guard text.utf8.count >= 4, let ending = UInt16(text.suffix(4), radix: 16) else { return [] }
        let bytes = ending.bigEndianBytes.bound
        let found = try [DeviceSQL.confirmedKeysEnding, DeviceSQL.overlayKeysEnding].flatMap {
            try session.legibleRows($0, [bytes], unreadable: noteNameless) { try $0.recordKey() }
        }
        return Set(found).filter { $0.facet == .common && $0.id.description.hasSuffix(text) }.sorted()
    }

    // MARK: Attachments

    func attachment(_ sha256: [UInt8]) throws -> LocalAttachment? {
        try session.legibleRow(DeviceSQL.attachment, [sha256.bound], unreadable: noteAttachment, Self.localAttachment)
    }

    func save(_ attachment: LocalAttachment) throws {
        try session.run(
            DeviceSQL.saveAttachment,
            [
                attachment.sha256.bound, try attachment.mediaType.bound(), Int64(attachment.size).bound, attachment.isStored.bound,
            ])
    }

    func attachments(stored: Bool) throws -> [LocalAttachment] {
        try session.legibleRows(DeviceSQL.attachments, [stored.bound], unreadable: noteAttachment, Self.localAttachment)
    }

    private func noteAttachment() { unreadable.insert(.attachment) }

    static func localAttachment(_ row: inout RowReader) throws -> LocalAttachment {
        let bytes = try row.bytes()
        return LocalAttachment(
            sha256: try row.present(bytes.count == 32 ? bytes : nil, "a hash of 32 bytes"), mediaType: try row.text(), size: Int(try row.integer()),
            isStored: try row.boolean())
    }
}
