import ArgumentParser
import TruckrollServer
import TruckrollTerminal

/// Moves a tenant from its file into PostgreSQL.
struct MigrateStore: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "migrate-store", abstract: "Move a tenant from its file into a PostgreSQL database.",
        discussion: """
            Run it once while the server serves the file: it copies what is there beside it. Then stop the server and repeat it: what has \
            changed since is copied, all rows are compared, everything is looked through as `check` does, and the database has the tenant. \
            Serve it with --postgres from then on. Devices notice nothing. Keys and attachments stay in the data directory, and the file \
            stays there as truckroll.sqlite.moved.

            Until it gets that name the file is what counts. Cut short, it goes on where it was when it is repeated.

              truckroll-server migrate-store --data ./data \\
                --postgres postgres://truckroll@db/truckroll

            EXIT STATUS: 0 the database has the tenant, 1 failed, 2 copied beside a running server: stop it and repeat; 64 bad usage.
            """)
    @OptionGroup var options: DataOptions
    @Flag(help: "No progress.") var quiet = false

    func run() async throws {
        try await reporting(json: options.json) {
            guard let storage = try options.storage() as? PostgresStorage else {
                throw Failure("--postgres is missing.", next: "Name the database that the tenant moves to.")
            }
            defer { storage.close() }
            let home = try options.home()
            guard !DemoMark(of: home).isThere else {
                throw Failure(
                    "The demonstration company is not complete.", next: "Make it anew first: truckroll-server demo-data --start-over.",
                    code: "demo-unfinished")
            }
            let start = ContinuousClock.now
            var progress: Progress?
            var shown = 0
            let outcome = try TenantMove(home, to: storage).run { done, total in
                if progress == nil {
                    progress = Progress("Rows", total: total, on: .standardError(), isQuiet: quiet || options.json) { ContinuousClock.now - start }
                }
                progress?.advance(by: done - shown)
                shown = done
            }
            progress?.finish()
            try tell(outcome)
        }
    }

    private func tell(_ outcome: TenantMove.Outcome) throws {
        let out = Terminal.standardOutput()
        switch outcome {
        case .copied(let rows):
            out.print(
                options.json
                    ? (["moved": .bool(false), "rows": .int(rows)] as JSONValue).compact
                    : "Copied \(rows.counted("row")) beside the server, which goes on with the file. Stop it and repeat the command.")
            throw ExitCode(2)
        case .moved(let rows, let sets, let records, let scopes):
            out.print(
                options.json
                    ? (["moved": .bool(true), "rows": .int(rows)] as JSONValue).compact
                    : """
                    The database has the tenant: \(rows.counted("row")) are equal; \(sets.counted("change set")), \(records.counted("record")) and \
                    \(scopes.counted("scope")) are as they were written. Serve it with --postgres.
                    """)
        case .alreadyThere:
            out.print(
                options.json
                    ? (["moved": .bool(true), "rows": .int(0)] as JSONValue).compact : "The database has the tenant already; nothing was changed.")
        }
    }
}
