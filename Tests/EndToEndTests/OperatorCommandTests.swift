import Foundation
import Glibc
import Testing

/// What an operator's commands say when they cannot do what they were asked.
@Suite("Operator's commands")
struct OperatorCommandTests {
    @Test("a device nobody enrolled is not shut out, unless that is wanted, beside a running server and without one")
    func unknownDevice() throws {
        let server = try ServerProcess()
        let unknown = "0199c82c-c000-7000-8000-0000000000ff"
        for isRunning in [false, true] {
            if isRunning { try server.start() }
            let refused = try ServerProcess.run("truckroll-server", "revoke", "--data", server.data.path, unknown)
            #expect(refused.status == 1)
            #expect(refused.errors.contains("No device \(unknown) is enrolled here") && refused.errors.contains("--even-if-unknown"))
            let misread = try ServerProcess.run("truckroll-server", "revoke", "--data", server.data.path, "nobody")
            #expect(misread.status == 64)
            #expect(misread.errors.contains("is no device id"))
            let wanted = try ServerProcess.run("truckroll-server", "revoke", "--data", server.data.path, unknown, "--even-if-unknown")
            #expect(wanted.status == 0)
        }
    }

    @Test("the operator's token does not go to whoever listens where a killed server did")
    func killed() throws {
        let server = try ServerProcess()
        try server.start()
        let running = try ServerProcess.run("truckroll-server", "status", "--data", server.data.path)
        #expect(running.status == 0)
        server.kill()
        #expect(FileManager.default.fileExists(atPath: server.data.appendingPathComponent("server.address").path))
        let stranger = try Listener(port: server.port)
        let after = try ServerProcess.run("truckroll-server", "status", "--data", server.data.path)
        #expect(after.status == 0)
        #expect(after.output == running.output)
        #expect(try !stranger.wasCalled())
        stranger.close()
        try server.start()
        #expect(try ServerProcess.run("truckroll-server", "status", "--data", server.data.path).status == 0)
    }

    @Test("a company that is there is not made a second time, and its code is no other company's")
    func initialised() throws {
        let data = try ServerProcess.directory()
        defer { try? FileManager.default.removeItem(at: data) }
        func make(_ name: String, _ code: String, _ more: String...) throws -> (status: Int32, output: String, errors: String) {
            try ServerProcess.run(
                executable: ServerProcess.executable("truckroll-server").path,
                ["init", "--data", data.path, "--name", name, "--code", code] + more)
        }
        func tenants() throws -> [String] {
            try FileManager.default.contentsOfDirectory(atPath: data.appendingPathComponent("tenants").path).sorted()
        }
        #expect(try make("Acme Service GmbH", "ACME").status == 0)
        let only = try #require(try tenants().first)
        let again = try make("Acme Service GmbH", "ACME")
        #expect(again.status == 0 && again.output.contains(only) && again.output.contains("there already"))
        #expect(try make("Acme Service GmbH", "ACME", "--tenant", only, "--json").output.filter { !$0.isWhitespace }.contains("\"made\":false"))
        for (name, code, more) in [
            ("Another GmbH", "ACME", []), ("Acme Service GmbH", "acme", []), ("Acme Service GmbH", "OTHER", ["--tenant", only]),
        ] as [(String, String, [String])] {
            let refused = try ServerProcess.run(
                executable: ServerProcess.executable("truckroll-server").path,
                ["init", "--data", data.path, "--name", name, "--code", code] + more)
            #expect(refused.status == 1 && refused.errors.contains(only) && refused.errors.contains("ode"), "\(refused.errors)")
        }
        #expect(try tenants() == [only])
        #expect(try make("Another GmbH", "OTHER").status == 0)
        #expect(try tenants().count == 2)
        // Of a company whose database is away nobody can tell the code.
        let database = data.appendingPathComponent("tenants/\(only)/truckroll.sqlite").path
        for end in ["", "-wal", "-shm"] { try? FileManager.default.moveItem(atPath: database + end, toPath: database + ".away" + end) }
        let missing = try make("Acme Service GmbH", "ACME")
        #expect(missing.status == 1 && missing.errors.contains("is missing"), "\(missing.errors)")
        #expect(try tenants().count == 2)
    }

    @Test("a demonstration company whose making was cut short is not served, and its remaking is told")
    func unfinished() throws {
        let server = try ServerProcess()
        let mark = try server.database.deletingLastPathComponent().appendingPathComponent("demo-data.unfinished")
        for (content, words) in [
            ("", "--start-over"), ("--size small --seed 1 --day 2026-11-23\n", "--size small --seed 1 --day 2026-11-23 --start-over"),
        ] {
            try Data(content.utf8).write(to: mark)
            let refused = try ServerProcess.run("truckroll-server", "serve", "--data", server.data.path, "--port", "0")
            #expect(refused.status == 1)
            #expect(refused.errors.contains("not complete") && refused.errors.contains(words), "\(refused.errors)")
        }
        try FileManager.default.removeItem(at: mark)
        try server.start()
    }

    @Test("an address that cannot be listened on is told in words, with what to do")
    func address() throws {
        let server = try ServerProcess()
        try server.start()
        let other = try ServerProcess()
        for (host, port, words) in [
            ("127.0.0.1", "\(server.port)", "another program listens on that port"), ("192.0.2.1", "0", "this machine does not have that address"),
            ("no.such.host.invalid", "0", "is no address of this machine"),
        ] {
            let result = try ServerProcess.run("truckroll-server", "serve", "--data", other.data.path, "--host", host, "--port", port)
            #expect(result.status == 1)
            #expect(result.errors.contains(words), "\(result.errors)")
            #expect(result.errors.contains("--host") && !result.errors.contains("errno"))
        }
    }

    @Test(
        "data directories that are none are told in words, with what to do",
        arguments: [
            ["status"], ["devices"], ["users"], ["backup", "--to", "/dev/null/x"], ["tenant-key"], ["serve"], ["restore", "--from", "/nowhere"],
        ])
    func directory(_ command: [String]) throws {
        let folder = try ServerProcess.directory()
        defer { try? FileManager.default.removeItem(at: folder) }
        for data in [folder.path, "/dev/null/x"] {
            let result = try ServerProcess.run(
                executable: ServerProcess.executable("truckroll-server").path, command + ["--data", data])
            #expect(result.status == 1)
            #expect(result.errors.split(separator: "\n").count >= 2, "\(result.errors)")
            for raw in ["Error Domain", "errno", "NSCocoa", "CocoaError", "no words"] { #expect(!result.errors.contains(raw), "\(result.errors)") }
        }
    }
}

/// Somebody else's socket on a port of this machine.
private struct Listener {
    private let socket: Int32

    init(port: Int) throws {
        socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var yes: Int32 = 1
        setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = in_addr_t(0x7F00_0001).bigEndian
        let bound = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(socket, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) }
        }
        try #require(bound == 0 && listen(socket, 4) == 0)
    }

    /// Whether a connection waits.
    func wasCalled() throws -> Bool {
        var waiting = pollfd(fd: socket, events: Int16(POLLIN), revents: 0)
        return poll(&waiting, 1, 0) > 0
    }

    func close() { Glibc.close(socket) }
}
