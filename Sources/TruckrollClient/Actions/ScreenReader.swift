import TruckrollCore
import TruckrollDomain
import TruckrollSync

/// Who recorded something when, and where it is now.
public struct Fact: Sendable, Hashable {
    public let id: RecordID
    public let at: DeviceTime?
    /// The name of its author; empty when the record does not say.
    public let by: String
    public let place: Whereabouts
    /// The write that made it.
    public let version: Version
}

/// Reads records into what screens show: names in place of ids, and where each fact is.
final class ScreenReader {
    let reader: LocalReader
    let identity: DeviceIdentity
    /// Sets that wait for an answer.
    let waiting: [WriteID: Whereabouts]
    /// The company's zone, in which screens tell times; `nil` before its record is here.
    private let calendar: TenantCalendar?
    private var names: [RecordID: String] = [:]

    /// The company's day at a moment.
    func day(at moment: DeviceTime) -> CalendarDate { local(moment).date }

    init(_ reader: LocalReader) throws {
        self.reader = reader
        identity = try reader.enrolled()
        calendar = try reader.companyZone().map { TenantCalendar(timeZone: $0) }
        waiting = Dictionary(try reader.outbox().map { ($0.set.writeID, LocalReader.whereabouts($0)) }, uniquingKeysWith: { first, _ in first })
    }

    var user: RecordID { identity.user }

    /// The least advanced of the record's values: a record is stored when all of it is.
    func place(_ view: RecordView) -> Whereabouts {
        let places = view.record.entries.compactMap { waiting[$0.version.writeID] }
        return places.contains(.onDevice) ? .onDevice : places.contains(.sent) ? .sent : .stored
    }

    /// A time of a record as a screen tells it, whatever zone its author wrote it in.
    func time(_ view: RecordView, _ field: String) -> DeviceTime? { view.time(field).map(local) }

    func local(_ time: DeviceTime) -> DeviceTime { calendar?.local(time.milliseconds) ?? time }

    func fact(_ view: RecordView, at: String = "at", by: String = "by") throws -> Fact {
        Fact(
            id: view.id, at: time(view, at), by: try view.reference(by).map { try userName($0) } ?? "", place: place(view), version: view.firstVersion
        )
    }

    // MARK: Names

    func userName(_ id: RecordID) throws -> String { try name("user", id) { $0.text("name") } }
    func assetName(_ id: RecordID) throws -> String { try name("asset", id) { $0.text("tag") ?? $0.text("serial") } }
    func siteName(_ id: RecordID) throws -> String { try name("site", id) { $0.text("name") } }
    func customerName(_ id: RecordID) throws -> String { try name("customer", id) { $0.text("name") } }
    func partName(_ id: RecordID) throws -> String { try name("part", id) { "\($0.text("number") ?? "") \($0.text("name") ?? "")" } }
    func locationName(_ id: RecordID) throws -> String { try name("stock_location", id) { $0.text("name") } }
    func cylinderNumber(_ id: RecordID) throws -> String { try name("reference_gas", id) { $0.text("cylinder") } }
    /// The number of an order; in words for one that has left this device's view, or never was in it.
    func orderNumber(_ id: RecordID) throws -> String {
        if let name = names[id] { return name }
        guard try reader.view("service_order", id) != nil else { return "an order that is not yours (any more)" }
        return try name("service_order", id) { $0.text("number") }
    }

    func name(_ entity: String, _ id: RecordID, _ label: (RecordView) -> String?) throws -> String {
        if let name = names[id] { return name }
        let name = try reader.view(entity, id).flatMap(label) ?? "…\(id.short)"
        names[id] = name
        return name
    }

    /// What a record is called on a screen.
    func label(_ entity: Entity, _ id: RecordID) throws -> String {
        let view = try reader.view(entity.name, id)
        if entity.name == "text", let view {
            let order = try view.reference("order").map { try label(try reader.schema.entity("service_order"), $0) }
            return [order, try textName(view)].compactMap { $0 }.joined(separator: " · ")
        }
        let name = ["number", "tag", "cylinder", "name", "title", "text", "event", "kind"].lazy.compactMap { view?.text($0) }.first
        return "\(entity.title) \(name.map { $0.count > 60 ? $0.prefix(59) + "…" : $0 } ?? "…\(id.short)")"
    }

    /// A value in words: names for references, nothing left raw.
    func words(_ value: Value, of field: Field) throws -> String {
        if field.isSet || field.type.name == "list", let list = value.list {
            return list.isEmpty ? "nothing" : try list.map { try words(element: $0, of: field) }.joined(separator: ", ")
        }
        return try words(element: value, of: field)
    }

    private func words(element value: Value, of field: Field) throws -> String {
        if let entity = field.references.flatMap({ reader.schema[$0] }), let id = value.reference { return try label(entity, id) }
        let words = Self.plain(value)
        return field.unit.map { value == .null ? words : "\(words) \($0)" } ?? words
    }

    static func plain(_ value: Value) -> String {
        switch value {
        case .null: "nothing"
        case .boolean(let value): value ? "yes" : "no"
        case .integer(let value): "\(value)"
        case .text(let text): text
        case .bytes(let bytes): RecordID(bytes: bytes)?.description ?? bytes.hexadecimal
        case .list(let values): values.map { plain($0) }.joined(separator: ", ")
        }
    }
}

extension LocalReader {
    /// The IANA name of the company's zone; `nil` before its record is here.
    func companyZone() throws -> String? { try views("tenant").first?.text("time_zone") }
}

extension DeviceClient {
    func screen<T>(_ body: (ScreenReader) throws -> T) throws -> T { try read { try body(try ScreenReader($0)) } }
}
