import TruckrollCore
import TruckrollDomain

extension ServerEngine {
    /// What can be promised of a part at a place, and the position of the log it holds for. A device that has synced to the position
    /// finds the same on the same day.
    public func availability(of part: RecordID, at location: RecordID, at moment: ServerMoment) throws -> (
        position: Position, stock: StockAvailability
    ) {
        try store.read { transaction in
            let book = StockBook(schema: schema, access: StoredRecords(transaction: transaction))
            return (
                try transaction.tenant()?.head ?? .start,
                try book.availability(of: part, at: location, today: moment.calendar.local(moment.milliseconds).date)
            )
        }
    }
}

/// The server's records as they are stored.
private final class StoredRecords: RecordReading {
    private let transaction: any ServerTransaction

    init(transaction: any ServerTransaction) { self.transaction = transaction }

    func record(_ key: RecordKey) throws -> Record? { try transaction.record(key)?.record }

    func ids(_ entity: Entity, where column: String, equals value: Value) throws -> [RecordID] {
        try transaction.ids(entity, where: column, equals: value)
    }
}
