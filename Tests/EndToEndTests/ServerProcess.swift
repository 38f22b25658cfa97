import Foundation
import Testing

/// A real `truckroll-server` process over a data directory of its own.
final class ServerProcess {
    let data: URL
    private(set) var port = 0
    private var process: Process?

    static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    /// The executables lie beside the test bundle.
    static func executable(_ name: String) -> URL { root.appendingPathComponent(".build/debug/\(name)") }

    static func directory() throws -> URL {
        let url = FileManager.default.temporaryDirectory.appendingPathComponent("truckroll-e2e-\(UInt64.random(in: 0 ... .max))")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        return url
    }

    init() throws {
        data = try Self.directory()
        _ = try Self.run("truckroll-server", "demo-data", "--data", data.path, "--size", "small", "--day", "2026-11-23", "--quiet")
    }

    deinit {
        process?.terminate()
        try? FileManager.default.removeItem(at: data)
    }

    var url: String { "http://127.0.0.1:\(port)" }

    /// Runs a command to its end.
    @discardableResult
    static func run(_ name: String, _ arguments: String...) throws -> (status: Int32, output: String, errors: String) {
        try run(executable: executable(name).path, arguments)
    }

    /// Runs any program to its end.
    static func run(executable: String, _ arguments: [String]) throws -> (status: Int32, output: String, errors: String) {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: executable)
        process.arguments = arguments
        let (output, errors) = (Pipe(), Pipe())
        process.standardOutput = output
        process.standardError = errors
        try process.run()
        let text = output.fileHandleForReading.readDataToEndOfFile()
        let problems = errors.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return (process.terminationStatus, String(decoding: text, as: UTF8.self), String(decoding: problems, as: UTF8.self))
    }

    /// A library in C that stands before the system's own, for `LD_PRELOAD`.
    static func library(_ code: String, in directory: URL) throws -> URL {
        let (source, library) = (directory.appendingPathComponent("before.c"), directory.appendingPathComponent("before.so"))
        try code.write(to: source, atomically: true, encoding: .utf8)
        let made = try run(executable: "/usr/bin/env", ["clang", "-shared", "-fPIC", "-O1", "-o", library.path, source.path, "-ldl"])
        try #require(made.status == 0, "clang said: \(made.errors)")
        return library
    }

    /// What a shell is given to run a command that can write no file beyond 8 KiB, and is told so instead of being ended.
    static func withoutRoom(_ name: String, _ arguments: [String]) -> [String] {
        ["-c", "trap '' XFSZ; ulimit -f 8; exec \"$0\" \"$@\"", executable(name).path] + arguments
    }

    /// Starts serving at another address than before.
    func startElsewhere() throws {
        port = 0
        try start()
    }

    /// Starts serving; keeps its port over restarts.
    ///
    /// - Parameter environment: what the process is told besides.
    func start(with environment: [String: String] = [:]) throws {
        let process = Process()
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        // A limit on its files, see ``leaveRoom(_:)``, is told to the server instead of ending it.
        process.executableURL = URL(fileURLWithPath: "/bin/bash")
        process.arguments = [
            "-c", "trap '' XFSZ; exec \"$0\" \"$@\"", Self.executable("truckroll-server").path, "serve", "--data", data.path, "--port", "\(port)",
        ]
        let output = Pipe()
        process.standardOutput = output
        process.standardError = FileHandle.standardError
        try process.run()
        var line = ""
        while !line.contains("\n") {
            let bytes = output.fileHandleForReading.availableData
            guard !bytes.isEmpty else { break }
            line += String(decoding: bytes, as: UTF8.self)
        }
        port = try #require(Int(line.split(separator: ":").last?.trimmingCharacters(in: .whitespacesAndNewlines) ?? ""), "the server said: \(line)")
        self.process = process
    }

    /// SIGKILL: no goodbye, no flush.
    func kill() {
        guard let process else { return }
        Foundation.kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
        self.process = nil
    }

    /// SIGTERM: it finishes what it has begun. Gives back how it ended and how long that took.
    func end() throws -> (status: Int32, time: Duration) {
        let process = try #require(process)
        let begun = ContinuousClock.now
        process.terminate()
        process.waitUntilExit()
        self.process = nil
        return (process.terminationStatus, ContinuousClock.now - begun)
    }

    /// The most memory the running server has had at any time, in bytes.
    func peakMemory() throws -> Int {
        let process = try #require(process)
        let status = try String(contentsOfFile: "/proc/\(process.processIdentifier)/status", encoding: .utf8)
        let line = try #require(status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") })
        return try #require(line.split(whereSeparator: { !$0.isNumber }).first.flatMap { Int($0) }) * 1024
    }

    /// Takes the room on the disk away from the running server, or gives it back: no file of it is written beyond 4 KiB.
    func leaveRoom(_ hasRoom: Bool) throws {
        let process = try #require(process)
        let limit = try Self.run(
            executable: "/usr/bin/prlimit", ["--pid", "\(process.processIdentifier)", "--fsize=\(hasRoom ? "unlimited" : "4096"):"])
        try #require(limit.status == 0, "prlimit said: \(limit.errors)")
    }

    /// Lets the running server open no more files and connections than that at a time.
    func limitDescriptors(to count: Int) throws {
        let process = try #require(process)
        let limit = try Self.run(executable: "/usr/bin/prlimit", ["--pid", "\(process.processIdentifier)", "--nofile=\(count):"])
        try #require(limit.status == 0, "prlimit said: \(limit.errors)")
    }

    var isRunning: Bool { process?.isRunning == true }

    /// The database of the one tenant.
    var database: URL {
        get throws {
            let tenants = data.appendingPathComponent("tenants")
            let tenant = try #require(try FileManager.default.contentsOfDirectory(atPath: tenants.path).first)
            return tenants.appendingPathComponent(tenant).appendingPathComponent("truckroll.sqlite")
        }
    }

    /// What a load balancer is told.
    func readiness() throws -> String {
        try Self.run(
            executable: "/bin/bash",
            ["-c", "exec 3<>/dev/tcp/127.0.0.1/\(port); printf 'GET /readyz HTTP/1.1\\r\\nHost: a\\r\\nConnection: close\\r\\n\\r\\n' >&3; cat <&3"]
        ).output
    }

    func enrolmentCode(_ user: String) throws -> String {
        let answer = try Self.run("truckroll-server", "enrolment-code", "--data", data.path, "--user", user)
        return String(try #require(answer.output.split(separator: " ").first))
    }
}
