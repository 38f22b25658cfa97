import Foundation
import Logging
import Testing
import TruckrollClient
import TruckrollCore
import TruckrollCryptography
import TruckrollDomain
import TruckrollProtocol
import TruckrollServer

/// A real server on a free port, for the length of one closure.
struct TestServer: Sendable {
    let port: Int
    let tenant: FakeTenant
    let clock: ManualClock

    static let adminToken = "0123456789abcdef0123456789abcdef"

    static func run(
        tenants: [FakeTenant] = [FakeTenant()], _ configure: (inout HTTPConfiguration) -> Void = { _ in },
        _ body: @escaping @Sendable (TestServer) async throws -> Void
    ) async throws {
        let (ports, found) = AsyncStream<Int>.makeStream()
        let (clock, tenant) = (ManualClock(), try #require(tenants.first))
        var configuration = HTTPConfiguration(host: "127.0.0.1", port: 0, now: { clock.now }, uptime: { 0 })
        configuration.streamCheck = .milliseconds(20)
        configure(&configuration)
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        let server = HTTPServer(
            configuration: configuration, directory: FakeDirectory(tenants: tenants), logger: logger,
            onListening: { found.yield($0) })
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                defer { found.finish() }
                try await server.run()
            }
            defer { group.cancelAll() }
            var iterator = ports.makeAsyncIterator()
            guard let port = await iterator.next() else {
                try await group.next()
                return
            }
            try await body(TestServer(port: port, tenant: tenant, clock: clock))
        }
    }

    /// A device of this tenant; its key signs unless another is given.
    func transport(
        key: P256.Signing.PrivateKey? = nil, tenant other: TenantID? = nil, clock: ManualClock? = nil, port: Int? = nil
    ) -> HTTPTransport {
        let (key, clock) = (key ?? tenant.deviceKey, clock ?? self.clock)
        return HTTPTransport(
            serverURL: "http://127.0.0.1:\(port ?? self.port)", tenant: other ?? tenant.tenant,
            credentials: DeviceCredentials(device: tenant.device, replica: tenant.replica) { try LowS.sign($0, with: key) },
            now: { clock.now })
    }

    /// Signs in by hand.
    func signIn() async throws -> PBSignIn {
        let transport = transport()
        return try await transport.signIn(try await proof(transport))
    }

    /// The proof for a fresh challenge.
    func proof(_ transport: HTTPTransport) async throws -> PBSignInRequest {
        var question = PBChallengeRequest()
        question.device = data(tenant.device.bytes)
        let challenge = try await transport.challenge(question)
        var proof = PBSignInRequest()
        proof.device = question.device
        proof.replica = tenant.replica.rawValue
        proof.nonce = challenge.nonce
        proof.signature = data(
            try LowS.sign(
                SignInProof.bytes(nonce: Array(challenge.nonce), device: tenant.device, replica: tenant.replica), with: tenant.deviceKey))
        return proof
    }

    /// The path of an endpoint of the tenant.
    func path(_ endpoint: String) -> String { "/v1/\(tenant.tenant)/\(endpoint)" }
}

/// The problem that `work` ends with.
func problem(_ work: () async throws -> Void) async throws -> ProblemDocument {
    let error = await #expect(throws: TransportProblem.self) { try await work() }
    guard case .problem(let document) = error else {
        throw try #require(error)
    }
    return document
}
