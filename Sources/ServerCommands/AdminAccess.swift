import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import TruckrollCore
import TruckrollServer
import TruckrollStoreSQLite
import TruckrollTerminal

/// How an operator's command reaches a tenant: over HTTP while a server holds the files, else by opening them.
struct AdminAccess {
    let directory: URL
    var tokenFile: URL { directory.appendingPathComponent("admin.token") }
    private let address: ServerAddress

    init(directory: URL) {
        self.directory = directory
        address = ServerAddress(directory: directory)
    }

    /// Makes the token that local commands show to the running server.
    func prepare() throws -> AdminAccess {
        if !FileManager.default.fileExists(atPath: tokenFile.path) {
            let token = SecureRandom.bytes(32).hexadecimal
            // Of two servers that begin at once on one directory the first one's stands.
            do { try DurableFile.create(Array(token.utf8), at: tokenFile.path) } catch  where !FileManager.default.fileExists(atPath: tokenFile.path)
            {
                throw Failure("\(tokenFile.path) cannot be written.", next: "Check the directory's owner and the free space.")
            } catch {}
        }
        return self
    }

    func announce(host: String, port: Int) throws { try address.announce("http://\(host):\(port)") }
    func withdraw() { address.withdraw() }

    /// Asks the running server; `nil` when none runs here.
    func ask(_ command: String, tenant: TenantID, arguments: [String: String] = [:], within seconds: Int64 = 30) async throws -> JSONValue? {
        guard let address = address.present(), let token = try? String(contentsOf: tokenFile, encoding: .utf8) else { return nil }
        var request = HTTPClientRequest(url: "\(address)/admin/\(tenant)/\(command)")
        request.method = .POST
        request.headers.add(name: "authorization", value: "Bearer \(token)")
        request.headers.add(name: "content-type", value: "application/json")
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        request.body = .bytes(ByteBuffer(bytes: try encoder.encode(arguments)))
        let response: HTTPClientResponse
        do { response = try await HTTPClient.shared.execute(request, timeout: .seconds(seconds)) } catch {
            // The server ended just now.
            return nil
        }
        let body = String(buffer: try await response.body.collect(upTo: 16 << 20))
        let answer = try? JSONValue.parse(body)
        guard response.status == .ok, let answer else {
            throw Failure(
                answer?["detail"]?.stringValue ?? "The server answered \(response.status.code).",
                next: answer?["next"]?.stringValue ?? "See the server's log.", code: answer?["code"]?.stringValue ?? "failed")
        }
        return answer
    }

    /// Runs a command over HTTP, or on the opened files.
    ///
    /// - Parameter seconds: how long a running server may take for it.
    func run(
        _ command: String, options: DataOptions, arguments: [String: String] = [:], within seconds: Int64 = 30, locally: AdminCommand
    ) async throws -> JSONValue {
        // A database server lets commands in beside the server.
        if options.database.url == nil, let answer = try await ask(command, tenant: try options.tenantID(), arguments: arguments, within: seconds) {
            return answer.snakeCased
        }
        let tenant = try options.open()
        defer { try? tenant.close() }
        do { return try JSONValue.parse(try tenant.admin(locally)).snakeCased } catch let problem as ServiceProblem {
            throw Failure(problem.detail, next: problem.next, code: problem.code)
        }
    }
}

extension JSONValue {
    /// The value with the names of its members as all our JSON has them: `needs_attention` for `needsAttention`.
    var snakeCased: JSONValue {
        switch self {
        case .object(let members): .object(members.map { (Self.snakeCased($0.0), $0.1.snakeCased) })
        case .array(let parts): .array(parts.map(\.snakeCased))
        default: self
        }
    }

    private static func snakeCased(_ name: String) -> String {
        name.reduce(into: "") { $0 += $1.isUppercase ? "_\($1.lowercased())" : String($1) }
    }
}
