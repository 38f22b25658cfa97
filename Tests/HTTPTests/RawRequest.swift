import Foundation
import Testing
import TruckrollProtocol

/// A request as bytes, so that a test can send what no client would.
struct RawRequest: Sendable {
    var method = "POST"
    var path: String
    var headers: [(name: String, value: String)] = []
    var body: [UInt8] = []
    /// Bytes announced in Content-Length; `nil` leaves the field out.
    var length: Int? = nil

    init(_ method: String = "POST", _ path: String, type: String? = "application/x-protobuf", body: [UInt8] = []) {
        self.method = method
        self.path = path
        self.body = body
        length = body.count
        if let type { headers.append(("Content-Type", type)) }
    }

    /// The same request with the header fields of a session. The parameters say what to get wrong.
    func signed(
        _ session: PBSignIn, at milliseconds: UInt64, nonce: [UInt8]? = nil, key: [UInt8]? = nil, body other: [UInt8]? = nil,
        target path: String? = nil, method: String? = nil
    ) -> RawRequest {
        var request = self
        let target = RequestTarget(method: method ?? self.method, pathAndQuery: path ?? self.path)
        let nonce = nonce ?? (0..<16).map { _ in UInt8.random(in: 0...255) }
        request.headers += RequestSignature(created: milliseconds / 1000, nonce: nonce).headers(
            target: target, digest: BodyDigest(of: other ?? body), key: key ?? Array(session.macKey))
        request.headers.append(("Authorization", "Bearer \(session.token)"))
        return request
    }

    var bytes: [UInt8] {
        var lines = ["\(method) \(path) HTTP/1.1", "Host: localhost", "Connection: close"]
        if let length { lines.append("Content-Length: \(length)") }
        lines += headers.map { "\($0.name): \($0.value)" }
        return Array((lines.joined(separator: "\r\n") + "\r\n\r\n").utf8) + body
    }

    func send(to server: TestServer) async throws -> RawAnswer { try await RawAnswer.exchange(bytes, port: server.port) }
}

/// What came back, as text.
struct RawAnswer: Sendable {
    let status: Int
    let head: String
    let body: [UInt8]

    var problem: ProblemDocument? { ProblemDocument(decoding: body) }

    /// Sends bytes over a connection of its own, says that no more follow unless it `keepsWriting`, and reads to the end.
    static func exchange(_ bytes: [UInt8], port: Int, keepsWriting: Bool = false) async throws -> RawAnswer {
        let answer = await raw(bytes, port: port, keepsWriting: keepsWriting)
        let text = String(decoding: answer, as: UTF8.self)
        guard let end = text.range(of: "\r\n\r\n") else { return RawAnswer(status: 0, head: "", body: []) }
        let head = String(text[..<end.lowerBound])
        let status = Int(head.split(separator: " ").dropFirst().first ?? "") ?? 0
        return RawAnswer(status: status, head: head.lowercased(), body: Array(answer.dropFirst(head.utf8.count + 4)))
    }

    /// Sends bytes, goes on listening, and gives back all that came until the server hung up.
    static func conversation(_ bytes: [UInt8], port: Int) async throws -> String {
        String(decoding: await raw(bytes, port: port, keepsWriting: true), as: UTF8.self)
    }

    /// Sends bytes and reads until `mark` has come, then hangs up.
    static func beginning(_ bytes: [UInt8], port: Int, until mark: String) async throws -> String {
        String(decoding: await raw(bytes, port: port, keepsWriting: true, until: mark), as: UTF8.self)
    }

    private static func raw(_ bytes: [UInt8], port: Int, keepsWriting: Bool, until mark: String? = nil) async -> [UInt8] {
        await withCheckedContinuation { continuation in
            Thread.detachNewThread {
                continuation.resume(returning: blocking(bytes, port: port, keepsWriting: keepsWriting, until: mark))
            }
        }
    }

    private static func blocking(_ bytes: [UInt8], port: Int, keepsWriting: Bool, until mark: String?) -> [UInt8] {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var limit = timeval(tv_sec: 120, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(port).bigEndian
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        let connected = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard connected == 0 else { return [] }
        var sent = 0
        while sent < bytes.count {
            let count = bytes[sent...].withUnsafeBytes { send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
            guard count > 0 else { break }
            sent += count
        }
        if !keepsWriting { shutdown(descriptor, Int32(SHUT_WR)) }
        var (answer, buffer) = ([UInt8](), [UInt8](repeating: 0, count: 65536))
        while true {
            let count = recv(descriptor, &buffer, buffer.count, 0)
            guard count > 0 else { return answer }
            answer += buffer[..<count]
            if let mark, String(decoding: answer, as: UTF8.self).contains(mark) { return answer }
        }
    }
}
