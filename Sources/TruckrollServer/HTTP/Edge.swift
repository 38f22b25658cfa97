import Hummingbird
import Logging
import NIOCore
import TruckrollCore
import TruckrollProtocol

/// Everything that stands between a connection and a tenant's service. Its parts: `Edge+….swift`, one for each concern.
struct Edge: Sendable {
    let configuration: HTTPConfiguration
    let directory: any TenantDirectory
    let adminToken: [UInt8]?
    let tokens: TokenRegistry
    let challenges: ChallengeBook
    let verified = VerifiedFiles()
    let partials = PartialUploads()
    let messageBodies: BodyBudget
    let partBodies: BodyBudget
    let unsignedBodies: BodyBudget
    /// Where the service's calls run.
    let calls: BlockingPool
    /// Where streams look for the head, so that many streams do not push requests aside.
    let streams: BlockingPool
    /// Where files are read and written.
    let files: BlockingPool

    init(configuration: HTTPConfiguration, directory: any TenantDirectory, adminToken: [UInt8]?) {
        self.configuration = configuration
        self.directory = directory
        self.adminToken = adminToken
        tokens = TokenRegistry(random: configuration.random)
        challenges = ChallengeBook(random: configuration.random, now: configuration.now, uptime: configuration.uptime)
        messageBodies = BodyBudget(bytes: configuration.messageBytes)
        partBodies = BodyBudget(bytes: configuration.partBytes)
        unsignedBodies = BodyBudget(bytes: configuration.unsignedBytes)
        calls = BlockingPool(label: "truckroll.calls", threads: configuration.serviceThreads, waiting: configuration.waitingCalls)
        streams = BlockingPool(label: "truckroll.streams", threads: 2, waiting: configuration.maximumConnections)
        files = BlockingPool(label: "truckroll.files", threads: 4, waiting: configuration.maximumConnections)
    }

    /// Answers a request, or throws ``ServiceProblem``.
    func answer(_ endpoint: Endpoint, _ request: Request, _ context: ConnectionContext) async throws -> Response {
        switch endpoint {
        case .health: return text("{\"status\":\"alive\"}")
        case .ready: return try await readiness()
        case .admin(let tenant, let command): return try await admin(command, try service(tenant), request)
        case .enrol(let tenant): return try await enrol(try service(tenant), request)
        case .challenge(let tenant): return try await challenge(try service(tenant), request)
        case .signIn(let tenant): return try await signIn(try service(tenant), request)
        case .replica(let tenant): return try await newReplica(try service(tenant), request)
        case .sync(let tenant):
            return try await message(try service(tenant), request) { (service, body: PBSyncRequest, session) in
                try service.sync(try session.served(body), replica: session.replica)
            }
        case .audit(let tenant):
            return try await message(try service(tenant), request) { (service, body: PBAuditRequest, session) in
                try session.checkMayRead()
                return try service.audit(body, replica: session.replica)
            }
        case .repair(let tenant):
            return try await message(try service(tenant), request) { (service, body: PBRepairRequest, session) in
                try session.checkMayRead()
                return try service.repair(body, replica: session.replica)
            }
        case .availability(let tenant):
            return try await message(try service(tenant), request) { (service, body: PBAvailabilityRequest, session) in
                try session.checkMayRead()
                return try service.availability(body, replica: session.replica)
            }
        case .devices(let tenant):
            return try await message(try service(tenant), request) { (service, _: PBDevicesRequest, session) in
                try session.checkMayRead()
                return try service.devices(for: session.replica)
            }
        case .carry(let tenant):
            return try await message(try service(tenant), request) { (service, body: PBCarryRequest, _) in
                try service.carry(body)
            }
        case .stream(let tenant): return try await stream(try service(tenant), request, context)
        case .attachment(let tenant, let sha256): return try await attachment(sha256, try service(tenant), request, context)
        case .segment(let tenant, let sha256): return try await segment(sha256, try service(tenant), request, context)
        }
    }

    /// The service a path names.
    ///
    /// - Throws: ``ServiceProblem/notFound``, the answer to any unknown path.
    func service(_ name: Endpoint.TenantName) throws(ServiceProblem) -> any TenantService {
        let service =
            switch name {
            case .only: directory.defaultTenant
            case .id(let id): directory.service(of: id)
            }
        guard let service else { throw .notFound }
        return service
    }

    /// A signed message of a device that is still welcome.
    private func message<Body: WireMessage, Reply: WireMessage>(
        _ service: any TenantService, _ request: Request,
        _ call: @escaping @Sendable (any TenantService, Body, SessionRecord) throws -> Reply
    ) async throws -> Response {
        let admitted = try admit(request, at: service)
        let form = try bodyForm(request)
        return try await withBody(of: request, upTo: Limits.requestBytes, from: messageBodies) { bytes in
            guard admitted.digest.matches(bytes) else { throw ServiceProblem.signatureInvalid("Content-Digest is not the body's.") }
            let body = try decode(Body.self, bytes, form)
            let session = admitted.session
            let replyForm = replyForm(request, form)
            let reply = try await calls.run {
                try service.checkActive(session.replica)
                return try call(service, body, session).wire(replyForm)
            }
            return encoded(reply, replyForm)
        }
    }

    private func readiness() async throws -> Response {
        if let obstacle = try await files.run({ [directory] in directory.obstacle() }) { throw obstacle }
        return text("{\"status\":\"ready\"}")
    }

    func text(_ json: String) -> Response { encoded(Array(json.utf8), .json) }

    func encoded(_ bytes: [UInt8], _ form: WireForm) -> Response {
        Response(
            status: .ok, headers: [.contentType: form.mediaType], body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes)))
    }
}
