import ArgumentParser
import Foundation
import Logging
import NIOCore
import TruckrollCore
import TruckrollServer
import TruckrollTerminal

/// Serves the tenants of a data directory over HTTP.
struct Serve: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Serve devices over HTTP until told to stop.",
        discussion: """
            Needs nothing but its data directory: each tenant is one SQLite file. With --postgres the tenants are in a PostgreSQL \
            database, and several servers on it and on one data directory share the work. Put a proxy with TLS in front of it for use \
            outside one machine. SIGTERM and SIGINT end it within ten seconds; kill -9 loses nothing that was acknowledged.

              truckroll-server serve --data ./data --port 8080
              truckroll-server serve --data /shared/data --port 8081 \\
                --postgres postgres://truckroll@db1,db2/truckroll

            EXIT STATUS: 0 stopped as asked, 1 could not serve, 64 bad usage.
            """)

    @Option(help: "The directory that holds the tenants' databases, keys and attachments.") var data: String
    @OptionGroup var database: DatabaseOptions
    @Option(help: "Connections to PostgreSQL at once, besides one that listens.") var connections = 12
    @Option(help: "The address to listen on.") var host = "127.0.0.1"
    @Option(help: "The port; 0 takes a free one.") var port = 8080
    @Flag(help: "Log every request.") var verbose = false
    @OptionGroup var clock: ClockOptions

    func validate() throws {
        guard (0...65_535).contains(port) else { throw ValidationError("--port is from 0 to 65535; 0 takes a free one.") }
        guard (2...1000).contains(connections) else { throw ValidationError("--connections is from 2 to 1000.") }
    }

    func run() async throws {
        try await reporting {
            var logger = Logger(label: "truckroll", factory: { StreamLogHandler.standardError(label: $0) })
            logger.logLevel = verbose ? .info : .warning
            let directory = URL(fileURLWithPath: data)
            let now = try clock.now()
            for tenant in try TenantHome.all(in: directory) { try refuseUnfinished(tenant, in: directory) }
            let tenants = try Tenants(
                directory: directory, in: try database.storage(in: directory, connections: connections), now: now, logger: logger)
            guard !tenants.tenants.isEmpty else {
                throw Failure("There is no tenant in \(data).", next: "Make one with `truckroll-server init` or `truckroll-server demo-data`.")
            }
            let admin = try AdminAccess(directory: directory).prepare()
            var configuration = HTTPConfiguration(host: host, port: port, adminTokenFile: admin.tokenFile.path)
            configuration.now = { UInt64(max(0, now())) }
            let out = Terminal.standardOutput()
            let (host, isAlone) = (host, database.url == nil)
            let server = HTTPServer(configuration: configuration, directory: tenants, logger: logger) { bound in
                // Commands reach a database server beside this one, and several servers share the directory.
                if isAlone { try? admin.announce(host: host, port: bound) }
                out.print("Truckroll serves \(tenants.tenants.count.counted("tenant")) on http://\(host):\(bound)")
            }
            let timers = Task { [logger] in await tenants.runTimers(logger: logger) }
            defer {
                timers.cancel()
                admin.withdraw()
            }
            do { try await server.runUntilSignalled() } catch let error as IOError {
                throw Failure(
                    "\(host) cannot be listened on at port \(port): \(OperatorWords.words(errno: error.errnoCode)).",
                    next: "End the other program, or give another --host or --port; --port 0 takes a free one.")
            } catch  where error is SocketAddressError || error is SocketAddressError.UnknownHost {
                throw Failure("“\(host)” is no address of this machine.", next: "Give --host an address of it, such as 127.0.0.1 or 0.0.0.0.")
            }
            try tenants.close()
        }
    }

    /// A demonstration company that is not complete would show devices half of what it tells.
    private func refuseUnfinished(_ tenant: TenantID, in directory: URL) throws {
        let mark = DemoMark(of: TenantHome(directory: directory, tenant: tenant))
        guard mark.isThere else { return }
        throw Failure(
            "The demonstration company in \(data) (tenant \(tenant)) is not complete: its making was cut short, or goes on still.",
            next:
                "Make it anew: truckroll-server demo-data --data \(data) \(mark.making ?? "with the arguments it was begun with, and") --start-over",
            code: "demo-unfinished")
    }
}
