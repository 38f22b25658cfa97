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

    func record(_ key: RecordKey) throws -> Record? { try transaction.shown(key) }

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

    /// Brings the typed columns and the words of a record in step with what is visible of it.
    ///
    /// - Returns: whether they were not.
    @discardableResult
    func refreshColumns(_ key: RecordKey) throws -> Bool {
        guard let entity = schema[key.type], key.facet == .common else { return false }
        let view = try record(key).map { RecordView($0, entity) }
        let isOtherRow = try transaction.saveColumns(key, entity: entity, columns: view?.columns)
        return try transaction.save(view.flatMap { RecordWords($0) }, of: key) || isOtherRow
    }
}
