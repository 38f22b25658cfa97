import Hummingbird
import Logging
import NIOCore
import NIOHTTP1
import TruckrollProtocol

/// The outermost layer: finds the endpoint, turns errors into problem documents, adds the security headers, and logs.
struct Front: HTTPResponder {
    let edge: Edge

    func respond(to request: Request, context: ConnectionContext) async throws -> Response {
        let start = ContinuousClock.now
        let target = RequestTarget(method: request.head.method.rawValue, pathAndQuery: request.head.path ?? "")
        let endpoint = Endpoint(path: target.path)
        var (response, code) = await answer(endpoint, target, request, context)
        Self.secure(&response.headers)
        if request.method == .head { response = response.createHeadResponse() }
        var metadata: Logger.Metadata = [
            "endpoint": .string(endpoint?.label ?? "none"), "method": .string(Self.known(target.method)),
            "status": .stringConvertible(response.status.code), "microseconds": .stringConvertible((.now - start) / .microseconds(1)),
        ]
        if let code { metadata["problem"] = .string(code) }
        context.logger.info("request", metadata: metadata)
        return response
    }

    private func answer(
        _ endpoint: Endpoint?, _ target: RequestTarget, _ request: Request, _ context: ConnectionContext
    ) async -> (Response, problem: String?) {
        do {
            guard let endpoint else { throw ServiceProblem.notFound }
            guard endpoint.methods.contains(target.method) else {
                // An unknown tenant is answered the same, whatever the method.
                try exists(endpoint)
                var (response, code) = refusal(.methodNotAllowed(endpoint.methods), request, context)
                response.headers.set("allow", endpoint.methods.joined(separator: ", "))
                return (response, code)
            }
            return (try await edge.answer(endpoint, request, context), nil)
        } catch let problem as ServiceProblem {
            return refusal(problem, request, context)
        } catch is HTTPParserError {
            // What comes after a body that broke off belongs to nothing.
            return refusal(.malformed("The body breaks off, or is not what the request says of it."), request, context, closing: true)
        } catch let problem as WireProblem {
            context.logger.error("reply", metadata: ["problem": .string(problem.code)])
            return refusal(.internalFault, request, context)
        } catch {
            context.logger.error("fault", metadata: ["type": .string("\(type(of: error))")])
            return refusal(.internalFault, request, context)
        }
    }

    private func exists(_ endpoint: Endpoint) throws(ServiceProblem) {
        switch endpoint {
        case .health, .ready: return
        case .admin(let tenant, _), .enrol(let tenant), .challenge(let tenant), .signIn(let tenant), .sync(let tenant),
            .audit(let tenant), .repair(let tenant), .availability(let tenant), .devices(let tenant), .carry(let tenant), .replica(let tenant),
            .stream(let tenant),
            .attachment(let tenant, _), .segment(let tenant, _):
            _ = try edge.service(tenant)
        }
    }

    private func refusal(
        _ problem: ServiceProblem, _ request: Request, _ context: ConnectionContext, closing: Bool = false
    ) -> (Response, problem: String?) {
        let bytes = (try? problem.document.encoded()) ?? []
        var headers: HTTPFields = [.contentType: ProblemDocument.mediaType]
        if let seconds = problem.retryAfterSeconds { headers.set("retry-after", "\(seconds)") }
        if let offset = problem.offset { headers.set("upload-offset", "\(offset)") }
        for (name, value) in problem.headers { headers.set(name, value) }
        if problem.status == 401 { headers.set("www-authenticate", "Bearer") }
        if closing || Self.hangsUp(after: problem, request) {
            // Say that the rest of the body is not wanted, read it for a moment so that the answer arrives, and hang up.
            headers.set("connection", "close")
            let channel = context.channel
            channel.eventLoop.scheduleTask(in: .seconds(HTTPLimits.lingerSeconds)) { channel.close(promise: nil) }
        }
        let response = Response(
            status: HTTPResponse.Status(code: problem.status), headers: headers,
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes)))
        return (response, problem.code)
    }

    /// Whether a large or endless body may still be under way.
    private static func hangsUp(after problem: ServiceProblem, _ request: Request) -> Bool {
        if [408, 413, 415].contains(problem.status) { return true }
        guard request.method == .post || request.method == .put else { return request.headers.has("transfer-encoding") }
        guard let length = request.headers.single("content-length").flatMap({ Int($0) }) else { return true }
        return length > HTTPLimits.smallBodyBytes
    }

    /// What every answer carries; one that never changes says itself how long it may be kept.
    static let securityHeaders = [
        ("cache-control", "no-store"), ("x-content-type-options", "nosniff"),
        ("content-security-policy", "default-src 'none'; frame-ancestors 'none'"), ("referrer-policy", "no-referrer"),
    ]

    private static func secure(_ headers: inout HTTPFields) {
        for (name, value) in securityHeaders where name != "cache-control" || !headers.has(name) { headers.set(name, value) }
    }

    /// A method as it may stand in a log.
    private static func known(_ method: String) -> String {
        ["GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"].contains(method) ? method : "other"
    }
}
