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
        let file = AttachmentFile(folder: service.attachmentsFolder, sha256: sha256)
        switch request.method {
        case .put: return try await store(sha256, in: file, service, request)
        default: return try await send(sha256, from: file, service, request, context)
        }
    }

    private func store(
        _ sha256: [UInt8], in file: AttachmentFile, _ service: any TenantService, _ request: Request
    ) async throws -> Response {
        let admitted = try admit(request, at: service)
        guard !request.headers.has("content-encoding"), !request.headers.has("content-range") else {
            throw ServiceProblem.mediaTypeUnsupported
        }
        guard admitted.digest.bytes == sha256 else { throw ServiceProblem.attachmentMismatch }
        try refuseAnnounced(request, over: Limits.attachmentBytes)
        let replica = admitted.session.replica
        try await calls.run {
            try service.checkActive(replica)
            guard try service.attachmentWanted(sha256, replica: replica) else {
                throw ServiceProblem(
                    status: 409, code: "attachment-not-wanted", detail: "No record this device sent names the attachment.",
                    next: "Sync the record that names it, then send it again.")
            }
        }
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
        _ sha256: [UInt8], from file: AttachmentFile, _ service: any TenantService, _ request: Request, _ context: ConnectionContext
    ) async throws -> Response {
        let replica = try admitWithoutBody(request, at: service).replica
        let isReadable = try await calls.run {
            try service.checkActive(replica)
            return try service.attachmentReadable(sha256, replica: replica)
        }
        guard isReadable, let size = try await verifiedSize(of: file, service, context) else { throw ServiceProblem.notFound }
        let headers: HTTPFields = [
            .contentType: "application/octet-stream", .contentDisposition: "attachment", .contentLength: "\(size)",
        ]
        if request.method == .head { return Response(status: .ok, headers: headers) }
        let files = files
        return Response(
            status: .ok, headers: headers,
            body: ResponseBody(contentLength: size) { writer in
                let handle = try await files.run { try FileHandle(forReadingFrom: URL(fileURLWithPath: file.path)) }
                defer { try? handle.close() }
                while let chunk = try await files.run({ try handle.read(upToCount: HTTPLimits.fileChunkBytes) }), !chunk.isEmpty {
                    try await writer.write(ByteBuffer(bytes: chunk))
                }
                try await writer.finish(nil)
            })
    }
}

extension Edge {
    /// Bytes in the file, once they are known to have their hash; `nil` when it is not there.
    private func verifiedSize(of file: AttachmentFile, _ service: any TenantService, _ context: ConnectionContext) async throws -> Int? {
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
    static let attachmentMismatch = ServiceProblem(
        status: 422, code: "attachment-mismatch", detail: "The bytes do not have the SHA-256 of the address.",
        next: "Read the file again and send it under its own hash.")
}
