import TruckrollCore
import TruckrollProtocol
import TruckrollStoreMemory
import TruckrollSync

/// All admitted sets in the order of their positions.
struct AdmittedLog {
    let sets: [AdmittedSet]
    let tenant: TenantState
    /// What they say; of one of a device that cannot be read, nothing.
    let changes: [WriteID: ChangeSet]

    init(_ store: MemoryServerStore) throws {
        (sets, tenant) = try store.read { transaction in
            guard let tenant = try transaction.tenant() else { throw Violation("store", "the server lost its tenant") }
            return (try transaction.admitted(after: .start, limit: .max), tenant)
        }
        var changes: [WriteID: ChangeSet] = [:]
        for admitted in sets {
            changes[admitted.set.writeID] = try? ChangeSet(decodingBody: admitted.set.body)
            guard admitted.cause == nil || changes[admitted.set.writeID] != nil else {
                throw Violation("store", "the server's own set \(admitted.set.writeID) cannot be read")
            }
        }
        self.changes = changes
    }
}
