import GRDB
import TruckrollCore
import TruckrollDomain
import TruckrollStoreSQL
import TruckrollSync

/// The words of what is visible, and the index that finds records by them; changed within the transaction that changes the records.
struct WordTables {
    let session: Session
    /// Is called for what the disk has changed.
    let unreadable: () -> Void

    private struct Row {
        let number: Int64
        let words: RecordWords
    }

    /// - Returns: whether they were others before.
    func save(_ words: RecordWords?, of key: RecordKey) throws -> Bool {
        guard key.facet == .common else { return false }
        let place = [Int64(key.type.rawValue).bound, key.id.bound]
        var isThere = false
        let former: Row? =
            try session.row(DeviceSQL.words, place) { row in
                isThere = true
                return try? Row(number: row.integer(), words: RecordWords(names: row.text(), texts: row.text()))
            } ?? nil
        if isThere, former == nil {
            // What the index holds of it cannot be told any more; without its row that finds nothing.
            unreadable()
            try session.run(DeviceSQL.deleteWords, place)
        }
        guard former?.words != words else { return isThere && former == nil }
        if let former { try leave(Self.entry(former.number, key.type, former.words)) }
        guard let words else { return try session.run(DeviceSQL.deleteWords, place) > 0 }
        var number = former?.number ?? 0
        if former == nil {
            try session.run(DeviceSQL.insertWords, place + [try words.names.bound(), try words.texts.bound()])
            number = session.db.lastInsertedRowID
        } else {
            try session.run(DeviceSQL.updateWords, [number.bound, try words.names.bound(), try words.texts.bound()])
        }
        try enter(Self.entry(number, key.type, words))
        return true
    }

    func keys(_ search: WordSearch, _ reach: WordSearch.Reach, of types: Set<EntityType>, limit: Int) throws -> [RecordKey] {
        guard !search.isEmpty, limit > 0 else { return [] }
        do {
            return try session.legibleRows(
                DeviceSQL.find, [.text(WordIndex.expression(search, reach, of: types)), boundLimit(limit)], unreadable: unreadable, Self.key)
        } catch StoreProblem.corrupt {
            // It is made anew when the device repairs itself; all else goes on.
            unreadable()
            return []
        }
    }

    func keys() throws -> [RecordKey] { try session.legibleRows(DeviceSQL.wordKeys, unreadable: unreadable, Self.key) }

    func deleteAll() throws {
        try session.run(DeviceSQL.deleteAllWords, [])
        try emptyIndex()
    }

    /// Empties the index, also one of which not even the beginning can be read: FTS5 then does not know the table any more, and what
    /// it keeps is made as it was when the table was new.
    private func emptyIndex() throws {
        do { try session.run(DeviceSQL.emptyIndex, []) } catch StoreProblem.corrupt {
            for statement in DeviceSQL.newIndex { try session.run(statement, []) }
            try session.run(DeviceSQL.emptyIndex, [])
        }
    }

    private static func key(_ row: inout RowReader) throws -> RecordKey {
        let type = try row.integer()
        return RecordKey(type: EntityType(rawValue: try row.present(UInt16(exactly: type), "an entity type")), id: try row.recordID())
    }

    private static func entry(_ number: Int64, _ type: EntityType, _ words: RecordWords) throws -> [SQLValue] {
        [
            number.bound, .text(WordIndex.kind(type)), try words.names.bound(), try words.texts.bound(), .text(WordIndex.grams(words.names)),
        ]
    }

    /// Puts words into the index whose row is there already.
    private func enter(_ entry: [SQLValue]) throws {
        do { try session.run(DeviceSQL.enter, entry) } catch StoreProblem.corrupt { try makeIndexAnew() }
    }

    /// Takes words out of the index whose row is still there.
    private func leave(_ entry: [SQLValue]) throws {
        do { try session.run(DeviceSQL.leaveIndex, entry) } catch StoreProblem.corrupt {
            try makeIndexAnew()
            try session.run(DeviceSQL.leaveIndex, entry)
        }
    }

    /// Makes a damaged index anew from the rows: nobody's work waits for it.
    private func makeIndexAnew() throws {
        unreadable()
        try emptyIndex()
        let entries = try session.legibleRows(DeviceSQL.allWords, unreadable: unreadable) { row in
            let number = try row.integer()
            let key = try Self.key(&row)
            return try Self.entry(number, key.type, RecordWords(names: row.text(), texts: row.text()))
        }
        for entry in entries { try session.run(DeviceSQL.enter, entry) }
    }

    /// Makes the words of every entity whose texts count otherwise than when they were made, of an older file all.
    static func bringUpToDate(_ db: Database, path: String, layout: Layout, tables: EntityTables) throws {
        guard layout.keepsWords else { return }
        let session = Session(db: db, path: path)
        let made = Dictionary(
            try session.rows("SELECT entity, described FROM filled_words") { (try $0.text(), try $0.text()) }, uniquingKeysWith: { first, _ in first }
        )
        let words = WordTables(session: session, unreadable: {})
        for shape in tables.shapes.all {
            let described = RecordWords.described(shape.entity)
            guard made[shape.name] != described else { continue }
            try session.eachRow(layout.visibleRecords, [shape.allKeys.first.bound, shape.allKeys.last.bound]) { row in
                guard let key = try? row.recordKey(), key.facet == .common, let record = try? row.record(key) else { return true }
                _ = try words.save(RecordWords(RecordView(record, shape.entity)), of: key)
                return true
            }
            try session.run(
                "INSERT INTO filled_words VALUES (?, ?) ON CONFLICT (entity) DO UPDATE SET described = excluded.described",
                [try shape.name.bound(), try described.bound()])
        }
    }
}
