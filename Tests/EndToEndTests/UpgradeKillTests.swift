import Foundation
import GRDB
import Testing
import TruckrollClient
import TruckrollDomain
import TruckrollSync

/// Programs that are killed, or run out of room, while they bring the file of an older one up to date.
@Suite("Upgrades that break off", .serialized)
struct UpgradeKillTests {
    /// What a file says in its typed tables, by table.
    private func typedRows(_ file: URL) throws -> [String: [String]] {
        try DatabaseQueue(path: file.path).read { db in
            var rows: [String: [String]] = [:]
            for table in try typedTables(db) { rows[table] = try Row.fetchAll(db, sql: "SELECT * FROM \(table) ORDER BY id").map(\.description) }
            return rows
        }
    }

    private func typedTables(_ db: Database) throws -> [String] {
        try String.fetchAll(db, sql: "SELECT name FROM sqlite_master WHERE type = 'table' AND name LIKE 'entity!_%' ESCAPE '!' ORDER BY name")
    }

    /// Makes of it what a program left that knew no typed tables.
    private func makeOlder(_ file: URL) throws {
        try DatabaseQueue(path: file.path).write { db in
            for table in try typedTables(db) { try db.execute(sql: "DROP TABLE \(table)") }
            try db.execute(sql: "DELETE FROM filled_columns")
        }
    }

    private func start(_ program: String, _ arguments: [String], output: Pipe? = nil) throws -> Process {
        let process = Process()
        process.executableURL = ServerProcess.executable(program)
        process.arguments = arguments
        process.standardOutput = output ?? FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        return process
    }

    /// Kills the program in some of its upgrades; every time the file has either nothing of it or all.
    ///
    /// - Parameter ends: whether the program ends by itself.
    /// - Returns: how often it had nothing.
    private func killUpgrades(of file: URL, _ program: String, _ arguments: [String], ends: Bool) throws -> Int {
        let before = try typedRows(file)
        #expect(before.values.contains { !$0.isEmpty })
        try makeOlder(file)
        let begun = ContinuousClock.now
        // It has upgraded its file when it ends, or says its first word. Nobody else may have the file open meanwhile.
        let output = Pipe()
        var process = try start(program, arguments, output: output)
        _ = ends ? output.fileHandleForReading.readDataToEndOfFile() : output.fileHandleForReading.availableData
        var wait = (ContinuousClock.now - begun) / 2
        if !ends { kill(process.processIdentifier, SIGKILL) }
        process.waitUntilExit()
        #expect(!ends || process.terminationStatus == 0)
        try #expect(typedRows(file) == before)
        var undone = 0
        for _ in 0..<12 {
            try makeOlder(file)
            process = try start(program, arguments)
            // Not a wait for a result: the moment at which a real process is killed. On a thread of its own, as those of tasks may all be
            // waiting in other tests.
            let (victim, moment) = (process.processIdentifier, wait * Double.random(in: 0.8...1.2))
            Thread.detachNewThread {
                Thread.sleep(forTimeInterval: moment / .seconds(1))
                kill(victim, SIGKILL)
            }
            process.waitUntilExit()
            let now = try typedRows(file)
            #expect(now.isEmpty || now == before)
            if now.isEmpty { undone += 1 }
            // Nearer to where nothing becomes all, whatever else the machine does meanwhile.
            wait = now.isEmpty ? wait * 1.3 : wait * 0.6
        }
        try makeOlder(file)
        return undone
    }

    @Test("a server killed while it upgrades its file has done all of it or nothing, and the next start ends it")
    func server() throws {
        let server = try ServerProcess()
        let file = try server.database
        let rows = try typedRows(file)
        let undone = try killUpgrades(of: file, "truckroll-server", ["serve", "--data", server.data.path, "--port", "0"], ends: false)
        #expect(undone > 0, "no kill came before the end")
        try server.start()
        server.kill()
        #expect(try typedRows(file) == rows)
    }

    @Test("a device killed while it upgrades its file keeps what waits in it, and the next command ends it")
    func device() throws {
        let server = try ServerProcess()
        try server.start()
        let directory = try ServerProcess.directory()
        defer { try? FileManager.default.removeItem(at: directory) }
        let tablet = try Tablet("P0101", of: server, in: directory)
        let job = try #require(try tablet.read { try $0.read { try $0.views("service_order").first?.text("number") } })
        try tablet.does("note", job, "waits")
        let rows = try typedRows(tablet.file)
        let undone = try killUpgrades(of: tablet.file, "truckroll-field", ["jobs", "--store", tablet.store], ends: true)
        #expect(undone > 0, "no kill came before the end")
        try tablet.does("jobs")
        #expect(try typedRows(tablet.file) == rows)
        try tablet.does("sync")
        #expect(try tablet.notes(on: job).contains("waits"))
    }

    /// Lets no file grow beyond so many KiB, as a disk does that is full.
    private static let fullDisk = """
        #define _GNU_SOURCE
        #include <dlfcn.h>
        #include <errno.h>
        #include <stdlib.h>
        #include <sys/stat.h>
        #include <unistd.h>

        static int isFull(int fd, off_t end) {
            const char *room = getenv("TRUCKROLL_TEST_ROOM");
            struct stat file;
            if (!room || fstat(fd, &file) || !S_ISREG(file.st_mode) || end <= file.st_size || end <= atol(room) * 1024) return 0;
            errno = ENOSPC;
            return 1;
        }

        ssize_t pwrite64(int fd, const void *bytes, size_t count, off_t at) {
            static ssize_t (*real)(int, const void *, size_t, off_t);
            if (!real) real = dlsym(RTLD_NEXT, "pwrite64");
            return isFull(fd, at + count) ? -1 : real(fd, bytes, count, at);
        }

        ssize_t pwrite(int fd, const void *bytes, size_t count, off_t at) { return pwrite64(fd, bytes, count, at); }

        ssize_t write(int fd, const void *bytes, size_t count) {
            static ssize_t (*real)(int, const void *, size_t);
            if (!real) real = dlsym(RTLD_NEXT, "write");
            return isFull(fd, lseek(fd, 0, SEEK_CUR) + count) ? -1 : real(fd, bytes, count);
        }
        """

    /// Everything a file says, by table.
    private func content(_ file: URL) throws -> [String: [[DatabaseValue]]] {
        try DatabaseQueue(path: file.path).read { db in
            var rows: [String: [[DatabaseValue]]] = [:]
            for table in try String.fetchAll(db, sql: "SELECT name FROM sqlite_master WHERE type = 'table' AND sql NOT LIKE 'CREATE VIRTUAL%'") {
                rows[table] = try Row.fetchAll(db, sql: "SELECT * FROM \(table)").map { Array($0.databaseValues) }
            }
            return rows
        }
    }

    @Test(
        "a device without room to upgrade its file says so, leaves the file and what waits in it as they were, and ends the upgrade when there is room"
    )
    func withoutRoom() throws {
        let server = try ServerProcess()
        try server.start()
        let directory = try ServerProcess.directory()
        defer { try? FileManager.default.removeItem(at: directory) }
        let library = try ServerProcess.library(Self.fullDisk, in: directory)
        let tablet = try Tablet("P0101", of: server, in: directory)
        let job = try #require(try tablet.read { try $0.read { try $0.views("service_order").first?.text("number") } })
        try tablet.does("note", job, "waits")
        let rows = try typedRows(tablet.file)
        try makeOlder(tablet.file)
        let older = try content(tablet.file)
        #expect(older["own"]?.isEmpty == false)
        // Not even the log's index finds room; then the log does not, after more and more of the upgrade.
        for kibibytes in [8, 40, 100, 200] {
            for command in ["jobs", "sync"] {
                let result = try ServerProcess.run(
                    executable: "/usr/bin/env",
                    [
                        "LD_PRELOAD=\(library.path)", "TRUCKROLL_TEST_ROOM=\(kibibytes)", ServerProcess.executable("truckroll-field").path, command,
                        "--store", tablet.store,
                    ])
                #expect(result.status == 1, "\(kibibytes) KiB: \(result.output)\(result.errors)")
                #expect(
                    result.errors.contains("No space left") && result.errors.contains("free disk space"), "\(kibibytes) KiB: \(result.errors)")
            }
            #expect(try content(tablet.file) == older, "\(kibibytes) KiB")
        }
        try tablet.does("jobs")
        #expect(try typedRows(tablet.file) == rows)
        #expect(try content(tablet.file)["own"] == older["own"])
        try tablet.does("sync")
        #expect(try Tablet("P0101", of: server, in: directory, named: "fresh").notes(on: job).contains("waits"))
    }
}
