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
    private let instance: PostgresInstance?

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
    public static var isAvailable: Bool { given != nil || PostgresInstance.installed != nil }

    /// Whether a test can start servers of its own.
    public static var canStart: Bool { PostgresInstance.installed != nil }

    /// Whether it is one that this process starts.
    public static var isOurs: Bool { given == nil && isAvailable }

    /// A connection string by whose application name connections are told from others'.
    public func url(as application: String) -> String { url + (url.contains("?") ? "&" : "?") + "application_name=\(application)" }

    /// Runs SQL, and gives what `psql` prints of it without headings.
    @discardableResult
    public func sql(_ text: String) throws -> String { try PostgresInstance.sql(text, at: url) }

    private static var given: String? { ProcessInfo.processInfo.environment["TRUCKROLL_POSTGRES_URL"] }

    private init(url: String, instance: PostgresInstance?) {
        self.url = url
        port = instance?.port
        self.instance = instance
    }

    private static func start() -> Result<PostgresCluster, Unavailable> {
        if let given { return .success(PostgresCluster(url: given, instance: nil)) }
        PostgresInstance.removeLeftOvers()
        do {
            let instance = try PostgresInstance()
            try instance.start()
            atexit { PostgresCluster.stopShared() }
            return .success(PostgresCluster(url: instance.url, instance: instance))
        } catch { return .failure(Unavailable(description: "\(error)")) }
    }

    private static func stopShared() { state.withLock { try? $0?.get() }?.instance?.remove() }
}
