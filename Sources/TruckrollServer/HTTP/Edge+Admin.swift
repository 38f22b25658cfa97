import Foundation
import Hummingbird
import TruckrollProtocol

extension Edge {
    /// Does what the operator asks. Without a token file there is nothing here.
    func admin(_ name: String, _ service: any TenantService, _ request: Request) async throws -> Response {
        guard let adminToken else { throw ServiceProblem.notFound }
        let scheme = "Bearer "
        guard let authorization = request.headers.single("authorization"), authorization.utf8.starts(with: scheme.utf8),
            ConstantTime.equal(
                BodyDigest(of: Array(authorization.utf8.dropFirst(scheme.utf8.count))).bytes, BodyDigest(of: adminToken).bytes)
        else {
            throw ServiceProblem(
                status: 401, code: "admin-token-required", detail: "This is for the operator.",
                next: "Send the token of the server's token file as Authorization: Bearer.")
        }
        let command = try await withBody(of: request, upTo: HTTPLimits.smallBodyBytes, from: unsignedBodies) {
            try AdminCommand(name: name, body: $0)
        }
        return text(try await calls.run { try service.admin(command) })
    }
}

extension AdminCommand {
    /// Reads a command from its name in the path and its arguments in the body, a flat JSON object of texts.
    init(name: String, body: [UInt8]) throws(ServiceProblem) {
        switch name {
        case "enrolment-code": self = .enrolmentCode(user: try Self.argument("user", of: body))
        case "revoke":
            self = .revoke(device: try Self.argument("device", of: body), evenIfUnknown: try Self.optional("even_if_unknown", of: body) == "yes")
        case "status": self = .status
        case "devices": self = .devices
        case "attention": self = .attention
        case "settle": self = .settle
        case "check": self = .check
        case "release": self = .release(set: try Self.argument("set", of: body))
        default: throw .notFound
        }
    }

    private static func argument(_ name: String, of body: [UInt8]) throws(ServiceProblem) -> String {
        guard let value = try optional(name, of: body) else { throw .malformed("The body is a JSON object with the text \"\(name)\".") }
        return value
    }

    private static func optional(_ name: String, of body: [UInt8]) throws(ServiceProblem) -> String? {
        do { try StrictJSON.check(body) } catch { throw .malformed(error.description) }
        guard let arguments = try? JSONDecoder().decode([String: String].self, from: Data(body)) else {
            throw .malformed("The body is a JSON object of texts.")
        }
        return arguments[name]
    }
}
