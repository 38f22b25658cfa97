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
            reply.checkpointMac = data(mac(reply.checkpoint, for: row.device))
            reply.scopes = try transaction.viewScopes(id).map { PBScopeState($0.scope, try transaction.digest(of: $0.scope)) }
            return reply
        }
    }

    /// What differs, for a device whose digests do: whole scopes, what the server holds of ranges that differ, single records.
    public func repair(_ request: PBRepairRequest, replica id: ReplicaID) throws -> PBRepairReply {
        guard request.scopes.count + request.probes.count <= Limits.scopesOfView, request.keys.count <= Limits.keysInRepair,
            Set(request.probes.map(\.scope)).count == request.probes.count
        else {
            throw EngineProblem("malformed", "More than one repair can ask for.", next: "Ask for fewer at a time.")
        }
        var keys: [RecordKey] = []
        do { for bytes in request.keys { keys.append(try RecordKey(decoding: bytes)) } } catch {
            throw EngineProblem("malformed", error.detail, next: "Update the app.")
        }
        let wanted = keys
        return try store.read { transaction in
            guard let tenant = try transaction.tenant(), let row = try transaction.replica(id) else {
                throw EngineProblem("replica-unknown", "This server has not enrolled the replica.", next: "Enrol again; the outbox stays.")
            }
            let puller = Puller(schema: schema, transaction: transaction, tenant: tenant)
            let (chunks, commit) = try puller.whole(row, scopes: request.scopes.map { Scope($0) }, keys: wanted)
            var reply = PBRepairReply()
            reply.chunks = chunks
            reply.commit = commit
            reply.commit.checkpointMac = data(mac(commit.checkpoint, for: row.device))
            for probe in request.probes { reply.listings += try listings(of: probe, id, transaction) }
            return reply
        }
    }

    /// The ranges of a scope whose digests are not the device's; none of a scope that its view does not hold.
    private func listings(of probe: PBScopeProbe, _ id: ReplicaID, _ transaction: any ServerTransaction) throws -> [PBRangeListing] {
        let scope = Scope(probe.scope)
        guard probe.digests.count == RecordRange.count, try transaction.viewScope(id, scope)?.weight ?? 0 > 0 else { return [] }
        var listings = (0..<RecordRange.count).map { range in
            var listing = PBRangeListing()
            listing.scope = scope.name
            listing.range = UInt32(range)
            return listing
        }
        var digests = [ScopeDigest](repeating: ScopeDigest(), count: RecordRange.count)
        for row in try transaction.liveRows(in: scope) {
            guard let hash = try transaction.record(row.key)?.hash else { continue }
            let range = RecordRange.of(row.key)
            digests[range].add(hash)
            listings[range].keys.append(data(row.key.encoded))
            listings[range].hashes.append(data(hash.encoded))
        }
        return zip(listings, zip(digests, probe.digests)).filter { !$0.1.0.encoded.elementsEqual($0.1.1) }.map(\.0)
    }
}
