import Foundation
import PostgresCluster
import Testing
import TruckrollCore
import TruckrollDomain
import TruckrollStoreSQL
import TruckrollSync

@testable import TruckrollServer

/// A database server of the test's own that runs out of something.
@Suite("A database server that runs out", .enabled(if: PostgresCluster.canStart, "PostgreSQL is not installed"))
struct ExhaustionTests {
    private let server: PostgresInstance

    init() throws { server = try PostgresInstance() }

    /// What a device is told that has one note to bring.
    private func refusal(of tablet: Tablet, at service: Tenant) throws -> ServiceProblem {
        let replica = try #require(try tablet.engine.read { try $0.identity() }).replica
        var conversation = SyncConversation(tablet.engine)
        guard case .sync(let request) = try conversation.next() else { throw CancellationError() }
        return try #require(#expect(throws: ServiceProblem.self) { _ = try service.sync(request, replica: replica) })
    }

    @Test("of connections: devices are told when to come again, keep what they have, and all is well once there are some")
    func connections() throws {
        try server.start("max_connections=12")
        // The last connections are kept for superusers, which a server is not.
        try server.sql("CREATE ROLE app LOGIN; GRANT CREATE ON DATABASE postgres TO app")
        let company = try SmallCompany { try PostgresStorage(url: server.url(of: "app"), directory: $0, connections: 2) }
        let node = try PostgresStorage(url: server.url(of: "app"), directory: company.directory, connections: 2)
        defer { node.close() }
        let service = try company.open(in: node)
        let tablet = try Tablet(of: company, at: service)
        try tablet.sync { service }
        try tablet.note("waits", of: company)
        try server.take(9, as: "app")
        // Nine of the twelve are for such users; the server's are ended until others have them all.
        for _ in 0..<100 {
            try server.sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'truckroll'")
            try server.take(3, as: "app")
            usleep(50_000)
            if try server.sql("SELECT count(*) FROM pg_stat_activity WHERE application_name = 'holder'") == "9" { break }
        }
        let refused = try refusal(of: tablet, at: service)
        #expect(refused.status == 503 && refused.code == "store-unreachable" && refused.retryAfterSeconds == 2)
        #expect(try tablet.engine.read { try $0.outbox() }.count == 1)
        try server.giveBack()
        try tablet.sync { service }
        #expect(try service.notes(on: company.order) == ["waits"])
        #expect(service.obstacle() == nil)
    }

    /// Lets no file of a table grow while there is a file that says so.
    private static let shim = """
        #define _GNU_SOURCE
        #include <dlfcn.h>
        #include <errno.h>
        #include <stdio.h>
        #include <stdlib.h>
        #include <string.h>
        #include <sys/stat.h>
        #include <sys/uio.h>
        #include <unistd.h>

        static int refused(int fd, off_t end) {
            char link[64], path[4096];
            struct stat status;
            snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
            ssize_t length = readlink(link, path, sizeof path - 1);
            if (length < 0) return 0;
            path[length] = 0;
            if (!strstr(path, "/base/") || access(getenv("TRUCKROLL_TEST_FULL"), F_OK) || fstat(fd, &status)) return 0;
            if (end <= status.st_size) return 0;
            errno = ENOSPC;
            return 1;
        }

        ssize_t pwrite64(int fd, const void *bytes, size_t count, off_t offset) {
            static ssize_t (*real)(int, const void *, size_t, off_t);
            if (!real) real = dlsym(RTLD_NEXT, "pwrite64");
            return refused(fd, offset + count) ? -1 : real(fd, bytes, count, offset);
        }

        ssize_t pwrite(int fd, const void *bytes, size_t count, off_t offset) { return pwrite64(fd, bytes, count, offset); }
        """

    @Test("of disk: devices are told so and keep what they have, nothing is half written, and all is well once there is room")
    func disk() throws {
        let company = try SmallCompany()
        let (source, library) = (company.directory.appendingPathComponent("full.c"), "/tmp/truckroll-full-\(getpid()).so")
        let order = "/tmp/truckroll-full-\(getpid()).order"
        defer { for path in [library, order] { unlink(path) } }
        try Self.shim.write(to: source, atomically: true, encoding: .utf8)
        let clang = try Process.run(
            URL(fileURLWithPath: "/usr/bin/env"), arguments: ["clang", "-shared", "-fPIC", "-O1", "-o", library, source.path, "-ldl"])
        clang.waitUntilExit()
        try #require(clang.terminationStatus == 0)
        try server.start(environment: ["LD_PRELOAD": library, "TRUCKROLL_TEST_FULL": order])
        let node = try PostgresStorage(url: server.url, directory: company.directory, connections: 2)
        defer { node.close() }
        _ = try TenantMove(company.home, to: node).run()
        let service = try company.open(in: node)
        let tablet = try Tablet(of: company, at: service)
        try tablet.sync { service }
        let before = try service.engine.store.read { try $0.tenant()?.head }
        FileManager.default.createFile(atPath: order, contents: nil)
        // Many at once, so that no page that is there has room for all.
        for number in 0..<400 { try tablet.note("\(number) " + String(repeating: "x", count: 900), of: company) }
        var refused: ServiceProblem?
        for _ in 0..<20 where refused == nil {
            do { try tablet.sync { service } } catch let problem as ServiceProblem { refused = problem }
        }
        #expect(refused?.status == 503 && refused?.code == "store-disk-full")
        #expect(try !tablet.engine.read { try $0.outbox() }.isEmpty)
        #expect(service.obstacle()?.code == "store-disk-full")
        #expect(try service.engine.inspect().damage.isEmpty)
        #expect(try service.engine.store.read { try $0.tenant()?.head } ?? .start >= before ?? .start)
        unlink(order)
        try tablet.sync { service }
        #expect(try service.notes(on: company.order).count == 400)
        #expect(service.obstacle() == nil)
        #expect(try service.engine.inspect().damage.isEmpty)
    }
}
