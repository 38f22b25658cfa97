import TruckrollCore
import TruckrollDomain

/// Records to read by: the server's, or what a device shows.
public protocol RecordReading: AnyObject {
    /// The record as it stands now, the writes of this very set included; `nil` when it never existed.
    func record(_ key: RecordKey) throws -> Record?
    /// Ids of the live records whose typed column has the value, ascending, records put before included.
    func ids(_ entity: Entity, where column: String, equals value: Value) throws -> [RecordID]
}

/// Records as the code that applies change sets sees them: the server's inside a transaction, a device's overlays.
public protocol RecordAccess: RecordReading {
    /// Puts the record's new state.
    func put(_ record: Record) throws
}

extension RecordReading {
    /// A live record of the common facet, read through its schema; `nil` while nobody has made it, whatever patches have reached it.
    public func view(_ entity: Entity, _ id: RecordID) throws -> RecordView? {
        guard let record = try record(RecordKey(type: entity.type, id: id)) else { return nil }
        let view = RecordView(record, entity)
        return view.isThere ? view : nil
    }

    /// The live records whose column has the value.
    public func views(_ entity: Entity, where column: String, equals value: Value) throws -> [RecordView] {
        try ids(entity, where: column, equals: value).compactMap { try view(entity, $0) }
    }
}
