import Foundation
import Testing
import TruckrollClient
import TruckrollDomain
import TruckrollSync

/// Machines that lose their power: of each file of a database only what was synced is there afterwards.
@Suite("Losses of power", .serialized)
struct PowerLossTests {
    /// Keeps of every database file what it held when it was synced last, unless a file says that the disk only claims to sync.
    private static let shim = """
        #define _GNU_SOURCE
        #include <dlfcn.h>
        #include <fcntl.h>
        #include <stdio.h>
        #include <stdlib.h>
        #include <string.h>
        #include <unistd.h>

        static void keep(int fd) {
            const char *folder = getenv("TRUCKROLL_TEST_SYNCED");
            char link[64], path[4096], copy[4096], next[4096], lie[4096], bytes[65536];
            snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
            ssize_t length = readlink(link, path, sizeof path - 1);
            if (!folder || length < 0) return;
            path[length] = 0;
            const char *name = strrchr(path, '/');
            if (!name || !strstr(name, ".sqlite")) return;
            snprintf(lie, sizeof lie, "%s/lie", folder);
            if (!access(lie, F_OK)) return;
            snprintf(copy, sizeof copy, "%s/%s", folder, name + 1);
            snprintf(next, sizeof next, "%s.next", copy);
            int from = open(path, O_RDONLY), to = open(next, O_WRONLY | O_CREAT | O_TRUNC, 0600);
            if (from >= 0 && to >= 0) {
                for (off_t at = 0; (length = pread(from, bytes, sizeof bytes, at)) > 0; at += length)
                    if (write(to, bytes, length) != length) abort();
                rename(next, copy);
            }
            close(from);
            close(to);
        }

        int fsync(int fd) {
            static int (*real)(int);
            if (!real) real = dlsym(RTLD_NEXT, "fsync");
            int result = real(fd);
            if (!result) keep(fd);
            return result;
        }

        int fdatasync(int fd) {
            static int (*real)(int);
            if (!real) real = dlsym(RTLD_NEXT, "fdatasync");
            int result = real(fd);
            if (!result) keep(fd);
            return result;
        }
        """

    private let server: ServerProcess
    private let directory: URL
    private let library: URL

    init() throws {
        directory = try ServerProcess.directory()
        library = try ServerProcess.library(Self.shim, in: directory)
        server = try ServerProcess()
    }

    /// Where what was synced of a program's files is kept.
    private func synced(_ name: String) throws -> URL {
        let folder = directory.appendingPathComponent("synced-\(name)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        return folder
    }

    private func environment(_ synced: URL) -> [String: String] { ["LD_PRELOAD": library.path, "TRUCKROLL_TEST_SYNCED": synced.path] }

    /// The power fails: what was written to the database and not synced is gone.
    private func losePower(_ database: URL, _ synced: URL) throws {
        let name = database.lastPathComponent
        try #require(FileManager.default.fileExists(atPath: synced.appendingPathComponent(name + "-wal").path), "no log was ever synced")
        for suffix in ["", "-wal", "-shm"] {
            let copy = synced.appendingPathComponent(name + suffix)
            let isKept = FileManager.default.fileExists(atPath: copy.path)
            // A main file that was not written since is as it was.
            guard isKept || !suffix.isEmpty else { continue }
            try? FileManager.default.removeItem(atPath: database.path + suffix)
            if isKept { try FileManager.default.copyItem(atPath: copy.path, toPath: database.path + suffix) }
        }
    }

    @Test(
        "of what a server had acknowledged nothing is lost; where its disk had only claimed to sync, the device brings it again",
        arguments: [false, true])
    func server(isLying: Bool) throws {
        let kept = try synced("server")
        try server.start(with: environment(kept))
        let femke = try Tablet("P0101", of: server, in: directory)
        for round in 0..<3 {
            for number in 0..<3 {
                try femke.does("note", "000001", "\(round).\(number)")
                if isLying, number == 2 { try Data().write(to: kept.appendingPathComponent("lie")) }
                try femke.does("sync")
            }
            server.kill()
            try losePower(server.database, kept)
            try? FileManager.default.removeItem(at: kept.appendingPathComponent("lie"))
            try server.start(with: environment(kept))
            #expect(try femke.syncGivingBack() == (isLying ? 1 : 0))
            try femke.does("audit")
        }
        let expected = (0..<3).flatMap { round in (0..<3).map { "\(round).\($0)" } }
        #expect(try Tablet("P0101", of: server, in: directory, named: "fresh").notes(on: "000001") == expected)
    }

    @Test("what a technician's device had confirmed is there when its power comes back, and goes to the server once")
    func device() throws {
        try server.start()
        let (femke, kept) = (try Tablet("P0101", of: server, in: directory), try synced("device"))
        for number in 0..<5 {
            let environment = environment(kept).map { "\($0.key)=\($0.value)" }
            let done = try ServerProcess.run(
                executable: "/usr/bin/env",
                environment + [ServerProcess.executable("truckroll-field").path, "note", "000001", "\(number)", "--store", femke.store])
            #expect(done.status == 0, "\(done.errors)")
            try losePower(femke.file, kept)
        }
        #expect(try femke.notes(on: "000001") == (0..<5).map(String.init))
        try femke.does("sync")
        try femke.does("audit")
        #expect(try Tablet("P0101", of: server, in: directory, named: "fresh").notes(on: "000001") == (0..<5).map(String.init))
    }

    /// A database as a power failure in the midst of a checkpoint leaves it: of every page that was on its way some sectors are written.
    private func torn(_ before: Data, _ after: Data, _ random: inout SystemRandomNumberGenerator) -> Data {
        let sector = 512
        var image = before
        for start in stride(from: 0, to: after.count, by: sector) where Bool.random(using: &random) {
            // A file that grows has zeros where nothing was written yet.
            if image.count < start + sector { image.append(Data(count: start + sector - image.count)) }
            image.replaceSubrange(start..<start + sector, with: after[start..<start + sector])
        }
        return image
    }

    private func put(_ database: URL, _ bytes: Data, log: Data) throws {
        try bytes.write(to: database)
        try log.write(to: URL(fileURLWithPath: database.path + "-wal"))
        try? FileManager.default.removeItem(atPath: database.path + "-shm")
    }

    @Test("a server whose power fails while pages go from its log to its database has all that it acknowledged")
    func checkpoint() throws {
        try server.start()
        let femke = try Tablet("P0101", of: server, in: directory)
        let users = { try ServerProcess.run("truckroll-server", "users", "--data", server.data.path).status }
        server.kill()
        #expect(try users() == 0)
        try server.start()
        for number in 0..<5 {
            try femke.does("note", "000001", "\(number)")
            try femke.does("sync")
        }
        server.kill()
        let database = try server.database
        let (before, log) = (try Data(contentsOf: database), try Data(contentsOf: URL(fileURLWithPath: database.path + "-wal")))
        // A command that has the file alone ends with a checkpoint of all.
        #expect(try users() == 0)
        let after = try Data(contentsOf: database)
        #expect(before != after && log.count > 20_000)
        var random = SystemRandomNumberGenerator()
        for _ in 0..<4 {
            try put(database, torn(before, after, &random), log: log)
            let check = try ServerProcess.run("truckroll-server", "check", "--data", server.data.path)
            #expect(check.status == 0, "\(check.output)\(check.errors)")
            try put(database, torn(before, after, &random), log: log)
            try server.start()
            #expect(try femke.syncGivingBack() == 0)
            try femke.does("audit")
            server.kill()
        }
        try server.start()
        #expect(try Tablet("P0101", of: server, in: directory, named: "fresh").notes(on: "000001") == (0..<5).map(String.init))
    }

    @Test("a device whose power fails while pages go from its log to its database has all that was recorded, and what waits goes to the server")
    func deviceCheckpoint() throws {
        try server.start()
        let femke = try Tablet("P0101", of: server, in: directory)
        let before = try Data(contentsOf: femke.file)
        let log = try femke.read { client in
            let order = try #require(try client.read { try $0.views("service_order").first { $0.text("number")?.hasSuffix("000001") == true }?.id })
            for number in 0..<8 { _ = try client.addNote("\(number)", to: order) }
            // While the store is open, what was committed lies in the log alone.
            return try Data(contentsOf: URL(fileURLWithPath: femke.file.path + "-wal"))
        }
        let after = try Data(contentsOf: femke.file)
        #expect(before != after && log.count > 20_000)
        let notes = (0..<8).map(String.init)
        var random = SystemRandomNumberGenerator()
        for _ in 0..<8 {
            try put(femke.file, torn(before, after, &random), log: log)
            #expect(try femke.notes(on: "000001") == notes)
        }
        try femke.does("sync")
        try femke.does("audit")
        #expect(try Tablet("P0101", of: server, in: directory, named: "fresh").notes(on: "000001") == notes)
    }
}
