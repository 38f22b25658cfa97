import TruckrollCore

/// What a field's values look like.
public enum FieldType: Hashable, Sendable {
    /// UTF-8 without NUL, at most so many Unicode scalars.
    case text(maximumLength: Int)
    case integer(ClosedRange<Int64>)
    case boolean
    /// Digits with an optional sign and point, never binary floating point.
    case decimal(positive: Bool)
    /// 16 bytes: the id of a record.
    case reference
    /// RFC 3339 with an offset.
    case time
    /// YYYY-MM-DD.
    case date
    case enumeration([String])
    /// Latitude and longitude in WGS 84 degrees times 10^7.
    case place
    /// 32 bytes of SHA-256.
    case hash
    case bytes(maximum: Int)
    case list
    case any

    public var name: String {
        switch self {
        case .text: "text"
        case .integer: "integer"
        case .boolean: "boolean"
        case .decimal: "decimal"
        case .reference: "reference"
        case .time: "time"
        case .date: "date"
        case .enumeration: "enumeration"
        case .place: "place"
        case .hash: "hash"
        case .bytes: "bytes"
        case .list: "list"
        case .any: "any"
        }
    }
}

/// One field of an entity. Shared like its ``Entity``.
public final class Field: Sendable {
    public let id: FieldID
    public let name: String
    public let summary: String
    public let type: FieldType
    public let rule: MergeRule
    public let facet: Facet
    public let isRequired: Bool
    /// Whether what the reference names may come in a later class of a view that is being filled.
    public let isLate: Bool
    public let isColumn: Bool
    /// Whether a time lies ahead by its meaning, so that it says nothing of the author's clock.
    public let isPlanned: Bool
    /// The entity a reference names, when it is always the same.
    public let references: String?
    /// UCUM code or a common unit sign.
    public let unit: String?
    /// The schema version that brought it.
    public let since: UInt32
    /// For a safety field: the strictest value each role may lift. Without an entry every role but the technician may lift all.
    private let releaseLimits: [Role: String]?

    init(name: String, property: SchemaFile.Property, isRequired: Bool, entity: String) throws(SchemaProblem) {
        self.name = name
        id = FieldID(rawValue: property.field)
        summary = property.description
        rule = property.merge
        references = property.references
        unit = property.unit
        since = property.since ?? 1
        releaseLimits = property.release
        isColumn = property.column ?? false
        isPlanned = property.planned ?? false
        self.isRequired = isRequired
        isLate = property.late ?? false
        guard let facet = Facet(name: property.facet ?? "common") else {
            throw SchemaProblem(entity: entity, detail: "\(name): facet \(property.facet ?? "")")
        }
        self.facet = facet
        let isSet = property.merge == .addWins || property.merge == .removeWins
        let jsonType = isSet ? property.items?.type : property.type
        let format = isSet ? property.items?.format : property.format
        let values = isSet ? property.items?.enum : property.enum
        switch (jsonType, format) {
        case (_, _) where values != nil: type = .enumeration(values ?? [])
        case ("string", "decimal"): type = .decimal(positive: property.positive ?? false)
        case ("string", "uuid"): type = .reference
        case ("string", "date-time"): type = .time
        case ("string", "date"): type = .date
        case ("string", "sha-256"): type = .hash
        case ("string", "base64"): type = .bytes(maximum: property.maxBytes ?? 0)
        case ("string", nil): type = .text(maximumLength: (isSet ? property.items?.maxLength : property.maxLength) ?? 0)
        case ("integer", nil): type = .integer((property.minimum ?? .min)...(property.maximum ?? .max))
        case ("boolean", nil): type = .boolean
        case ("array", "place"): type = .place
        case ("array", nil): type = .list
        case (nil, nil): type = .any
        default: throw SchemaProblem(entity: entity, detail: "\(name): type \(jsonType ?? "-") \(format ?? "")")
        }
    }

    public var isSet: Bool { rule == .addWins || rule == .removeWins }

    /// The values of a safety field, least strict first.
    public var lattice: [String] {
        if rule == .safety, case .enumeration(let values) = type { values } else { [] }
    }

    /// Whether a role may release the field from a value.
    public func mayRelease(_ role: Role, from value: Value) -> Bool {
        guard let releaseLimits else { return role != .technician }
        guard let limit = releaseLimits[role] else { return false }
        return Lattice.rank(value, in: lattice) <= Lattice.rank(.text(limit), in: lattice)
    }

    /// The op that gives a new record its first value.
    public var creationOp: MergeOp {
        switch rule {
        case .addWins, .removeWins: .add
        case .safety: .raise
        case .counter: .increment
        case .text: .insert
        default: .set
        }
    }

    /// What that op carries; `nil` for a text without characters.
    func creationValue(_ value: Value) -> Value? {
        guard rule == .text, let text = value.text else { return value }
        return TextInsertion(first: 1, anchor: .beginning, text: text.unicodeScalars).map { TextOp.insert($0).value }
    }

    /// A set's elements out of a list; any other value by itself.
    func elements(of value: Value) -> [Value] { isSet ? (value.list ?? [value]) : [value] }

    /// What is wrong with `value` for this field, or `nil`.
    public func problem(with value: Value) -> String? {
        if rule == .text {
            guard let text = value.text else { return "is no text" }
            return text.utf8.count <= JointText.maximumTextBytes
                ? nil : "has \(text.utf8.count) bytes, at most \(JointText.maximumTextBytes) are allowed"
        }
        if value == .null { return isRequired || isSet ? "must have a value" : nil }
        switch (type, value) {
        case (.text(let maximum), .text(let text)):
            return text.unicodeScalars.count <= maximum ? nil : "has \(text.unicodeScalars.count) characters, at most \(maximum) are allowed"
        case (.integer(let range), .integer(let integer)):
            return range.contains(integer) ? nil : "is \(integer), allowed are \(range.lowerBound) to \(range.upperBound)"
        case (.boolean, .boolean), (.list, .list), (.any, _): return nil
        case (.decimal(let positive), .text(let text)):
            guard let quantity = Quantity(text) else { return "“\(text.prefix(30))” is no decimal number" }
            return !positive || quantity > .zero ? nil : "must be above zero"
        case (.reference, .bytes(let bytes)): return bytes.count == 16 ? nil : "is no record id"
        case (.hash, .bytes(let bytes)): return bytes.count == 32 ? nil : "is no SHA-256"
        case (.bytes(let maximum), .bytes(let bytes)): return bytes.count <= maximum ? nil : "has \(bytes.count) bytes, at most \(maximum)"
        case (.time, .text(let text)): return DeviceTime(text) == nil ? "“\(text.prefix(40))” is no RFC 3339 time" : nil
        case (.date, .text(let text)): return CalendarDate(text) == nil ? "“\(text.prefix(20))” is no date YYYY-MM-DD" : nil
        case (.enumeration(let values), .text(let text)):
            return values.contains { $0.hasBytes(of: text) } ? nil : "“\(text.prefix(30))” is none of \(values.joined(separator: ", "))"
        case (.place, .list(let parts)):
            guard parts.count == 2, let latitude = parts[0].integer, let longitude = parts[1].integer,
                abs(Double(latitude)) <= 900_000_000, abs(Double(longitude)) <= 1_800_000_000
            else { return "is no [latitude, longitude] in degrees times 10^7" }
            return nil
        default: return "is no \(type.name)"
        }
    }
}
