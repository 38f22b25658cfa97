import TruckrollCore
import TruckrollDomain

/// A row of a device's store that the disk has changed so that nothing can be made of it.
public enum UnreadableRow: Hashable, Sendable {
    /// A confirmed record; the server has it.
    case record(RecordKey)
    /// A confirmed record, or its place in a scope, of which not even the key can be read.
    case nameless
    /// The sum of a scope, or its name.
    case scope
    /// A record as it looks with the pending sets applied; both are here.
    case overlay(RecordKey)
    /// The typed row of a record that is here.
    case columns(EntityType)
    /// The words by which a record is found, or their index; the record is here.
    case words
    /// A part of a view that is being filled; the server has it.
    case part
    /// What is known of an attachment's bytes; they lie beside the store.
    case attachment
}
