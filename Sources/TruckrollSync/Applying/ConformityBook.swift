import TruckrollCore
import TruckrollDomain

/// Reads what parts, models and pieces are certified for.
public struct ConformityBook {
    private let schema: Schema
    private let access: any RecordReading

    public init(schema: Schema, access: any RecordReading) {
        self.schema = schema
        self.access = access
    }

    /// The certificates of a part.
    public func certificates(ofPart part: RecordID) throws -> [TypeCertificate] {
        try access.views(try schema.entity("type_certificate"), where: "part", equals: .reference(part)).compactMap { TypeCertificate($0) }
    }

    /// The pieces of a part that lie at a place, those to be taken first first, and whether each is what somebody asks for.
    ///
    /// - Parameter day: on which they are needed.
    public func candidates(_ part: RecordID, at location: RecordID, for criteria: UnitCriteria, neededOn day: CalendarDate) throws -> [UnitCandidate]
    {
        let entity = try schema.entity("unit")
        let certificates = try certificates(ofPart: part)
        let lying = Set(try access.ids(entity, where: "location", equals: .reference(location)))
        return try access.ids(entity, where: "part", equals: .reference(part)).filter { lying.contains($0) }.compactMap { id in
            guard let unit = try access.view(entity, id), let serial = unit.text("serial") else { return nil }
            let covering = certificates.filter { $0.serials.contains(serial) && (criteria.scheme == nil || $0.scheme == criteria.scheme) }
            return UnitCandidate(
                unit: id, serial: serial, report: criteria.report(on: serial, certificates, neededOn: day), validTo: covering.compactMap(\.to).max(),
                reservedFor: unit.reference("reserved_for"))
        }.sorted(by: UnitCandidate.precedes)
    }
}
