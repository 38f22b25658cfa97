import TruckrollCore
import TruckrollDomain
import TruckrollProtocol

extension ServerEngine {
    /// The digests of all scopes of the view, at the head.
    public func audit(_ request: PBAuditRequest, replica id: ReplicaID) throws -> PBAuditReply {
        try store.read { transaction in
            guard let tenant = try transaction.tenant(), let row = try transaction.replica(id) else {
                throw EngineProblem("replica-unknown", "This server has not enrolled the replica.", next: "Enrol again; the outbox stays.")
            }
            var reply = PBAuditReply()
            reply.checkpoint = PBCheckpoint(
                Checkpoint(epoch: tenant.epoch, position: tenant.head, historyPrefix: tenant.history.prefix, viewVersion: row.viewVersion))
            reply.checkpointMac = data(mac(reply.checkpoint))
            reply.scopes = try transaction.viewScopes(id).map { PBScopeState($0.scope, try transaction.digest(of: $0.scope)) }
            return reply
        }
    }

    /// Whole scopes again, for a device whose digests differ.
    public func repair(_ request: PBRepairRequest, replica id: ReplicaID) throws -> PBRepairReply {
        guard request.scopes.count <= Limits.scopesOfView else {
            throw EngineProblem("malformed", "More scopes than a view can hold.", next: "Ask for fewer at a time.")
        }
        return try store.read { transaction in
            guard let tenant = try transaction.tenant(), let row = try transaction.replica(id) else {
                throw EngineProblem("replica-unknown", "This server has not enrolled the replica.", next: "Enrol again; the outbox stays.")
            }
            let (chunks, commit) = try Puller(schema: schema, transaction: transaction, tenant: tenant)
                .whole(row, scopes: request.scopes.map { Scope($0) })
            var reply = PBRepairReply()
            reply.chunks = chunks
            reply.commit = commit
            reply.commit.checkpointMac = data(mac(commit.checkpoint))
            return reply
        }
    }
}
