import Foundation
import Testing
import TruckrollClient
import TruckrollCore
import TruckrollDomain
import TruckrollProtocol
import TruckrollSync

/// A disk that does not keep what it is given: the system's own word for it, by a library that stands before it.
@Suite("Writes that do not reach the disk, and reads that do not come from it", .serialized)
struct SyncFaultTests {
    /// Refuses to sync databases while a file says so, the next time only or always; or gives an error, or half, for the next read.
    private static let shim = """
        #define _GNU_SOURCE
        #include <dlfcn.h>
        #include <errno.h>
        #include <stdio.h>
        #include <stdlib.h>
        #include <string.h>
        #include <unistd.h>

        static int ordered(int fd, const char *wanted, int isOnce) {
            const char *order = getenv("TRUCKROLL_TEST_SYNC");
            char link[64], path[4096], word[16] = "";
            snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
            ssize_t length = readlink(link, path, sizeof path - 1);
            if (!order || length < 0) return 0;
            path[length] = 0;
            if (!strstr(path, ".sqlite")) return 0;
            FILE *file = fopen(order, "r");
            if (!file) return 0;
            if (!fgets(word, sizeof word, file)) word[0] = 0;
            fclose(file);
            if (strncmp(word, wanted, strlen(wanted))) return 0;
            if (isOnce) unlink(order);
            errno = EIO;
            return 1;
        }

        static int refused(int fd) { return ordered(fd, "once", 1) || ordered(fd, "always", 0); }

        ssize_t pread64(int fd, void *buffer, size_t count, off_t offset) {
            static ssize_t (*real)(int, void *, size_t, off_t);
            if (!real) real = dlsym(RTLD_NEXT, "pread64");
            if (count < 512) return real(fd, buffer, count, offset);
            if (ordered(fd, "unread", 1)) return -1;
            return real(fd, buffer, ordered(fd, "short", 1) ? count / 2 : count, offset);
        }

        ssize_t pread(int fd, void *buffer, size_t count, off_t offset) { return pread64(fd, buffer, count, offset); }

        int fsync(int fd) {
            static int (*real)(int);
            if (!real) real = dlsym(RTLD_NEXT, "fsync");
            return refused(fd) ? -1 : real(fd);
        }

        int fdatasync(int fd) {
            static int (*real)(int);
            if (!real) real = dlsym(RTLD_NEXT, "fdatasync");
            return refused(fd) ? -1 : real(fd);
        }
        """

    private let server: ServerProcess
    private let directory: URL
    private let environment: [String: String]
    private var order: URL { directory.appendingPathComponent("order") }

    init() throws {
        directory = try ServerProcess.directory()
        let library = try ServerProcess.library(Self.shim, in: directory)
        server = try ServerProcess()
        environment = ["LD_PRELOAD": library.path, "TRUCKROLL_TEST_SYNC": directory.appendingPathComponent("order").path]
        try server.start(with: environment)
    }

    /// Lets the next write that is to reach the disk fail, and tells how a sync was answered that met it; `nil` where none did. What the server
    /// writes by itself once a minute may meet it first.
    private func refusal(of client: DeviceClient) async throws -> ProblemDocument? {
        for _ in 0..<5 {
            try "once".write(to: order, atomically: true, encoding: .utf8)
            do { try await client.sync() } catch TransportProblem.problem(let document) { return document }
            #expect(!FileManager.default.fileExists(atPath: order.path), "nothing was synced")
            guard try client.read({ try $0.outbox() }).isEmpty else { return nil }
            try client.commit("note") { editor in
                let id = try #require(try editor.views("service_order").first?.id)
                try editor.create(
                    "note",
                    ["order": .reference(id), "text": .text("once more"), "at": .text(editor.now.description), "by": .reference(editor.user)])
            }
        }
        return nil
    }

    @Test("a commit that does not reach the disk is answered 503 and never as done; the next one lands, once")
    func once() async throws {
        let client = try DeviceClient(directory: directory.appendingPathComponent("device"))
        _ = try await client.enrol(server: server.url, code: try server.enrolmentCode("P0101"), deviceName: "test")
        try await client.sync()
        let (id, job) = try client.read { reader in
            let view = try #require(try reader.views("service_order").first)
            return (view.id, try #require(view.text("number")))
        }
        for number in 0..<3 {
            try client.commit("note") { editor in
                try editor.create(
                    "note",
                    [
                        "order": .reference(id), "text": .text("note \(number)"), "at": .text(editor.now.description),
                        "by": .reference(editor.user),
                    ])
            }
            guard let document = try await refusal(of: client) else {
                Issue.record("not answered with a problem document")
                continue
            }
            #expect(document.status == 503)
            #expect(!FileManager.default.fileExists(atPath: order.path), "nothing was synced")
            #expect(try client.read { try $0.outbox() }.count == 1)
            #expect(server.isRunning)
            try await client.sync()
            #expect(try client.read { try $0.outbox() }.isEmpty)
        }
        server.kill()
        try server.start()
        let other = try Tablet("P0101", of: server, in: directory, named: "other")
        #expect(try other.notes(on: job).filter { $0.hasPrefix("note ") } == ["note 0", "note 1", "note 2"])
    }

    @Test(
        "a read that fails is told, one that is interrupted is completed, and the next one is as if nothing had been",
        arguments: ["unread", "short"])
    func reads(word: String) throws {
        let tablet = try Tablet("P0101", of: server, in: directory)
        let job = try #require(try tablet.read { try $0.read { try $0.views("service_order").first?.text("number") } })
        var told = 0
        for number in 0..<6 {
            try tablet.does("note", job, "note \(number)")
            // A server that has just started has read little yet.
            server.kill()
            try server.start(with: environment)
            try word.write(to: order, atomically: true, encoding: .utf8)
            let result = try tablet.tries("sync")
            #expect(!FileManager.default.fileExists(atPath: order.path), "no read was spoilt")
            if result.status != 0 {
                told += 1
                #expect(result.errors.contains("Nothing is lost"), "\(result.errors)")
            }
            try? FileManager.default.removeItem(at: order)
        }
        if word == "unread" { #expect(told > 0) }
        try tablet.does("sync")
        try tablet.does("audit")
        let other = try Tablet("P0101", of: server, in: directory, named: "other")
        #expect(try other.notes(on: job).filter { $0.hasPrefix("note ") } == (0..<6).map { "note \($0)" })
        let check = try ServerProcess.run("truckroll-server", "check", "--data", server.data.path)
        #expect(check.status == 0, "\(check.output)")
    }

    @Test("a server whose disk keeps nothing goes on reading, says that it is not ready, and recovers by itself")
    func always() throws {
        let tablet = try Tablet("P0101", of: server, in: directory)
        let job = try #require(try tablet.read { try $0.read { try $0.views("service_order").first?.text("number") } })
        try "always".write(to: order, atomically: true, encoding: .utf8)
        try tablet.does("note", job, "waits")
        for _ in 0..<3 { #expect(try tablet.tries("sync").status != 0) }
        #expect(server.isRunning)
        #expect(try server.readiness().contains("503"))
        try FileManager.default.removeItem(at: order)
        try tablet.does("sync")
        #expect(try server.readiness().contains("200"))
        #expect(try tablet.notes(on: job).contains("waits"))
    }
}
