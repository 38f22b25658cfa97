import TruckrollCore
import TruckrollDomain

/// Reads who has which serialised piece. Units are records the server keeps, one per part and serial number.
public struct UnitBook {
    private let schema: Schema
    private let access: any RecordAccess

    public init(schema: Schema, access: any RecordAccess) {
        self.schema = schema
        self.access = access
    }

    /// The id of a piece of a part, whoever sees it first.
    public static func unitID(_ entity: Entity, part: RecordID, serial: String) -> RecordID {
        RecordID.derived(type: entity.type, key: [part.bytes, Array(serial.utf8)])
    }

    /// `nil` when nobody has seen the piece yet.
    public func unit(of part: RecordID, serial: String) throws -> RecordView? {
        let entity = try schema.entity("unit")
        return try access.view(entity, Self.unitID(entity, part: part, serial: serial))
    }

    /// Whether each piece of the part has a serial number.
    public func isSerialised(_ part: RecordID) throws -> Bool {
        try access.view(try schema.entity("part"), part)?.boolean("serialised") ?? false
    }

    /// Who has a piece, in words that tell nothing its reader might not see: an asset and a person are not named.
    public func words(for holder: UnitHolder?) throws -> String {
        switch holder {
        case .location(let id): "in \(try access.view(try schema.entity("stock_location"), id)?.text("name") ?? "another stock")"
        case .asset: "fitted to an asset"
        case .person: "in the hands of who took it off an asset"
        case nil: "used up or written off"
        }
    }
}
