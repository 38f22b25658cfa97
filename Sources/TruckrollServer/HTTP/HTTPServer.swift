import Foundation
import Hummingbird
import HummingbirdCore
import Logging
import NIOCore
import ServiceLifecycle
import TruckrollCore
import TruckrollProtocol
import UnixSignals

/// The server's HTTP side: listens, checks, and hands requests to the tenants' services.
public struct HTTPServer: Service {
    private let configuration: HTTPConfiguration
    private let directory: any TenantDirectory
    private let logger: Logger
    private let onListening: @Sendable (Int) async -> Void

    /// - Parameter onListening: called once with the port that was bound.
    public init(
        configuration: HTTPConfiguration, directory: any TenantDirectory, logger: Logger,
        onListening: @escaping @Sendable (Int) async -> Void = { _ in }
    ) {
        self.configuration = configuration
        self.directory = directory
        self.logger = logger
        self.onListening = onListening
    }

    /// Serves until the task is cancelled, or the service group it belongs to ends gracefully: then open requests are
    /// finished, streams are closed, and nothing new is taken.
    public func run() async throws {
        let edge = Edge(configuration: configuration, directory: directory, adminToken: try adminToken())
        var decoder = HTTP1Channel.Configuration.DecoderConfiguration()
        decoder.maxHeaderFieldSize = HTTPLimits.headerBytes
        decoder.maxHeaderListSize = HTTPLimits.headerBytes
        decoder.maxHeaderFieldCount = HTTPLimits.headerFields
        // Failed requests are logged with a code by the outermost layer; the framework's own words are left out.
        let (onListening, host) = (onListening, configuration.host)
        let application = Application(
            responder: Front(edge: edge),
            server: .http1(
                configuration: .init(
                    additionalChannelHandlers: [MalformedRequests()], idleTimeout: .seconds(HTTPLimits.idleSeconds),
                    httpDecoderConfiguration: decoder)),
            configuration: ApplicationConfiguration(
                address: .hostname(host, port: configuration.port), backlog: configuration.backlog,
                availableConnectionsDelegate: MaximumAvailableConnections(configuration.maximumConnections)),
            onServerRunning: { channel in await onListening(channel.localAddress?.port ?? 0) }, logger: logger)
        try await application.run()
    }

    /// How long a graceful end may take.
    public static let shutdownTime = HTTPLimits.shutdownTime

    /// ``run()`` as a process of its own: SIGTERM and SIGINT end it gracefully, within ``shutdownTime``.
    public func runUntilSignalled() async throws {
        var group = ServiceGroupConfiguration(
            services: [self], gracefulShutdownSignals: [.sigterm, .sigint], logger: logger)
        group.maximumGracefulShutdownDuration = HTTPLimits.drainTime
        try await ServiceGroup(configuration: group).run()
    }

    private func adminToken() throws -> [UInt8]? {
        guard let path = configuration.adminTokenFile else { return nil }
        let text = try String(contentsOfFile: path, encoding: .utf8).trimmingCharacters(in: .whitespacesAndNewlines)
        guard text.utf8.count >= HTTPLimits.adminTokenCharacters else { throw AdminTokenProblem(path: path) }
        return Array(text.utf8)
    }
}

/// The operator's token can be guessed. Write a longer one into the file.
public struct AdminTokenProblem: Error, Hashable, Sendable, CustomStringConvertible {
    /// The file.
    public let path: String
    /// For a person.
    public var description: String {
        "the token in \(path) is shorter than \(HTTPLimits.adminTokenCharacters) characters; make one with: openssl rand -hex 32"
    }
}
