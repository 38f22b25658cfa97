import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import TruckrollCore
import TruckrollProtocol

/// One request and its answer, with every failure told as ``TransportProblem``.
struct Exchange: Sendable {
    let client: HTTPClient
    /// Scheme and host, without a slash at the end.
    let origin: String
    /// The path in front of every endpoint: `/v1/<tenant>/`.
    let prefix: String

    /// The longest a message may take altogether, beside what its body takes on a slow line; what hangs earlier is ended by the idle
    /// timeout.
    private static let messageSeconds: Int64 = 600
    /// The longest answer that is read into memory: a pull of many records.
    private static let replyBytes = 64 << 20
    private static let problemBytes = 64 << 10

    /// The path of an endpoint.
    func path(_ endpoint: String) -> String { prefix + endpoint }

    /// Posts a message and reads the answer.
    func message<Body: WireMessage, Reply: WireMessage>(
        _ endpoint: String, _ body: Body, headers: [(name: String, value: String)]
    ) async throws -> Reply {
        try await message(endpoint, bytes: try body.wire(.protobuf), headers: headers)
    }

    /// ``message(_:_:headers:)`` with a body already encoded.
    func message<Reply: WireMessage>(
        _ endpoint: String, bytes: [UInt8], headers: [(name: String, value: String)]
    ) async throws -> Reply {
        let form = WireForm.protobuf
        let response = try await send(
            "POST", path(endpoint), headers: headers + [("Content-Type", form.mediaType), ("Accept", form.mediaType)],
            body: BodyPieces.body(bytes), time: .seconds(Self.messageSeconds + Int64(bytes.count / Limits.slowestBytesPerSecond)))
        try Self.expect(form.mediaType, in: response)
        let reply = try await Self.collect(response, upTo: Self.replyBytes)
        do { return try Reply(wire: reply, form: form) } catch {
            throw TransportProblem.notTruckroll("the answer cannot be read: \(error.detail)")
        }
    }

    /// Sends a request and returns the answer to it when it is a success.
    ///
    /// - Throws: ``TransportProblem``; a refusal is read to its end.
    func send(
        _ method: String, _ pathAndQuery: String, headers: [(name: String, value: String)], body: HTTPClientRequest.Body?,
        time: TimeAmount
    ) async throws -> HTTPClientResponse {
        var request = HTTPClientRequest(url: origin + pathAndQuery)
        request.method = HTTPMethod(rawValue: method)
        for header in headers { request.headers.add(name: header.name, value: header.value) }
        request.headers.add(name: "User-Agent", value: "truckroll/1")
        request.body = body
        let sent = request
        let response = try await Self.translating { try await client.execute(sent, timeout: time) }
        guard (200..<300).contains(response.status.code) else {
            throw await Self.problem(of: response, toHead: method == "HEAD")
        }
        return response
    }

    /// Refuses an answer of another media type, such as the page of a captive portal.
    static func expect(_ mediaType: String, in response: HTTPClientResponse) throws {
        let type = response.headers.first(name: "content-type") ?? "no content type"
        guard type.prefix(while: { $0 != ";" }).lowercased() == mediaType else {
            throw TransportProblem.notTruckroll("status \(response.status.code) with \(type)")
        }
    }

    static func collect(_ response: HTTPClientResponse, upTo limit: Int) async throws -> [UInt8] {
        try await translating { Array(try await response.body.collect(upTo: limit).readableBytesView) }
    }

    /// How many bytes of an upload the server has.
    static func offset(in response: HTTPClientResponse) -> Int? { response.headers.first(name: "upload-offset").flatMap { Int($0) } }

    private static func problem(of response: HTTPClientResponse, toHead: Bool) async -> any Error {
        do {
            try expect(ProblemDocument.mediaType, in: response)
            // An answer to HEAD has the type of the document and not the document.
            if toHead {
                return TransportProblem.problem(
                    ProblemDocument(
                        status: Int(response.status.code), code: response.status.code == 404 ? "not-found" : "refused",
                        detail: "The server answered \(response.status.code).", next: "Ask with GET for the reason.",
                        offset: offset(in: response)))
            }
            guard let document = ProblemDocument(decoding: try await collect(response, upTo: problemBytes)) else {
                return TransportProblem.notTruckroll("status \(response.status.code) with a document that cannot be read")
            }
            return TransportProblem.problem(document)
        } catch { return error }
    }

    /// Tells the library's errors in our words.
    static func translating<Value>(_ work: () async throws -> Value) async throws -> Value {
        do { return try await work() } catch let problem as TransportProblem {
            throw problem
        } catch let error as HTTPClientError {
            switch error {
            case .cancelled where Task.isCancelled: throw CancellationError()
            case .readTimeout, .writeTimeout, .deadlineExceeded: throw TransportProblem.timeout
            default: throw TransportProblem.offline(Unreachable.words(error), detail: error.shortDescription)
            }
        } catch is CancellationError {
            throw CancellationError()
        } catch let error as CocoaError {
            // A file of this device, not the network.
            throw error
        } catch is NIOTooManyBytesError {
            throw TransportProblem.notTruckroll("the answer is larger than any of Truckroll's")
        } catch { throw TransportProblem.offline(Unreachable.words(error), detail: "\(error)") }
    }
}
