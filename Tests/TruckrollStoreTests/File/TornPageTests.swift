import Foundation
import GRDB
import Testing
import TruckrollCore
import TruckrollDomain
import TruckrollSync

@testable import TruckrollStoreSQLite

/// Machines whose power fails while a checkpoint copies pages from the log to the database. The log is whole then; of a page that was on its
/// way some sectors are new and some are old.
@Suite("Torn pages of a database")
struct TornPageTests {
    private static let pageBytes = 4096
    private static let sectorBytes = 512

    private let folder: TemporaryFolder
    private let path: String

    init() throws {
        folder = try TemporaryFolder()
        path = folder.file("store.sqlite")
    }

    /// Whose file it is.
    enum Owner: String, CaseIterable {
        case server, device

        /// Opens the file for as long as `body` runs, and hands it a way to write a record and a set of that number.
        func open<T>(_ path: String, _ body: (DatabaseFile, (UInt64, String) throws -> Void) throws -> T) throws -> T {
            switch self {
            case .server:
                let store = try SQLiteServerStore(path: path, schema: ServerPicture.schema)
                defer { try? store.close() }
                return try body(store.file) { number, text in
                    try store.write { transaction in
                        try transaction.save(Make.stored(Make.key(number), text), entity: nil, columns: nil)
                        let id = Make.write(2, number)
                        if try transaction.admitted(id) == nil { try transaction.insert(Make.admitted(number, id)) }
                    }
                }
            case .device:
                let store = try SQLiteDeviceStore(path: path, schema: ServerPicture.schema)
                defer { try? store.close() }
                return try body(store.file) { number, text in
                    try store.write { transaction in
                        let (record, id) = (Make.record(Make.key(number), text), Make.write(2, number))
                        try transaction.save(ConfirmedRecord(record: record, hash: RecordHash(record), scopes: [Scope("office")]))
                        if try transaction.own(id) == nil { try transaction.append(Make.own(id)) }
                    }
                }
            }
        }
    }

    /// Everything the file says, by table.
    private func content(_ file: DatabaseFile) throws -> [String: [[DatabaseValue]]] {
        try file.read { db in
            #expect(try String.fetchOne(db, sql: "PRAGMA integrity_check") == "ok")
            var rows: [String: [[DatabaseValue]]] = [:]
            // An index of words is not read as a table; what it keeps lies in tables beside it, and those are.
            let tables = try String.fetchAll(
                db,
                sql: """
                    SELECT name FROM sqlite_master
                    WHERE type = 'table' AND name NOT LIKE 'sqlite!_%' ESCAPE '!' AND sql NOT LIKE 'CREATE VIRTUAL%'
                    """)
            for table in tables { rows[table] = try Row.fetchAll(db, sql: "SELECT * FROM \(table)").map { Array($0.databaseValues) } }
            return rows
        }
    }

    /// A database before and after a checkpoint, and the log that was copied into it.
    private struct Checkpoint {
        let before: Data
        let after: Data
        let log: Data
        /// The pages the checkpoint wrote.
        let pages: [Int]

        init(before: Data, after: Data, log: Data) {
            (self.before, self.after, self.log) = (before, after, log)
            pages = (0..<after.count / pageBytes).filter { Self.page($0, of: before) != Self.page($0, of: after) }
        }

        private static func page(_ number: Int, of file: Data) -> Data { file.dropFirst(number * pageBytes).prefix(pageBytes) }

        /// The database when the power failed at a page, after those pages before it were written.
        ///
        /// - Parameter isNew: whether a sector of the page is written.
        func torn(_ number: Int, written: ArraySlice<Int>, isNew: (Int) -> Bool) -> Data {
            var image = before
            func write(_ range: Range<Int>) {
                // A file that grows has zeros where nothing was written yet.
                if image.count < range.upperBound { image.append(Data(count: range.upperBound - image.count)) }
                image.replaceSubrange(range, with: after[range])
            }
            for page in written { write(page * pageBytes..<(page + 1) * pageBytes) }
            for sector in 0..<pageBytes / sectorBytes where isNew(sector) {
                let start = number * pageBytes + sector * sectorBytes
                write(start..<start + sectorBytes)
            }
            return image
        }
    }

    /// Writes, checkpoints, writes more into the log alone, and checkpoints again.
    private func checkpoint(_ owner: Owner) throws -> (Checkpoint, content: [String: [[DatabaseValue]]]) {
        try owner.open(path) { _, write in for number: UInt64 in 1...60 { try write(number, "old") } }
        let (before, log, content) = try owner.open(path) { file, write in
            // Records become longer, so that pages are split, and new ones come.
            for number: UInt64 in 20...100 { try write(number, "acknowledged " + String(repeating: "\(number)", count: 40)) }
            let url = URL(fileURLWithPath: path)
            return (try Data(contentsOf: url), try Data(contentsOf: URL(fileURLWithPath: path + "-wal")), try self.content(file))
        }
        return (Checkpoint(before: before, after: try Data(contentsOf: URL(fileURLWithPath: path)), log: log), content)
    }

    private func put(_ database: Data, log: Data) throws {
        try database.write(to: URL(fileURLWithPath: path))
        try log.write(to: URL(fileURLWithPath: path + "-wal"))
        try? FileManager.default.removeItem(atPath: path + "-shm")
    }

    @Test("the log mends every page of a checkpoint that was written by half, and all that was acknowledged is there", arguments: Owner.allCases)
    func pages(owner: Owner) throws {
        let (checkpoint, expected) = try checkpoint(owner)
        #expect(checkpoint.pages.count > 8 && checkpoint.after.count > checkpoint.before.count)
        var random = SplitMix(seed: 17)
        var damaging = 0
        for (index, page) in checkpoint.pages.enumerated() {
            let sector = Int(random.number(1...7))
            let some = random.number(1...254)
            let tears: [(what: String, written: ArraySlice<Int>, isNew: (Int) -> Bool)] = [
                ("its beginning is written, after the pages before it", checkpoint.pages[..<index], { $0 < sector }),
                ("its end is written", [], { $0 >= sector }),
                ("some of its sectors are written, after the pages behind it", checkpoint.pages[(index + 1)...], { some >> $0 & 1 == 1 }),
            ]
            for tear in tears {
                let image = checkpoint.torn(page, written: tear.written, isNew: tear.isNew)
                let what = "page \(page), \(tear.what)"
                try put(image, log: checkpoint.log)
                try #expect(owner.open(path) { file, _ in try content(file) } == expected, "\(what)")
                // The closing checkpoint ends what the other began.
                try #expect(FileManager.default.contents(atPath: path + "-wal")?.isEmpty ?? true)
                try owner.open(path) { file, write in
                    try #expect(content(file) == expected, "\(what), by the file alone")
                    try write(101, "goes on")
                }
                try put(image, log: Data())
                if !isSound() { damaging += 1 }
            }
        }
        #expect(damaging > checkpoint.pages.count, "without the log most of these images are damaged files")
    }

    /// Whether SQLite finds nothing wrong with the file as it lies there.
    private func isSound() -> Bool {
        guard let queue = try? DatabaseQueue(path: path) else { return false }
        defer { try? queue.close() }
        return (try? queue.read { try String.fetchOne($0, sql: "PRAGMA integrity_check") }) == "ok"
    }
}
