import Testing
import TruckrollCore
import TruckrollDomain
import TruckrollProtocol
import TruckrollSync

/// What a client made by somebody else can send with an enrolled device's key.
extension Company {
    /// Signs any ops past the editor's checks and puts them into the outbox.
    ///
    /// - Parameter change: what becomes of the bytes before they are signed.
    func forge(
        _ ops: [Op], guards: [Guard] = [], base: Checkpoint? = nil, schemaVersion: UInt32 = Schema.current,
        origin: Origin? = nil, intent: String = "forged", by device: World.Device? = nil, change: ([UInt8]) -> [UInt8] = { $0 }
    ) throws {
        let device = device ?? ben
        world.milliseconds += 1000
        try device.engine.store.write { transaction in
            let identity = try #require(try transaction.identity())
            let key = try #require(SigningKey(rawRepresentation: identity.privateKey))
            var own = try transaction.state()
            let checkpoint = try #require(own.checkpoint)
            let set = ChangeSet(
                protocolVersion: 1, schemaVersion: schemaVersion, tenant: identity.tenant, device: identity.device,
                writeID: WriteID(replica: identity.replica, sequence: own.lastSequence + 1), previous: own.lastHash, base: base ?? checkpoint,
                claimed: Stamp(milliseconds: UInt64(world.milliseconds), counter: 0, replica: identity.replica), user: identity.user,
                intent: intent, guards: guards, ops: ops, origin: origin)
            let body = change(try set.encodedBody())
            let signed = SignedSet(
                writeID: set.writeID, body: body, algorithm: .p256, signature: try key.signature(over: SetHash.signedBytes(body: body)))
            try transaction.append(OwnSet(set: signed, hash: signed.hash, intent: "forged", madeAt: 0))
            own.lastSequence += 1
            own.lastHash = signed.hash
            try transaction.save(own)
        }
    }

    func create(_ entity: String, _ fields: [String: Value]) throws -> Op {
        try #require(try world.schema.creation(of: RecordDraft(entity, id: world.id(), fields)).first)
    }
}
