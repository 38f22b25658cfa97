import ArgumentParser
import Foundation
import TruckrollServer
import TruckrollStoreSQLite
import TruckrollTerminal

/// Copies a tenant's database.
struct Backup: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Copy a tenant's database to a file. Stop the server first.",
        discussion: """
            The files under DIR/keys are not in it: copy them apart, daily and after every `revoke`, as two of them grow. Attachments \
            lie in DIR/tenants/<id>/attachments, each under its hash; copy them with any tool, after the database.

            EXIT STATUS: 0 copied, 1 failed, 64 bad usage.
            """)
    @OptionGroup var options: DataOptions
    @Option(help: "The file to write.") var to: String

    func run() async throws {
        try await reporting(json: options.json) {
            guard !FileManager.default.fileExists(atPath: to) else { throw Failure("\(to) exists.", next: "Name a new file.") }
            guard options.database.url == nil else {
                throw Failure(
                    "A PostgreSQL database is backed up by its own tools.",
                    next: "Use pg_basebackup with an archive of the log, or pg_dump. See “Backup” in docs/postgresql.md.",
                    code: "not-for-postgres")
            }
            try SQLiteStorage().backup(try options.home(), to: to)
            Terminal.standardOutput().print("Copied to \(to).")
        }
    }
}

/// Puts a copy back and starts a new epoch.
struct Restore: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Put a copy of a tenant's database back. Stop the server first.",
        discussion: """
            The copy is checked first. The present database may be damaged or missing; what is there of it is kept beside the \
            restored one. A new epoch begins: devices bring back by themselves what they still hold and the copy lacks.

            A PostgreSQL database is put back by its own tools. Say so then, without --from: the new epoch begins. Recovery to a point in \
            time is noticed without that.

              truckroll-server restore --data ./data --from ./copy.sqlite
              truckroll-server restore --data ./data \\
                --postgres postgres://truckroll@db/truckroll

            EXIT STATUS: 0 restored, 1 failed, 64 bad usage.
            """)
    @OptionGroup var options: DataOptions
    @Option(help: "The copy; left out where PostgreSQL's own tools have put the database back.") var from: String?

    func run() async throws {
        try await reporting(json: options.json) {
            let out = Terminal.standardOutput()
            if options.database.url != nil {
                guard from == nil else {
                    throw Failure(
                        "A PostgreSQL database is put back by its own tools.", next: "Put it back, then repeat the command without --from.",
                        code: "not-for-postgres")
                }
                _ = try options.home().renewInstance()
                try options.open().close()
                return out.print("A new epoch has begun; devices bring back what the database lacks.")
            }
            guard let from else { throw Failure("--from is missing.", next: "Name the copy to restore: --from FILE.") }
            guard FileManager.default.fileExists(atPath: from) else { throw Failure("There is no file \(from).", next: "Name the copy to restore.") }
            let home = try options.home()
            try SQLiteStorage().checkNotMoved(home)
            let kept = "\(home.database).before-restore-\(SystemClock.now())"
            // The new instance comes first: should this be cut short, one epoch too many begins, and never one too few.
            try SQLiteServerStore.restore(home.database, from: from, former: kept) {
                _ = try home.renewInstance()
                // What wrote the copy is not known to be what wrote the database before it.
                SchemaMark(of: home.database).remove()
            }
            try options.open().close()
            out.print("Restored from \(from). A new epoch has begun; a former database is kept as \(kept).")
        }
    }
}
