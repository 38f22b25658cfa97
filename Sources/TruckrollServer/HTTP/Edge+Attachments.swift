import Foundation
import Hummingbird
import Logging
import NIOCore
import TruckrollCore
import TruckrollProtocol

extension Edge {
    /// Attachments are opaque: stored under their hash, never unpacked, never given a type.
    func attachment(
        _ sha256: [UInt8], _ service: any TenantService, _ request: Request, _ context: ConnectionContext
    ) async throws -> Response {
        let file = ContentFile(folder: service.attachmentsFolder, sha256: sha256)
        switch request.method {
        case .put where request.headers.has("content-range"): return try await storePart(of: sha256, in: file, service, request)
        case .put: return try await store(sha256, in: file, service, request)
        default: return try await send(sha256, from: file, service, request, context)
        }
    }

    private func store(
        _ sha256: [UInt8], in file: ContentFile, _ service: any TenantService, _ request: Request
    ) async throws -> Response {
        let admitted = try admit(request, at: service)
        guard !request.headers.has("content-encoding") else { throw ServiceProblem.mediaTypeUnsupported }
        guard admitted.digest.bytes == sha256 else { throw ServiceProblem.attachmentMismatch }
        try refuseAnnounced(request, over: Limits.attachmentBytes)
        let replica = admitted.session.replica
        try await checkWanted(sha256, service, replica)
        // Also when the bytes are here already: only who sends them shows that it has them.
        let isKnown = try await files.run { file.size() != nil }
        let name = "\(file.name).\(configuration.random(8).hexadecimal)"
        let folder = service.attachmentsFolder
        let upload = try await files.run { try AttachmentUpload(folder: folder, name: name) }
        do {
            try await receive(request.body, into: upload)
            guard let size = try await files.run({ try upload.complete(as: file, sha256: sha256) }) else {
                throw ServiceProblem.attachmentMismatch
            }
            try await calls.run { try service.attachmentStored(sha256, size: size, replica: replica) }
        } catch {
            upload.discard()
            throw error
        }
        return Response(status: isKnown ? .noContent : .created)
    }

    /// A part of an attachment, signed like any request by the digest of its own bytes.
    private func storePart(
        of sha256: [UInt8], in file: ContentFile, _ service: any TenantService, _ request: Request
    ) async throws -> Response {
        let admitted = try admit(request, at: service)
        guard !request.headers.has("content-encoding") else { throw ServiceProblem.mediaTypeUnsupported }
        guard let range = request.headers.single("content-range").flatMap({ ContentRange(headerValue: $0) }) else {
            throw ServiceProblem.malformed("Content-Range is bytes FIRST-LAST/TOTAL.")
        }
        guard range.total <= Limits.attachmentBytes else { throw ServiceProblem.bodyTooLarge(limit: Limits.attachmentBytes) }
        guard range.bytes.count <= Limits.attachmentPartBytes else { throw ServiceProblem.bodyTooLarge(limit: Limits.attachmentPartBytes) }
        let (replica, folder, now) = (admitted.session.replica, service.attachmentsFolder, configuration.now())
        try await checkWanted(sha256, service, replica)
        let partials = partials
        let (isKnown, progress) = try await withBody(
            of: request, upTo: Limits.attachmentPartBytes, within: HTTPLimits.attachmentTime, from: partBodies
        ) { bytes in
            guard bytes.count == range.bytes.count else { throw ServiceProblem.malformed("The body is not as long as Content-Range says.") }
            guard admitted.digest.matches(bytes) else { throw ServiceProblem.signatureInvalid("Content-Digest is not the body's.") }
            let part = PartialUploads.Part(bytes: bytes, offset: range.bytes.lowerBound, total: range.total)
            return try await files.run {
                (file.size() != nil, try partials.append(part, of: file, sha256, from: replica, in: folder, now: now))
            }
        }
        switch progress {
        case .wants(let offset):
            var response = Response(status: .accepted)
            response.headers.set("upload-offset", "\(offset)")
            return response
        case .whole(let size):
            try await calls.run { try service.attachmentStored(sha256, size: size, replica: replica) }
            return Response(status: isKnown ? .noContent : .created)
        }
    }

    private func checkWanted(_ sha256: [UInt8], _ service: any TenantService, _ replica: ReplicaID) async throws {
        try await calls.run {
            try service.checkActive(replica)
            guard try service.attachmentWanted(sha256, replica: replica) else {
                throw ServiceProblem(
                    status: 409, code: "attachment-not-wanted", detail: "No record this device sent names the attachment.",
                    next: "Sync the record that names it, then send it again.")
            }
        }
    }

    private func receive(_ body: RequestBody, into upload: AttachmentUpload) async throws {
        let files = files
        try await withDeadline(HTTPLimits.attachmentTime) {
            var (size, pending) = (0, [UInt8]())
            for try await part in body {
                size += part.readableBytes
                guard size <= Limits.attachmentBytes else { throw ServiceProblem.bodyTooLarge(limit: Limits.attachmentBytes) }
                pending += part.readableBytesView
                guard pending.count >= HTTPLimits.fileChunkBytes else { continue }
                let chunk = pending
                pending = []
                try await files.run { try upload.write(chunk) }
            }
            let rest = pending
            try await files.run { try upload.write(rest) }
        }
    }

    private func send(
        _ sha256: [UInt8], from file: ContentFile, _ service: any TenantService, _ request: Request, _ context: ConnectionContext
    ) async throws -> Response {
        let replica = try admitWithoutBody(request, at: service).replica
        let isReadable = try await calls.run {
            try service.checkActive(replica)
            return try service.attachmentReadable(sha256, replica: replica)
        }
        guard isReadable, let size = try await verifiedSize(of: file, service, context) else {
            throw request.method == .head ? .notFound(offset: try await offset(of: sha256, replica, service)) : ServiceProblem.notFound
        }
        var headers = Self.headers(ofBytes: size)
        if request.method == .head {
            headers.set("upload-offset", "\(try await offset(of: sha256, replica, service))")
            return Response(status: .ok, headers: headers)
        }
        return try bytes(of: file, size: size, headers, request)
    }

    static func headers(ofBytes size: Int) -> HTTPFields {
        var headers: HTTPFields = [
            .contentType: "application/octet-stream", .contentDisposition: "attachment", .contentLength: "\(size)",
        ]
        headers.set("accept-ranges", "bytes")
        return headers
    }

    /// The bytes of a file, or the part of them that the request asks for.
    func bytes(of file: ContentFile, size: Int, _ whole: HTTPFields, _ request: Request) throws(ServiceProblem) -> Response {
        var headers = whole
        switch ContentRange.asked(request.headers.single("range"), size: size) {
        case .whole: return Response(status: .ok, headers: headers, body: body(of: file, 0..<size))
        case .nothing: throw .rangeUnsatisfiable(size: size)
        case .part(let range):
            headers.set("content-range", range.headerValue)
            headers.set("content-length", "\(range.bytes.count)")
            return Response(status: .partialContent, headers: headers, body: body(of: file, range.bytes))
        }
    }

    private func body(of file: ContentFile, _ range: Range<Int>) -> ResponseBody {
        let files = files
        return ResponseBody(contentLength: range.count) { writer in
            let handle = try await files.run {
                let handle = try FileHandle(forReadingFrom: URL(fileURLWithPath: file.path))
                try handle.seek(toOffset: UInt64(range.lowerBound))
                return handle
            }
            defer { try? handle.close() }
            var left = range.count
            while left > 0 {
                let count = min(left, HTTPLimits.fileChunkBytes)
                guard let chunk = try await files.run({ try handle.read(upToCount: count) }), !chunk.isEmpty else { break }
                left -= chunk.count
                try await writer.write(ByteBuffer(bytes: chunk))
            }
            try await writer.finish(nil)
        }
    }

    private func offset(of sha256: [UInt8], _ replica: ReplicaID, _ service: any TenantService) async throws -> Int {
        let (partials, folder) = (partials, service.attachmentsFolder)
        return try await files.run { partials.offset(of: sha256, from: replica, in: folder) }
    }
}

extension Edge {
    /// Bytes in the file, once they are known to have their hash; `nil` when it is not there.
    private func verifiedSize(of file: ContentFile, _ service: any TenantService, _ context: ConnectionContext) async throws -> Int? {
        let (verified, now) = (verified, configuration.now())
        do { return try await files.run { try verified.size(of: file, now: now) } } catch let problem as ServiceProblem
            where problem == .attachmentDamaged
        {
            context.logger.error("attachment damaged", metadata: ["tenant": "\(service.tenant)", "sha256": "\(file.name)"])
            throw problem
        }
    }
}

extension ServiceProblem {
    /// ``notFound`` as the answer to HEAD, which also tells how far the caller's own upload came.
    static func notFound(offset: Int) -> ServiceProblem {
        ServiceProblem(status: notFound.status, code: notFound.code, detail: notFound.detail, next: notFound.next, offset: offset)
    }

    static func rangeUnsatisfiable(size: Int) -> ServiceProblem {
        ServiceProblem(
            status: 416, code: "range-unsatisfiable", detail: "There are \(size) bytes.",
            next: "Ask for bytes below that, or for all of it.",
            offset: nil, headers: ["content-range": "bytes */\(size)"])
    }

    static let attachmentMismatch = ServiceProblem(
        status: 422, code: "attachment-mismatch", detail: "The bytes do not have the SHA-256 of the address.",
        next: "Read the file again and send it under its own hash.")
}
