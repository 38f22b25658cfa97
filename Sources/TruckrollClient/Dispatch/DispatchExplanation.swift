import TruckrollCore
import TruckrollDomain
import TruckrollSync

/// Why a field shows what it shows: the values that stand, who wrote them, and what lost against them.
public struct DispatchExplanation: Sendable {
    /// A value and where it came from.
    public struct Origin: Sendable {
        /// The value, or for a set one of its elements.
        public let value: Value
        /// When and by which change set it was written.
        public let version: Version
        /// Who wrote it, as far as this device can tell.
        public let author: String
        /// Where the change set is, when this device made it.
        public let whereabouts: Whereabouts?
    }

    /// A decision against a value or an event.
    public struct Loss: Sendable {
        /// The merge rule or pair that decided.
        public let rule: String
        /// In words.
        public let text: String
        /// The value that lost.
        public let value: Value
        /// Who had written it.
        public let author: String
    }

    /// The record.
    public let record: RecordView
    /// The field.
    public let field: Field
    /// What is shown.
    public let shown: Value
    /// The values that stand: one, or several nobody has decided between.
    public let origins: [Origin]
    /// What lost, as far as this device holds the rulings.
    public let losses: [Loss]

    /// Reads why.
    ///
    /// - Throws: ``DeviceProblem`` `field-unknown` with the names there are.
    public init(_ record: RecordView, field name: String, _ reader: LocalReader) throws {
        guard let field = record.entity[name] else {
            throw DeviceProblem(
                "field-unknown", "\(record.entity.title) has no field “\(name.prefix(40))”.",
                next: "It has \(record.entity.fields.map(\.name).joined(separator: ", ")).")
        }
        let facet = try reader.record(RecordKey(type: record.entity.type, id: record.id, facet: field.facet)) ?? record.record
        let view = RecordView(facet, record.entity)
        let authors = DispatchAuthors(reader)
        self.record = record
        self.field = field
        shown = view[name]
        origins = try Self.standing(view, field).map { value, version in
            Origin(value: value, version: version, author: try authors.name(version), whereabouts: try reader.whereabouts(version))
        }
        losses = try reader.views("ruling", where: "subject", equals: .reference(record.id))
            .filter { ruling in
                guard ruling.integer("subject_type") == Int64(record.entity.type.rawValue) else { return false }
                return ruling.integer("field").map { $0 == Int64(field.id.rawValue) } ?? true
            }
            .map { ruling in
                Loss(
                    rule: ruling.text("rule") ?? "", text: ruling.text("text") ?? "", value: ruling["loser_value"],
                    author: try authors.user(ruling.reference("loser_user")))
            }
    }

    private static func standing(_ view: RecordView, _ field: Field) -> [(Value, Version)] {
        guard let entry = view.record[field.id], let state = view.state(field) else { return [] }
        switch state {
        case .single(let value, _): return [(value, entry.version)]
        case .siblings(let set): return set.siblings.map { ($0.value, $0.version) }
        case .elements(let elements):
            return elements.flatMap { element in
                element.presence.siblings.filter { $0.value.boolean ?? false }.map { (element.element, $0.version) }
            }
        }
    }
}

/// Who stands behind a version.
struct DispatchAuthors {
    private let reader: LocalReader
    private let names: DispatchNames

    init(_ reader: LocalReader) {
        self.reader = reader
        names = DispatchNames(reader)
    }

    func user(_ id: RecordID?) throws -> String { try names.user(id) }

    /// The person whose device wrote it, or the replica's number when this device does not hold its enrolment.
    func name(_ version: Version) throws -> String {
        let replica = version.stamp.replica
        if let identity = try reader.identity(), identity.replica == replica { return "\(try names.user(identity.user)) (this device)" }
        guard let device = try reader.views("device", where: "replica", equals: .integer(Int64(replica.rawValue))).first else {
            return replica.rawValue == 1 ? "the server" : "replica \(replica)"
        }
        return "\(try names.user(device.reference("user"))) (\(device.text("name") ?? "replica \(replica)"))"
    }
}
