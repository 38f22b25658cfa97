import Foundation
import TruckrollDomain
import TruckrollStorePostgres
import TruckrollStoreSQL
import TruckrollStoreSQLite
import TruckrollSync

/// Moves a tenant from its file into a PostgreSQL database.
///
/// While a server has the file, its rows are copied beside it, so that little is left to copy when it was stopped. Without one they are
/// copied, compared once more, and looked through as `check` does; then the file gets another name, and the database has the tenant. Until
/// that moment the file is what counts, and nobody takes the copy for the tenant. Cut short anywhere, it goes on when it is repeated.
public struct TenantMove {
    /// What it came to.
    public enum Outcome: Hashable, Sendable {
        /// A server has the file and goes on with it.
        case copied(rows: Int)
        /// The database has the tenant.
        case moved(rows: Int, sets: Int, records: Int, scopes: Int)
        /// It had it already.
        case alreadyThere
    }

    private let home: TenantHome
    private let storage: PostgresStorage
    private let schema: Schema

    public init(_ home: TenantHome, to storage: PostgresStorage, schema: Schema? = nil) throws {
        self.home = home
        self.storage = storage
        self.schema = try schema ?? Schema.load()
    }

    /// - Parameter progress: called with the rows gone over and those to go over in all.
    /// - Throws: `StoreProblem` when one of the databases cannot be used; ``EngineProblem`` `database-missing`, `move-damaged` when the
    ///   file is not as it was written, and `move-failed` when the copy is not what the file holds, `move-busy` while
    ///   another one moves it. Then the file is what counts, under its new name where the very last step failed.
    public func run(progress: (_ done: Int, _ of: Int) -> Void = { _, _ in }) throws -> Outcome {
        let lock = try lock()
        defer { close(lock) }
        let target = try storage.target(for: home.tenant)
        let isThere = try target.read { try $0.tenant() } != nil
        let hasFile = try home.hasDatabase()
        if isThere {
            guard !hasFile else {
                throw EngineProblem(
                    "tenant-twice", "Tenant \(home.tenant) is in \(storage.place), and \(home.database) is there as well.",
                    next: "Find out which of them was served last, and take the other one away.")
            }
            return .alreadyThere
        }
        // It was renamed, and the move was cut short before the database had the tenant.
        let path = hasFile ? home.database : home.movedDatabase
        guard FileManager.default.fileExists(atPath: path) else {
            throw EngineProblem(
                "database-missing", "\(home.database) is missing or empty.",
                next: "Put the newest copy back first: truckroll-server restore.")
        }
        let copy = TenantCopy(storage.entities)
        let store: SQLiteServerStore
        do { store = try SQLiteServerStore(path: path, schema: schema) } catch StoreProblem.inUse {
            let reader = try ServerFileReader(path: path)
            defer { try? reader.close() }
            return .copied(rows: try go(copy, from: reader, to: Target(store: target), passes: 1, progress).rows)
        }
        do {
            let outcome = try move(copy, from: store, isNamed: hasFile, to: target, progress)
            return outcome
        } catch {
            try? store.close()
            throw error
        }
    }

    /// One at a time: what an earlier one would still write is not what the file holds by then.
    private func lock() throws -> Int32 {
        let path = home.data.appendingPathComponent("migrate.lock").path
        let lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard lock >= 0 else { throw EngineProblem("data-unwritable", "\(path) cannot be written.", next: "Check the directory's owner.") }
        guard flock(lock, LOCK_EX | LOCK_NB) == 0 else {
            close(lock)
            throw EngineProblem(
                "move-busy", "Another migrate-store moves tenant \(home.tenant).", next: "Wait for it, or end it; then repeat the command.")
        }
        return lock
    }

    private func go(
        _ copy: TenantCopy, from source: some RowPlace, to target: some RowPlace, passes: Int, _ progress: (Int, Int) -> Void
    ) throws -> TenantCopy.Result {
        let total = try copy.count(in: source) * passes
        var done = 0
        var result = TenantCopy.Result()
        for pass in 0..<passes {
            result = try copy.run(from: source, to: target, isWriting: pass == 0) { rows in
                done += rows
                progress(done, max(done, total))
            }
        }
        return result
    }

    private func move(
        _ copy: TenantCopy, from store: SQLiteServerStore, isNamed: Bool, to target: PostgresServerStore, _ progress: (Int, Int) -> Void
    ) throws -> Outcome {
        let compared = try go(copy, from: store, to: Target(store: target), passes: 2, progress)
        guard compared.differing == 0 else {
            throw EngineProblem(
                "move-failed", "\(compared.differing) rows in \(storage.place) are not those of the file.",
                next: "Nothing was switched. Repeat the command; if it stays, report this as a fault of the program.")
        }
        guard var tenant = try store.read({ try $0.tenant() }) else {
            throw EngineProblem("no-tenant", "\(home.database) holds no company.", next: "Make one in the database: truckroll-server init.")
        }
        tenant.instance = try storage.instance(of: home)
        let engine = ServerEngine(schema: schema, store: store, security: try home.security(), numbers: home.replicaNumbers())
        let found = try target.write { transaction in
            try transaction.save(tenant)
            let found = try engine.over(OneTransaction(transaction)).inspect()
            if let first = found.damage.first {
                throw EngineProblem(
                    "move-damaged", "\(found.damage.count) things are not as they were written; the first: \(first.kind.rawValue) \(first.name).",
                    next: "Nothing was switched. See truckroll-server check; put the newest sound copy back first.")
            }
            // From here on nobody serves the file; should the commit fail, a repetition goes on with it under its new name.
            if isNamed { try store.retire(to: home.movedDatabase) }
            return found
        }
        if !isNamed { try store.close() }
        SchemaMark(of: home.database).remove()
        return .moved(rows: compared.rows, sets: found.sets, records: found.records, scopes: found.scopes)
    }
}

extension TenantMove {
    /// What rows are copied to for as long as the database does not have the tenant.
    struct Target: RowPlace {
        let store: PostgresServerStore

        /// The lock of the tenant's writers is held meanwhile.
        func withSession<T>(_ body: (any SQLSession) throws -> T) throws -> T {
            try store.withSession { session in
                guard try session.row("SELECT 1 FROM tenant /*WHERE tenant = $tenant*/", [], { _ in true }) == nil else {
                    throw EngineProblem("move-busy", "The database has the tenant by now; nothing more is copied.", next: "Serve it with --postgres.")
                }
                return try body(session)
            }
        }
    }
}
