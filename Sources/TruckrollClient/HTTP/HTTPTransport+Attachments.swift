import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import TruckrollCore
import TruckrollProtocol

/// Attachments over HTTP: small ones in one request, larger ones in parts that go on where they stopped
/// (Protocol/10-attachments-stream-http.md, 10.14 on).
extension HTTPTransport {
    /// The longest an attachment, or one part of it, may take: the largest one at 75 kB a second.
    private static let attachmentTime: TimeAmount = .minutes(15)
    /// How often the server may name another byte to go on from, without any part between, before that is no server of ours.
    private static let detours = 3

    public func putAttachment(
        sha256: [UInt8], content: AttachmentContent, onProgress: (@Sendable (_ sent: Int) -> Void)?
    ) async throws {
        let target = try target(sha256, "PUT")
        let source = try AttachmentSource(content)
        var size = UploadPartSize()
        guard source.size > size.bytes else {
            guard try await put(try source.bytes(0..<source.size), to: target, nil) == .whole else {
                throw TransportProblem.notTruckroll("it wants more of an attachment than there is")
            }
            onProgress?(source.size)
            return
        }
        var (offset, detours) = (try await uploadOffset(sha256), 0)
        while true {
            // What is there is longer than the attachment: it is something else, and begins anew.
            if offset >= source.size { offset = 0 }
            onProgress?(offset)
            let range = offset..<min(source.size, offset + size.bytes)
            let begun = now()
            do {
                switch try await put(try source.bytes(range), to: target, ContentRange(bytes: range, total: source.size)) {
                case .whole:
                    onProgress?(source.size)
                    return
                case .wants(let next):
                    guard next > offset else { throw TransportProblem.notTruckroll("an upload that does not go on") }
                    (offset, detours) = (next, 0)
                    size.note(milliseconds: now() > begun ? now() - begun : 0)
                }
            } catch TransportProblem.problem(let document) where document.code == "attachment-offset" {
                // Somebody else's part of it, or one whose answer was lost.
                guard let expected = document.offset, expected >= 0, detours < Self.detours else { throw TransportProblem.problem(document) }
                (offset, detours) = (expected, detours + 1)
            }
        }
    }

    public func hasAttachment(sha256: [UInt8]) async throws -> Bool {
        do {
            let response = try await head(sha256)
            try Exchange.expect("application/octet-stream", in: response)
            return true
        } catch TransportProblem.problem(let document) where document.status == 404 {
            return false
        }
    }

    public func getAttachment(sha256: [UInt8]) async throws -> [UInt8] {
        let target = try target(sha256, "GET")
        let bytes = try await channel.run(target, .empty) { [exchange] headers in
            let response = try await exchange.send("GET", target.path, headers: headers, body: nil, time: Self.attachmentTime)
            try Exchange.expect("application/octet-stream", in: response)
            return try await Exchange.collect(response, upTo: Limits.attachmentBytes)
        }
        guard BodyDigest(sha256: sha256)?.matches(bytes) == true else { throw Self.otherBytes }
        return bytes
    }

    public func fetchAttachment(sha256: [UInt8], into path: String) async throws {
        let target = try target(sha256, "GET")
        let partial = PartialDownload(path: path + ".fetch")
        // Once from where the last attempt stopped; should that be the beginning of something else, once from the start.
        for _ in 0..<2 {
            let start = partial.size
            try await receive(target, into: partial, from: start, limit: Limits.attachmentBytes)
            if try partial.hash() == sha256 {
                try partial.move(to: path)
                return
            }
            partial.remove()
            guard start > 0 else { break }
        }
        throw Self.otherBytes
    }

    private static var otherBytes: TransportProblem { .notTruckroll("an attachment with other bytes than its hash says") }

    // MARK: Requests

    private enum Progress: Sendable, Equatable {
        case whole
        case wants(Int)
    }

    private func put(_ bytes: [UInt8], to target: RequestTarget, _ range: ContentRange?) async throws -> Progress {
        try await channel.run(target, BodyDigest(of: bytes)) { [exchange] headers in
            let more = [("Content-Type", "application/octet-stream")] + (range.map { [("Content-Range", $0.headerValue)] } ?? [])
            let response = try await exchange.send(
                "PUT", target.path, headers: headers + more, body: BodyPieces.body(bytes), time: Self.attachmentTime)
            switch response.status.code {
            case 201, 204: return .whole
            case 202:
                guard let next = Self.offset(in: response) else { throw TransportProblem.notTruckroll("status 202 for an attachment") }
                return .wants(next)
            default: throw TransportProblem.notTruckroll("status \(response.status.code) for an attachment")
            }
        }
    }

    /// How many bytes of it the server has from this device.
    private func uploadOffset(_ sha256: [UInt8]) async throws -> Int {
        do { return Self.offset(in: try await head(sha256)) ?? 0 } catch TransportProblem.problem(let document) where document.status == 404 {
            return document.offset ?? 0
        }
    }

    private func head(_ sha256: [UInt8]) async throws -> HTTPClientResponse {
        let target = try target(sha256, "HEAD")
        return try await channel.run(target, .empty) { [exchange] headers in
            try await exchange.send("HEAD", target.path, headers: headers, body: nil, time: .seconds(60))
        }
    }

    private static func offset(in response: HTTPClientResponse) -> Int? { Exchange.offset(in: response) }

    /// Receives what is behind the first bytes of a file that never changes.
    func receive(_ target: RequestTarget, into partial: PartialDownload, from start: Int, limit: Int) async throws {
        let response = try await channel.run(target, .empty) { [exchange] headers in
            let range = start == 0 ? [] : [("Range", "bytes=\(start)-")]
            do {
                return try await exchange.send("GET", target.path, headers: headers + range, body: nil, time: Self.attachmentTime)
                    as HTTPClientResponse?
            } catch TransportProblem.problem(let document) where document.status == 416 {
                // Everything is here already, or what is here is longer.
                return nil
            }
        }
        guard let response else { return }
        try Exchange.expect("application/octet-stream", in: response)
        let isRest = response.status.code == 206
        if isRest {
            let range = response.headers.first(name: "content-range").flatMap { ContentRange(headerValue: $0) }
            guard range?.bytes.lowerBound == start else { throw TransportProblem.notTruckroll("another part than was asked for") }
        }
        let handle = try partial.open(keeping: isRest ? start : 0)
        defer { try? handle.close() }
        var size = isRest ? start : 0
        try await Exchange.translating {
            for try await part in response.body {
                size += part.readableBytes
                guard size <= limit else { throw TransportProblem.notTruckroll("more bytes than there may be") }
                try handle.write(contentsOf: Data(part.readableBytesView))
            }
        }
    }

    func target(_ sha256: [UInt8], _ method: String, in folder: String = "attachments") throws -> RequestTarget {
        guard sha256.count == 32 else {
            throw TransportProblem.problem(
                ProblemDocument(
                    status: 400, code: "malformed", detail: "A SHA-256 has 32 bytes.", next: "Name the bytes by their hash."))
        }
        return RequestTarget(method: method, pathAndQuery: exchange.path("\(folder)/\(sha256.hexadecimal)"))
    }
}
