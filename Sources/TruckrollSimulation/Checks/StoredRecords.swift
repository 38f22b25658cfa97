import TruckrollCore
import TruckrollDomain
import TruckrollSync

extension [RecordKey: StoredRecord] {
    /// The records of an entity that are not deleted.
    func views(of entity: Entity) -> [RecordView] {
        values.filter { $0.record.key.type == entity.type && !$0.isDeleted }.map { RecordView($0.record, entity) }
    }
}
