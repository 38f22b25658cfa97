import Foundation
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
            #expect(misread.status == 1)
            #expect(misread.errors.contains("is no device id"))
            let wanted = try ServerProcess.run("truckroll-server", "revoke", "--data", server.data.path, unknown, "--even-if-unknown")
            #expect(wanted.status == 0)
        }
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
