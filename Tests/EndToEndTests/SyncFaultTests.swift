import Foundation
import Testing
import TruckrollClient
import TruckrollCore
import TruckrollDomain
import TruckrollProtocol
import TruckrollSync

/// A disk that does not keep what it is given: the system's own word for it, by a library that stands before it.
@Suite("Writes that do not reach the disk", .serialized)
struct SyncFaultTests {
    /// Refuses to sync databases while a file says so: the next time only, or always.
    private static let shim = """
        #define _GNU_SOURCE
        #include <dlfcn.h>
        #include <errno.h>
        #include <stdio.h>
        #include <stdlib.h>
        #include <string.h>
        #include <unistd.h>

        static int refused(int fd) {
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
            if (!strncmp(word, "once", 4)) unlink(order);
            errno = EIO;
            return 1;
        }

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
    private var order: URL { directory.appendingPathComponent("order") }

    init() throws {
        directory = try ServerProcess.directory()
        let library = try ServerProcess.library(Self.shim, in: directory)
        server = try ServerProcess()
        try server.start(with: ["LD_PRELOAD": library.path, "TRUCKROLL_TEST_SYNC": order.path])
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
            try "once".write(to: order, atomically: true, encoding: .utf8)
            let problem = await #expect(throws: TransportProblem.self) { try await client.sync() }
            guard case .problem(let document)? = problem else {
                Issue.record("not answered with a problem document: \(String(describing: problem))")
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
