import TruckrollCore
import TruckrollDomain

/// The device's records as its user sees them: the confirmed state with the pending sets applied over it.
final class VisibleRecords: RecordAccess {
    let transaction: any DeviceTransaction
    let schema: Schema

    init(transaction: any DeviceTransaction, schema: Schema) {
        self.transaction = transaction
        self.schema = schema
    }

    func record(_ key: RecordKey) throws -> Record? {
        if let overlay = try transaction.overlay(key) { return overlay }
        return try transaction.confirmed(key)?.record
    }

    func put(_ record: Record) throws {
        try transaction.save(overlay: record)
        try refreshColumns(record.key)
    }

    func ids(_ entity: Entity, where column: String, equals value: Value) throws -> [RecordID] {
        try transaction.ids(entity, where: column, equals: value)
    }

    func views(_ entity: Entity) throws -> [RecordView] { try transaction.ids(entity).compactMap { try view(entity, $0) } }

    /// What a user may do, as far as this device knows.
    func role(of user: RecordID) throws -> Role? {
        guard let entity = schema["user"] else { return nil }
        return try view(entity, user)?.text("role").flatMap { Role(rawValue: $0) }
    }

    /// Brings the typed columns of a record in step with what is visible of it.
    ///
    /// - Returns: whether they were not.
    @discardableResult
    func refreshColumns(_ key: RecordKey) throws -> Bool {
        guard let entity = schema[key.type], key.facet == .common else { return false }
        let columns = try record(key).flatMap { RecordView($0, entity).columns }
        return try transaction.saveColumns(key, entity: entity, columns: columns)
    }
}
