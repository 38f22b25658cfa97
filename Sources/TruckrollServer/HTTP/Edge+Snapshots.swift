import Hummingbird
import Logging
import TruckrollCore
import TruckrollProtocol

extension Edge {
    /// A segment of a snapshot: its bytes never change, so that whoever has some of them asks for the rest only.
    func segment(
        _ sha256: [UInt8], _ service: any TenantService, _ request: Request, _ context: ConnectionContext
    ) async throws -> Response {
        let session = try admitWithoutBody(request, at: service)
        let isReadable = try await calls.run {
            try service.checkActive(session.replica)
            try session.checkMayRead()
            return try service.segmentReadable(sha256, replica: session.replica)
        }
        let file = ContentFile(folder: service.snapshotsFolder, sha256: sha256)
        guard isReadable, let size = try await soundSize(of: file, service, context) else { throw ServiceProblem.snapshotGone }
        var headers = Self.headers(ofBytes: size)
        headers.set("etag", "\"\(file.name)\"")
        headers.set("cache-control", "private, max-age=31536000, immutable")
        return try bytes(of: file, size: size, headers, request)
    }

    /// Bytes in the file; one that the disk has changed goes, as it can be made again.
    private func soundSize(of file: ContentFile, _ service: any TenantService, _ context: ConnectionContext) async throws -> Int? {
        let (verified, now) = (verified, configuration.now())
        do { return try await files.run { try verified.size(of: file, now: now) } } catch let problem as ServiceProblem
            where problem == .attachmentDamaged
        {
            context.logger.error("segment damaged", metadata: ["tenant": "\(service.tenant)", "sha256": "\(file.name)"])
            try await files.run { try file.remove() }
            return nil
        }
    }
}

extension ServiceProblem {
    static let snapshotGone = ServiceProblem(
        status: 404, code: "snapshot-gone", detail: "The server does not keep this segment any more.",
        next: "Begin the filling anew and take the present snapshot.")
}
