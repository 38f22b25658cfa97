import Foundation
import Synchronization

/// A private PostgreSQL for tests: made in a folder of its own, reached over a socket in it, gone with the process.
///
/// `TRUCKROLL_POSTGRES_URL` names another server to use instead. Where neither is there, tests are skipped and say so.
public final class PostgresCluster: Sendable {
    /// A connection string of libpq, of a user who may make schemas.
    public let url: String
    /// Where it listens on this machine as well; `nil` for another server that was named.
    public let port: Int?
    private let folder: URL?

    private static let state = Mutex<Result<PostgresCluster, Unavailable>?>(nil)

    /// Why there is no PostgreSQL to test with.
    public struct Unavailable: Error, CustomStringConvertible {
        public let description: String
    }

    /// The one of this process, started with the first call.
    public static func shared() throws -> PostgresCluster {
        try state.withLock { state in
            if state == nil { state = start() }
            return try state?.get() ?? { throw Unavailable(description: "no PostgreSQL") }()
        }
    }

    /// Whether PostgreSQL's programs are installed, or a server was named.
    public static var isAvailable: Bool { given != nil || programs != nil }

    /// Whether it is one that this process starts.
    public static var isOurs: Bool { given == nil && isAvailable }

    /// A connection string by whose application name connections are told from others'.
    public func url(as application: String) -> String { url + (url.contains("?") ? "&" : "?") + "application_name=\(application)" }

    private static var given: String? { ProcessInfo.processInfo.environment["TRUCKROLL_POSTGRES_URL"] }

    /// The folder of the newest `initdb`.
    private static var programs: String? {
        let root = "/usr/lib/postgresql"
        let versions = (try? FileManager.default.contentsOfDirectory(atPath: root)) ?? []
        return versions.sorted { (Int($0) ?? 0) > (Int($1) ?? 0) }.map { "\(root)/\($0)/bin" }
            .first { FileManager.default.isExecutableFile(atPath: $0 + "/initdb") }
    }

    private init(url: String, port: Int?, folder: URL?) {
        self.url = url
        self.port = port
        self.folder = folder
    }

    private static func start() -> Result<PostgresCluster, Unavailable> {
        if let given { return .success(PostgresCluster(url: given, port: nil, folder: nil)) }
        guard let programs else { return .failure(Unavailable(description: "PostgreSQL is not installed")) }
        do {
            removeLeftOvers(programs)
            // A socket's path is short.
            let folder = URL(fileURLWithPath: "/tmp/truckroll-pg-\(getpid())")
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            if getuid() == 0 { try run(["chown", "postgres", folder.path]) }
            let data = folder.appendingPathComponent("data").path
            try run(asOwner([programs + "/initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"]))
            let port = try freePort()
            _ = try launch(
                asOwner([
                    programs + "/postgres", "-D", data, "-k", folder.path, "-p", "\(port)", "-c", "listen_addresses=127.0.0.1", "-c",
                    "max_connections=200",
                ]))
            atexit { PostgresCluster.stopShared() }
            try waitUntilReady([programs + "/pg_isready", "-q", "-h", folder.path, "-p", "\(port)"])
            return .success(PostgresCluster(url: "postgresql://postgres@/postgres?host=\(folder.path)&port=\(port)", port: port, folder: folder))
        } catch { return .failure(Unavailable(description: "\(error)")) }
    }

    /// A second or two, on a busy machine more.
    private static func waitUntilReady(_ question: [String]) throws {
        for _ in 0..<600 {
            if (try? run(question)) != nil { return }
            usleep(50_000)
        }
        try run(question)
    }

    private static func stopShared() {
        let cluster = state.withLock { try? $0?.get() }
        if let folder = cluster?.folder, let programs { stop(folder, programs) }
    }

    private static func stop(_ folder: URL, _ programs: String) {
        try? run(asOwner([programs + "/pg_ctl", "-D", folder.appendingPathComponent("data").path, "-m", "immediate", "stop"]))
        try? FileManager.default.removeItem(at: folder)
    }

    /// Those of processes that ended without stopping theirs.
    private static func removeLeftOvers(_ programs: String) {
        for name in (try? FileManager.default.contentsOfDirectory(atPath: "/tmp")) ?? [] where name.hasPrefix("truckroll-pg-") {
            guard let owner = pid_t(name.dropFirst("truckroll-pg-".count)), owner == getpid() || (kill(owner, 0) != 0 && errno == ESRCH) else {
                continue
            }
            stop(URL(fileURLWithPath: "/tmp/" + name), programs)
        }
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
        guard isBound else { throw Unavailable(description: "no free port") }
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
            throw Unavailable(description: "\(command.joined(separator: " ")) ended with \(process.terminationStatus)")
        }
    }

    private static func launch(_ command: [String]) throws -> Process {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = command
        process.currentDirectoryURL = URL(fileURLWithPath: "/tmp")
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        return process
    }
}
