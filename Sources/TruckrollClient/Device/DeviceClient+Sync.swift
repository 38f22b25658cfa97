import Foundation
import TruckrollCore
import TruckrollDomain
import TruckrollProtocol
import TruckrollStoreSQL
import TruckrollSync

/// How far the attachments of one sync are.
public struct UploadProgress: Hashable, Sendable {
    /// At the server.
    public let bytes: Int
    /// Of all that wait.
    public let total: Int
}

extension DeviceClient {
    /// Brings an attachment that others recorded onto this device, from where an earlier attempt stopped.
    ///
    /// - Returns: the file, whose bytes have the hash.
    public func fetchAttachment(_ sha256: [UInt8]) async throws -> URL {
        let file = attachments.url(sha256)
        if try attachments.read(sha256) != nil { return file }
        try await withTransport { transport, _ in try await transport.fetchAttachment(sha256: sha256, into: file.path) }
        return file
    }

    /// Sends what is in the outbox, brings in what changed, and uploads attachments, until nothing is left to do.
    ///
    /// - Throws: ``TransportProblem`` when there is no way to the server; then nothing is lost and nothing is half applied.
    ///   ``DeviceProblem`` `answers-not-kept` when the disk is full and the outbox was sent all the same.
    ///
    /// - Parameters:
    ///   - onReply: is told after each reply how far the sync is.
    ///   - onUpload: is told how far the attachments are that this sync sends.
    @discardableResult
    public func sync(
        onReply: (@Sendable (SyncReport) -> Void)? = nil, onUpload: (@Sendable (UploadProgress) -> Void)? = nil
    ) async throws -> SyncReport {
        do { return try await sync(.sync, onReply, onUpload) } catch let problem as StoreProblem
            where ["store-disk-full", "store-io"].contains(problem.code)
        {
            try await sendWithoutWriting(after: problem)
            throw problem
        }
    }

    /// A disk that takes no writes keeps no answer, but what waits can still reach the server.
    ///
    /// - Throws: ``DeviceProblem`` `answers-not-kept` when it has, or the reason why it has not.
    private func sendWithoutWriting(after problem: StoreProblem) async throws {
        let requests = try engine.requestsWithoutWriting()
        guard !requests.isEmpty else { return }
        let sent = try await withTransport { transport, _ in
            try await transport.open()
            var sent = 0
            for request in requests {
                let reply = try await transport.sync(request)
                sent += reply.receipts.count
                if reply.receipts.count < request.push.count { break }
            }
            return sent
        }
        guard sent > 0 else { return }
        throw DeviceProblem(
            "answers-not-kept", "This disk takes no writes. The server has \(sent) of your change sets, and its answers could not be kept here.",
            next: "Free some space and sync again; nothing is taken twice.")
    }

    private func sync(
        _ purpose: SyncConversation.Purpose, _ onReply: (@Sendable (SyncReport) -> Void)?, _ onUpload: (@Sendable (UploadProgress) -> Void)?
    ) async throws -> SyncReport {
        let shown = try textsShown()
        defer { remember(shown) }
        let report = try await syncOnce(purpose, onReply, onUpload)
        guard report.newReplica != nil else { return report }
        // The work goes on under the new number, with a sign-in of its own.
        var whole = try await syncOnce(purpose, onReply, onUpload)
        whole.newReplica = report.newReplica
        return whole
    }

    private func syncOnce(
        _ purpose: SyncConversation.Purpose, _ onReply: (@Sendable (SyncReport) -> Void)?, _ onUpload: (@Sendable (UploadProgress) -> Void)?
    ) async throws -> SyncReport {
        try await withTransport { transport, _ in
            let conversation: SyncConversation
            do { conversation = try await hold(SyncConversation(engine, purpose: purpose), over: transport, onReply) } catch TransportProblem.problem(
                let document)
                where document.code == "upgrade-required"
            {
                // What this device holds is still taken, attachments too.
                _ = try await sendAttachments(transport, onUpload)
                throw TransportProblem.upgradeRequired
            }
            var report = conversation.report
            if report.newReplica == nil { report.attachmentsSent += try await sendAttachments(transport, onUpload) }
            if let versions = await transport.versions(), versions.isTooOld(Limits.protocolVersion) { throw TransportProblem.upgradeRequired }
            return report
        }
    }

    /// Carries the conversation's messages until it is over.
    private func hold(
        _ begun: SyncConversation, over transport: any SyncTransport, _ onReply: (@Sendable (SyncReport) -> Void)? = nil
    ) async throws -> SyncConversation {
        // A set counts as sent from the moment a request is made of it: not before there is somebody to send it to.
        try await transport.open()
        var conversation = begun
        while let request = try conversation.next() {
            let sentAt = machineClock()
            let reply: SyncConversation.Reply
            do { reply = try await answer(to: request, over: transport) } catch let problem as TransportProblem
                where problem.isOfSlowLine && conversation.sendLess()
            {
                continue
            }
            // Whatever comes after it, the offset that was kept goes with its reading.
            defer { goOnFromReading() }
            try conversation.receive(reply, sentAt: sentAt, receivedAt: machineClock(), clockReading: clockReading())
            onReply?(conversation.report)
        }
        return conversation
    }

    private func answer(to request: SyncConversation.Request, over transport: any SyncTransport) async throws -> SyncConversation.Reply {
        switch request {
        case .sync(var request):
            request.report.clock = UInt64(clamping: machineClock())
            request.report.software = "truckroll \(SoftwareRelease.version)"
            return .sync(try await transport.sync(request))
        case .audit(let request): return .audit(try await transport.audit(request))
        case .repair(let request): return .repair(try await transport.repair(request))
        case .newReplica(let request): return .newReplica(try await transport.newReplica(request))
        case .carry(let request): return .carry(try await transport.carry(request))
        case .segment(let name): return .segment(try await segments.fetch(name, over: transport))
        }
    }

    /// Compares every scope with the server's digests, after a sync has brought both to one position.
    ///
    /// - Parameters:
    ///   - repairing: whether to fetch again what differs.
    ///   - onReply: is told how far the sync before it is.
    public func audit(repairing: Bool, onReply: (@Sendable (SyncReport) -> Void)? = nil) async throws -> AuditReport {
        // A sync makes anew what is shown of the outbox: what was wrong with it is looked at before.
        let before = try engine.derivedDamage()
        _ = try await sync(.syncBeforeAudit, onReply, nil)
        return try await withTransport { transport, _ in
            let conversation = try await hold(SyncConversation(engine, purpose: .audit(repairing: repairing)), over: transport)
            guard let audit = conversation.audit else {
                throw DeviceProblem("audit-missing", "The server compared nothing.", next: "Sync, then audit again.")
            }
            return audit.afterFinding(before)
        }
    }

    /// What the server does not want now is offered again at the next sync, and holds up nothing behind it.
    private func sendAttachments(_ transport: any SyncTransport, _ onUpload: (@Sendable (UploadProgress) -> Void)?) async throws -> Int {
        let waiting = try read { try $0.attachments(stored: false) }
            .filter { FileManager.default.fileExists(atPath: attachments.url($0.sha256).path) }
        let total = waiting.reduce(0) { $0 + $1.size }
        var (sent, before) = (0, 0)
        for var attachment in waiting {
            let done = before
            before += attachment.size
            do {
                try await transport.putAttachment(
                    sha256: attachment.sha256, content: .file(path: attachments.url(attachment.sha256).path),
                    onProgress: { onUpload?(UploadProgress(bytes: done + $0, total: total)) })
            } catch TransportProblem.problem { continue }
            attachment.isStored = true
            let stored = attachment
            try engine.store.write { try $0.save(stored) }
            sent += 1
        }
        return sent
    }
}
