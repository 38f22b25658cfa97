import TruckrollCore

/// Somebody who signs in.
public struct DemoPerson: Hashable, Sendable {
    public let id: RecordID
    /// Personnel number.
    public let number: String
    public let name: String
    /// As in the schema: technician, dispatcher or quality.
    public let role: String
    /// The depot the person starts from.
    public let depotID: RecordID
    /// The van a technician drives.
    public let vanID: RecordID?
}
