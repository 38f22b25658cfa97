import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import TruckrollCore
import TruckrollDomain
import TruckrollProtocol

/// The way to the server over HTTP. One for each enrolment; its connections are kept and used again.
public final class HTTPTransport: SyncTransport {
    private let client: HTTPClient
    let exchange: Exchange
    let channel: SignedChannel
    /// The device's clock, Unix milliseconds.
    let now: @Sendable () -> UInt64
    private let protocols: ClosedRange<UInt32>

    /// Longer than any token lives, and so than any stream.
    private static let streamTime: TimeAmount = .minutes(30)

    /// - Parameters:
    ///   - serverURL: scheme and host, such as `https://truckroll.example`.
    ///   - tenant: `nil` for the only tenant of a server that has one.
    ///   - credentials: `nil` before enrolment; then only ``enrol(_:)`` succeeds.
    ///   - now: the device's clock, Unix milliseconds.
    ///   - random: that many bytes nobody can guess.
    ///   - protocols: the protocol versions this device speaks.
    ///   - schemaVersion: the schema it knows.
    public init(
        serverURL: String, tenant: TenantID?, credentials: DeviceCredentials?,
        now: @escaping @Sendable () -> UInt64 = { UInt64(max(0, Date().timeIntervalSince1970 * 1000)) },
        random: @escaping @Sendable (Int) -> [UInt8] = { count in
            var generator = SystemRandomNumberGenerator()
            return (0..<count).map { _ in UInt8.random(in: 0...255, using: &generator) }
        }, protocols: ClosedRange<UInt32> = Limits.oldestProtocol...Limits.protocolVersion, schemaVersion: UInt32 = Schema.current
    ) {
        self.protocols = protocols
        var configuration = HTTPClient.Configuration()
        configuration.timeout = .init(connect: .seconds(10), read: .seconds(60))
        configuration.redirectConfiguration = .disallow
        configuration.httpVersion = .http1Only
        configuration.decompression = .disabled
        // Half of the server's, so that no request goes out on a connection that is about to be closed.
        configuration.connectionPool.idleTimeout = .seconds(30)
        // Being offline is the normal case: say so at once, and let the engine decide when to try again.
        configuration.connectionPool.retryConnectionEstablishment = false
        client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
        var origin = serverURL[...]
        while origin.last == "/" { origin.removeLast() }
        self.now = now
        exchange = Exchange(client: client, origin: String(origin), prefix: "/v1/\(tenant.map { "\($0)" } ?? "default")/")
        channel = SignedChannel(
            credentials: credentials, exchange: exchange, now: now, random: random, protocols: protocols, schemaVersion: schemaVersion)
    }

    deinit { client.shutdown { _ in } }

    public func enrol(_ request: PBEnrolRequest) async throws -> PBEnrolment {
        try await exchange.message("enrol", request, headers: [])
    }

    public func challenge(_ request: PBChallengeRequest) async throws -> PBChallenge {
        try await exchange.message("session/challenge", request, headers: [])
    }

    public func signIn(_ request: PBSignInRequest) async throws -> PBSignIn {
        try await exchange.message("session", request, headers: [])
    }

    public func newReplica(_ request: PBReplicaRequest) async throws -> PBEnrolment {
        try await exchange.message("replica", request, headers: [])
    }

    public func open() async throws { _ = try await channel.agreedVersions() }

    public func sync(_ request: PBSyncRequest) async throws -> PBSyncReply {
        try await holdBackNewer(request.push)
        return try await signed("sync", request)
    }

    public func versions() async -> SpokenVersions? { await channel.versions }

    public func availability(_ request: PBAvailabilityRequest) async throws -> PBAvailabilityReply { try await signed("availability", request) }
    public func devices(_ request: PBDevicesRequest) async throws -> PBDevicesReply { try await signed("devices", request) }
    public func audit(_ request: PBAuditRequest) async throws -> PBAuditReply { try await signed("audit", request) }
    public func repair(_ request: PBRepairRequest) async throws -> PBRepairReply { try await signed("repair", request) }
    public func carry(_ request: PBCarryRequest) async throws -> PBCarryReply { try await signed("carry", request) }

    public func stream(after position: Position) -> AsyncThrowingStream<HeadEvent, any Error> {
        let (channel, exchange) = (channel, exchange)
        let target = RequestTarget(method: "GET", pathAndQuery: exchange.path("stream?after=\(position.rawValue)"))
        // Only the newest head matters to a reader that is behind.
        return AsyncThrowingStream(bufferingPolicy: .bufferingNewest(1)) { continuation in
            let task = Task { [self] in
                do {
                    let response = try await channel.run(target, .empty) { headers in
                        let response = try await exchange.send(
                            "GET", target.path + (target.query ?? ""), headers: headers + [("Accept", "text/event-stream")],
                            body: nil, time: Self.streamTime)
                        try Exchange.expect("text/event-stream", in: response)
                        return response
                    }
                    try await Exchange.translating {
                        var lines = EventLines()
                        for try await part in response.body {
                            for event in try lines.events(in: part.readableBytesView) { continuation.yield(event) }
                        }
                    }
                    continuation.finish()
                } catch { continuation.finish(throwing: error) }
                withExtendedLifetime(self) {}
            }
            continuation.onTermination = { _ in task.cancel() }
        }
    }

    /// Ends the connections. Calls after it fail; without it they end when the transport is let go.
    public func close() async { try? await client.shutdown() }

    /// A server that does not speak the version of a set would quarantine it for good; so the set stays here.
    private func holdBackNewer(_ sets: [PBSignedSet]) async throws {
        guard !sets.isEmpty, let spoken = try await channel.agreedVersions()?.protocolVersion, spoken < protocols.upperBound else { return }
        for set in sets {
            guard let body = try? Wire.decode(PBChangeSetBody.self, set.body), body.protocolVersion > spoken else { continue }
            throw TransportProblem.serverTooOld(spoken, oldest: body.protocolVersion)
        }
    }

    private func signed<Body: WireMessage, Reply: WireMessage>(_ endpoint: String, _ body: Body) async throws -> Reply {
        let bytes = try body.wire(.protobuf)
        let target = RequestTarget(method: "POST", pathAndQuery: exchange.path(endpoint))
        return try await channel.run(target, BodyDigest(of: bytes)) { [exchange] headers in
            try await exchange.message(endpoint, bytes: bytes, headers: headers)
        }
    }
}
