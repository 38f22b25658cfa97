import Foundation
import Testing
import TruckrollClient
import TruckrollCore
import TruckrollDomain
import TruckrollProtocol
import TruckrollServer
import TruckrollSync

/// More at once than a server can hold.
@Suite("A flood of requests", .serialized)
struct FloodTests {
    private let server: ServerProcess
    private let directory: URL
    private let femke: Tablet

    init() throws {
        // For this process and for the servers it starts.
        var limit = rlimit()
        getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        limit.rlim_cur = limit.rlim_max
        setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        server = try ServerProcess()
        try server.start()
        directory = try ServerProcess.directory()
        femke = try Tablet("P0101", of: server, in: directory)
    }

    /// A connection over which a test sends what it likes.
    private final class Connection {
        private let descriptor: Int32
        /// Whether the other side has ended it.
        private(set) var isClosed = false

        init(port: Int) throws {
            descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
            try #require(descriptor >= 0, "no more sockets")
            var address = sockaddr_in()
            address.sin_family = sa_family_t(AF_INET)
            address.sin_port = UInt16(port).bigEndian
            address.sin_addr.s_addr = inet_addr("127.0.0.1")
            let isConnected = withUnsafePointer(to: &address) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0 }
            }
            try #require(isConnected)
            // Who is not read from goes on with the next.
            var patience = timeval(tv_sec: 2, tv_usec: 0)
            setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
            setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
        }

        deinit { close(descriptor) }

        func put(_ bytes: [UInt8]) {
            var rest = bytes[...]
            while !rest.isEmpty {
                let sent = rest.withUnsafeBytes { send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
                guard sent > 0 else { return }
                rest = rest.dropFirst(sent)
            }
        }

        /// All that comes until the other side ends the connection.
        func wholeAnswer() -> [UInt8] {
            var (answer, buffer) = ([UInt8](), [UInt8](repeating: 0, count: 4096))
            while case let count = recv(descriptor, &buffer, buffer.count, 0), count > 0 { answer += buffer.prefix(count) }
            return answer
        }

        /// The status that has come, `nil` where none has.
        func status(waiting: Bool = false) -> Int? {
            var buffer = [UInt8](repeating: 0, count: 4096)
            let count = recv(descriptor, &buffer, buffer.count, waiting ? 0 : Int32(MSG_DONTWAIT))
            isClosed = count == 0 || count < 0 && errno == ECONNRESET
            guard count > 0 else { return nil }
            return Int(String(decoding: buffer.prefix(count), as: UTF8.self).split(separator: " ").dropFirst().first ?? "")
        }
    }

    /// The head of a request that announces a body.
    private func head(_ path: String, _ length: Int, _ headers: [(name: String, value: String)] = []) -> [UInt8] {
        let lines = ["POST \(path) HTTP/1.1", "Host: localhost", "Content-Type: application/x-protobuf", "Content-Length: \(length)"]
        return Array(((lines + headers.map { "\($0.name): \($0.value)" }).joined(separator: "\r\n") + "\r\n\r\n").utf8)
    }

    /// A session of the device, and its tenant. Without waiting for anybody else's turn: a nonce is good for a minute.
    private func signIn() throws -> (PBSignIn, TenantID) {
        let identity = try #require(try femke.read { try $0.read { try $0.identity() } })
        let key = try #require(SigningKey(rawRepresentation: identity.privateKey))
        var question = PBChallengeRequest()
        question.device = data(identity.device.bytes)
        let challenge: PBChallenge = try ask("/v1/\(identity.tenant)/session/challenge", question)
        var proof = PBSignInRequest()
        proof.device = question.device
        proof.replica = identity.replica.rawValue
        proof.nonce = challenge.nonce
        proof.signature = data(
            try key.signature(over: SignInProof.bytes(nonce: Array(challenge.nonce), device: identity.device, replica: identity.replica)))
        return (try ask("/v1/\(identity.tenant)/session", proof), identity.tenant)
    }

    private func ask<Answer: WireMessage>(_ path: String, _ question: some WireMessage) throws -> Answer {
        let (connection, bytes) = (try Connection(port: server.port), try question.wire(.protobuf))
        connection.put(head(path, bytes.count, [("Connection", "close")]) + bytes)
        let answer = connection.wholeAnswer()
        let end = try #require(answer.firstRange(of: Array("\r\n\r\n".utf8)))
        return try Answer(wire: Array(answer[end.upperBound...]), form: .protobuf)
    }

    @Test("bodies of the largest size that do not end, on ever more connections, take no more memory than the server's limits say, and others go on")
    func bodies() throws {
        defer { try? FileManager.default.removeItem(at: directory) }
        // A body may lie in memory as it came, beside it in an array that grows to twice as much, and as what was read of it. The rest is
        // for the program, its connections and its database.
        let bound = 4 * HTTPConfiguration(host: "", port: 0).bodyMemory + 256 << 20
        let (session, tenant) = try signIn()
        let path = "/v1/\(tenant)/sync"
        let digest = BodyDigest(of: [])
        let body = [UInt8](repeating: 7, count: Limits.requestBytes - 1)
        var flood: [Connection] = []
        func signedHead() -> [UInt8] {
            let nonce = (0..<RequestSignature.nonceBytes).map { _ in UInt8.random(in: 0...255) }
            let headers = RequestSignature(created: UInt64(Date().timeIntervalSince1970), nonce: nonce).headers(
                target: RequestTarget(method: "POST", pathAndQuery: path), digest: digest, key: Array(session.macKey))
            return head(path, Limits.requestBytes, headers + [("Authorization", "Bearer \(session.token)")])
        }
        // More than the bound in all, if each were kept with room for it to grow. In all not more than some 1,200: Foundation reads beyond a
        // buffer of its own when it starts a process while some 1,360 descriptors are open.
        for _ in 0..<900 {
            let connection = try Connection(port: server.port)
            connection.put(signedHead() + body)
            flood.append(connection)
        }
        // Nobody has vouched for these.
        let challenge = "/v1/\(tenant)/session/challenge"
        for _ in 0..<250 {
            let connection = try Connection(port: server.port)
            connection.put(head(challenge, 60_000) + body.prefix(59_999))
            flood.append(connection)
        }
        var (held, refused) = (0, 0)
        for connection in flood {
            let status = connection.status()
            if status == nil, !connection.isClosed { held += 1 } else { refused += 1 }
            #expect(status == nil || status == 503)
        }
        #expect(held > 50 && refused > 50, "\(held) held, \(refused) refused")

        // Meanwhile: who asks little is answered, and so are many at once, or told to come again.
        #expect(try server.readiness().contains(" 200 "))
        try femke.does("note", "000001", "in the flood")
        try femke.does("sync")
        var question = PBChallengeRequest()
        question.device = data([UInt8](repeating: 1, count: 16))
        let asked = try question.wire(.protobuf)
        let many = try (0..<1000).map { _ in
            let connection = try Connection(port: server.port)
            connection.put(head(challenge, asked.count) + asked)
            return connection
        }
        let answers = many.map { $0.status(waiting: true) }
        #expect(answers.allSatisfy { $0 == 200 || $0 == 503 } && answers.contains(200))

        let peak = try server.peakMemory()
        print("The server had \(peak >> 20) MiB at most; its limits allow \(bound >> 20) MiB.")
        #expect(peak < bound)
        #expect(server.isRunning)

        // When they are gone, there is room for a large one again.
        flood = []
        for number in 0..<8 { try femke.does("note", "000001", "\(number) " + String(repeating: "long ", count: 500)) }
        let end = ContinuousClock.now + .seconds(120)
        while try femke.tries("sync").status != 0 { try #require(ContinuousClock.now < end, "a large push is still refused") }
        #expect(try Tablet("P0101", of: server, in: directory, named: "fresh").notes(on: "000001").count == 9)
    }
}
