import Foundation

/// One PostgreSQL server of the tests' own, in a folder that goes with it, reached over a socket there and a port of this machine.
public final class PostgresInstance: Sendable {
    public let port: Int
    let folder: URL
    private let programs: String

    /// A connection string of libpq, of a user who may do everything.
    public var url: String { "postgresql://postgres@/postgres?host=\(folder.path)&port=\(port)" }

    private var data: String { folder.appendingPathComponent("data").path }

    /// Makes a cluster, which does not run yet.
    public convenience init() throws {
        try self.init(empty: "")
        try Self.run(
            Self.asOwner([programs + "/initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"]))
    }

    /// Copies a running server; the copy follows it from its start on.
    ///
    /// - Parameter name: by which the primary knows it.
    public convenience init(standbyOf primary: PostgresInstance, named name: String) throws {
        try self.init(empty: "")
        let source = "host=\(primary.folder.path) port=\(primary.port) user=postgres application_name=\(name)"
        try Self.run(Self.asOwner([programs + "/pg_basebackup", "-D", data, "-R", "-X", "stream", "-c", "fast", "--no-sync", "-d", source]))
    }

    private init(empty: String) throws {
        guard let programs = Self.installed else { throw PostgresCluster.Unavailable(description: "PostgreSQL is not installed") }
        self.programs = programs
        // A socket's path is short.
        folder = URL(fileURLWithPath: "/tmp/truckroll-pg-\(getpid())-\(UInt32.random(in: 0...(.max)))")
        port = try Self.freePort()
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        if getuid() == 0 { try Self.run(["chown", "postgres", folder.path]) }
    }

    deinit { remove() }

    /// - Parameter settings: such as `max_connections=20`.
    /// - Parameter environment: what its processes are told besides, such as a library that stands before the system's.
    public func start(_ settings: String..., environment: [String: String] = [:]) throws {
        let options = ["listen_addresses=127.0.0.1", "max_connections=200"] + settings
        let told = environment.isEmpty ? [] : ["env"] + environment.map { "\($0)=\($1)" }
        _ = try Self.launch(
            Self.asOwner(told + [programs + "/postgres", "-D", data, "-k", folder.path, "-p", "\(port)"] + options.flatMap { ["-c", $0] }))
        try Self.waitUntilReady([programs + "/pg_isready", "-q", "-h", folder.path, "-p", "\(port)"])
    }

    /// Ends it as a crash does: nothing is written any more, and whoever starts it next recovers from its log.
    public func crash() { try? Self.run(Self.asOwner([programs + "/pg_ctl", "-D", data, "-m", "immediate", "stop"])) }

    /// Stops its processes where they are: connections stay, and nobody answers on them.
    public func freeze() throws { try signal("STOP") }
    public func thaw() throws { try signal("CONT") }

    private func signal(_ name: String) throws {
        let text = try String(contentsOfFile: data + "/postmaster.pid", encoding: .utf8)
        guard let process = text.split(separator: "\n").first else { return }
        try Self.run(["/bin/sh", "-c", "kill -\(name) \(process) $(ps -o pid= --ppid \(process))"])
    }

    /// Waits until a standby has what its primary has committed.
    public func catchUp(with primary: PostgresInstance) throws {
        let end = try primary.sql("SELECT pg_current_wal_lsn()")
        for _ in 0..<300 {
            if try sql("SELECT pg_last_wal_replay_lsn() >= '\(end)'::pg_lsn") == "t" { return }
            usleep(20_000)
        }
        throw PostgresCluster.Unavailable(
            description: "the standby stays at \(try sql("SELECT pg_last_wal_replay_lsn(), pg_last_wal_receive_lsn()")), behind \(end)")
    }

    /// A connection string of several servers.
    public static func url(of servers: [PostgresInstance]) -> String {
        let (hosts, ports) = (servers.map(\.folder.path).joined(separator: ","), servers.map { "\($0.port)" }.joined(separator: ","))
        return "postgresql://postgres@/postgres?host=\(hosts)&port=\(ports)"
    }

    /// Lets a standby take writes, in a timeline of its own.
    public func promote() throws { try Self.run(Self.asOwner([programs + "/pg_ctl", "-D", data, "-w", "promote"])) }

    /// Runs SQL, and gives what `psql` prints of it without headings.
    @discardableResult
    public func sql(_ text: String) throws -> String { try Self.sql(text, at: url) }

    static func sql(_ text: String, at url: String) throws -> String {
        try output(["psql", "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-d", url, "-c", text])
    }

    /// Takes so many connections as a user, and keeps them until they are ended by ``giveBack()``.
    public func take(_ count: Int, as user: String) throws {
        for _ in 0..<count {
            _ = try Self.launch(["psql", "-X", "-q", "-d", url(of: user) + "&application_name=holder", "-c", "SELECT pg_sleep(600)"])
        }
    }

    /// Ends the connections that ``take(_:as:)`` took.
    public func giveBack() throws { try sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'holder'") }

    /// A connection string of another user.
    public func url(of user: String) -> String { "postgresql://\(user)@/postgres?host=\(folder.path)&port=\(port)" }

    func remove() {
        crash()
        try? FileManager.default.removeItem(at: folder)
    }

    // MARK: Programs

    /// The folder of the newest `initdb`.
    static var installed: String? {
        let root = "/usr/lib/postgresql"
        let versions = (try? FileManager.default.contentsOfDirectory(atPath: root)) ?? []
        return versions.sorted { (Int($0) ?? 0) > (Int($1) ?? 0) }.map { "\(root)/\($0)/bin" }
            .first { FileManager.default.isExecutableFile(atPath: $0 + "/initdb") }
    }

    /// Those of processes that ended without stopping theirs.
    static func removeLeftOvers() {
        guard let programs = installed else { return }
        for name in (try? FileManager.default.contentsOfDirectory(atPath: "/tmp")) ?? [] where name.hasPrefix("truckroll-pg-") {
            let owner = name.dropFirst("truckroll-pg-".count).prefix { $0 != "-" }
            guard let process = pid_t(owner), kill(process, 0) != 0, errno == ESRCH else { continue }
            try? run(asOwner([programs + "/pg_ctl", "-D", "/tmp/\(name)/data", "-m", "immediate", "stop"]))
            try? FileManager.default.removeItem(atPath: "/tmp/\(name)")
        }
    }

    /// A second or two, on a busy machine more.
    private static func waitUntilReady(_ question: [String]) throws {
        for _ in 0..<600 {
            if (try? run(question)) != nil { return }
            usleep(50_000)
        }
        try run(question)
    }

    /// One that nobody listens on now.
    private static func freePort() throws -> Int {
        let socket = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(socket) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isBound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(socket, $0, length) == 0 && getsockname(socket, $0, &length) == 0 }
        }
        guard isBound else { throw PostgresCluster.Unavailable(description: "no free port") }
        return Int(UInt16(bigEndian: address.sin_port))
    }

    /// PostgreSQL does not run as root.
    private static func asOwner(_ command: [String]) -> [String] {
        getuid() == 0 ? ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"] + command : command
    }

    private static func run(_ command: [String]) throws {
        let process = try launch(command)
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            throw PostgresCluster.Unavailable(description: "\(command.joined(separator: " ")) ended with \(process.terminationStatus)")
        }
    }

    private static func output(_ command: [String]) throws -> String {
        let pipe = Pipe()
        let process = try launch(command, output: pipe)
        let text = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw PostgresCluster.Unavailable(description: "\(command.joined(separator: " ")): \(text)") }
        return text.trimmingCharacters(in: .whitespacesAndNewlines)
    }

    private static func launch(_ command: [String], output: Pipe? = nil) throws -> Process {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = command
        process.currentDirectoryURL = URL(fileURLWithPath: "/tmp")
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = output ?? FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        return process
    }
}
