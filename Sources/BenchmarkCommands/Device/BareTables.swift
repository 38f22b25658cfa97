import Foundation
import GRDB
import TruckrollCore
import TruckrollDomain
import TruckrollSync

/// The same rows in tables made for nothing but the questions that are asked: what SQLite itself allows.
final class BareTables {
    private let queue: DatabaseQueue

    static func path(in directory: URL) -> String { directory.appendingPathComponent("bare.sqlite").path }

    init(directory: URL) throws {
        var configuration = Configuration()
        configuration.journalMode = .wal
        queue = try DatabaseQueue(path: Self.path(in: directory), configuration: configuration)
        try queue.write { db in
            try db.execute(
                sql: """
                    CREATE TABLE record (
                        number INTEGER PRIMARY KEY, id BLOB NOT NULL, kind TEXT NOT NULL, parent BLOB, name TEXT, state TEXT, urgency INTEGER, due TEXT,
                        starts TEXT, technician BLOB, entries BLOB NOT NULL
                    );
                    CREATE VIRTUAL TABLE word USING fts5(text, content = '', tokenize = 'unicode61 remove_diacritics 2')
                    """)
        }
    }

    private var waiting: [[(any DatabaseValueConvertible)?]] = []
    private var texts: [String] = []
    private var count = 0

    func add(_ record: TruckrollCore.Record, _ draft: RecordDraft) throws {
        func text(_ field: String) -> String? { draft.fields[field]?.text }
        func bytes(_ field: String) -> Data? { draft.fields[field]?.reference.map { Data($0.bytes) } }
        waiting.append([
            Data(draft.id.bytes), draft.entity, bytes("asset") ?? bytes("order"), text("serial") ?? text("number"), text("state"),
            ["emergency", "high", "normal", "low"].firstIndex(of: text("priority") ?? ""), text("due_at"), text("starts_at"), bytes("technician"),
            Data(record.encodedEntries),
        ])
        texts.append(draft.fields.keys.sorted().compactMap(text).joined(separator: " "))
        if waiting.count >= 5000 { try flush() }
    }

    func finish() throws {
        try flush()
        try queue.write { db in
            try db.execute(
                sql: """
                    CREATE INDEX record_by_id ON record (id);
                    CREATE INDEX record_by_parent ON record (parent);
                    CREATE INDEX record_by_rank ON record (kind, state, urgency, due, name);
                    CREATE INDEX record_by_urgency ON record (kind, urgency, due, name);
                    CREATE INDEX record_by_start ON record (kind, starts);
                    CREATE INDEX record_by_name ON record (kind, name)
                    """)
        }
        try queue.close()
    }

    private func flush() throws {
        try queue.write { db in
            for (row, text) in zip(waiting, texts) {
                count += 1
                try db.cachedStatement(sql: "INSERT INTO record VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)").execute(
                    arguments: StatementArguments([count] + row))
                try db.cachedStatement(sql: "INSERT INTO word (rowid, text) VALUES (?, ?)").execute(arguments: [count, text])
            }
        }
        (waiting, texts) = ([], [])
    }

    /// Runs a statement through a connection of its own, and returns how many rows it gave.
    ///
    /// - Returns: milliseconds, without opening the file.
    static func time(_ sql: String, _ arguments: StatementArguments, in directory: URL) throws -> (milliseconds: Double, rows: Int) {
        let queue = try DatabaseQueue(path: path(in: directory))
        defer { try? queue.close() }
        return try queue.read { db in
            let start = ContinuousClock.now
            let rows = try Row.fetchAll(db, sql: sql, arguments: arguments).count
            return ((ContinuousClock.now - start) / .milliseconds(1), rows)
        }
    }
}
