import TruckrollCore
import TruckrollDomain
import TruckrollProtocol

extension ServerEngine {
    /// How much of what was signed last is looked at: more than one, as a single record may be what is damaged.
    private static let samples: UInt64 = 8

    /// Compares the keys with what this store keeps that was made under them: a key file that was changed or mixed up would make
    /// every enrolment, receipt and certificate worthless, and is found out here instead of in the field.
    ///
    /// A store in which nothing was signed yet has nothing to compare with.
    ///
    /// - Throws: ``EngineProblem`` `keys-foreign`, which names the key.
    public func checkKeys() throws {
        try store.read { transaction in
            guard try holds(signedStatements(transaction), { security.isValid($0.signature, $0.statement, .p256, security.tenantKey) }) else {
                throw Self.foreign("tenant.key", "enrolments")
            }
            guard
                try holds(
                    lastReceipts(transaction), { MessageAuthentication.isValid($0.mac, for: $0.authenticated, key: security.receiptKey) })
            else { throw Self.foreign("receipt.key", "receipts") }
        }
    }

    private func holds<Sample>(_ samples: [Sample], _ isValid: (Sample) -> Bool) -> Bool { samples.isEmpty || samples.contains(where: isValid) }

    private func signedStatements(_ transaction: any ServerTransaction) throws -> [(statement: [UInt8], signature: [UInt8])] {
        let entity = try schema.entity("device")
        return try transaction.replicas().reversed().lazy.filter { !$0.publicKey.isEmpty && $0.algorithm == .p256 }.prefix(Int(Self.samples))
            .compactMap { row in
                let key = RecordKey(type: entity.type, id: try Self.deviceRecordID(row.replica, schema))
                guard let view = try transaction.record(key).map({ RecordView($0.record, entity) }), let statement = view["statement"].bytes,
                    let signature = view["signature"].bytes
                else { return nil }
                return (statement, signature)
            }
    }

    private func lastReceipts(_ transaction: any ServerTransaction) throws -> [Receipt] {
        guard let head = try transaction.tenant()?.head.rawValue else { return [] }
        let from = Position(rawValue: head > Self.samples ? head - Self.samples : 0)
        return try transaction.admitted(after: from, limit: Int(Self.samples)).compactMap { admitted in
            try? Receipt(Wire.decode(PBReceipt.self, admitted.answer))
        }
    }

    private static func foreign(_ file: String, _ what: String) -> EngineProblem {
        EngineProblem(
            "keys-foreign", "\(file) is not the key under which this database's \(what) were made.",
            next: "Bring the file back from the backup of the keys. Nothing was changed.")
    }
}
