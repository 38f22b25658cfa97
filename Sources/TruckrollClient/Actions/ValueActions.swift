import TruckrollCore
import TruckrollDomain
import TruckrollSync

extension DeviceClient {
    /// Picks a value for a field of which several stand side by side, or writes any field a person may write.
    public func write(_ value: String, to name: String, of entity: Entity, _ id: RecordID) throws -> Recorded {
        let field = try Self.field(name, of: entity)
        return try act("resolve") { editor in
            try editor.write(try field.read(value), to: field, of: entity, id)
            return (id, [])
        }
    }

    /// Writes the value back that lost by a ruling, having seen the one that won.
    public func restore(_ ruling: RecordID) throws -> Recorded {
        try act("restore") { editor in
            let view = try editor.require("ruling", ruling)
            guard let type = view.integer("subject_type").flatMap({ UInt16(exactly: $0) }), let entity = schema[EntityType(rawValue: type)],
                let subject = view.reference("subject"), let number = view.integer("field").flatMap({ UInt32(exactly: $0) }),
                let field = entity[FieldID(rawValue: number)]
            else {
                throw DeviceProblem(.valueUnfit, "The ruling is not about a value: \(view.text("text") ?? "").", next: "Look at it with `why`.")
            }
            let loser = view["loser_value"]
            if field.isSet {
                let isPresent = try editor.require(entity.name, subject)[field.name].list?.contains(loser) ?? false
                try editor.change(entity.name, subject, field.name, element: loser, op: isPresent ? .remove : .add)
            } else {
                try editor.write(loser, to: field, of: entity, subject)
            }
            return (subject, ["“\(field.name)” is \(ScreenReader.plain(loser)) again."])
        }
    }

    /// The ruling a person means by its id, or the newest about a field.
    public func findRuling(_ text: String) throws -> RecordID {
        try read { try RecordFinder(reader: $0).find("ruling", text, by: []) { $0.text("text") ?? "" }.id }
    }

    /// The newest ruling about a field that named a loser.
    public func newestRuling(_ name: String, of entity: Entity, _ id: RecordID) throws -> RecordID {
        let field = try Self.field(name, of: entity)
        return try read { reader in
            let rulings = try reader.views("ruling", where: "subject", equals: .reference(id)).filter {
                $0.integer("field") == Int64(field.id.rawValue) && $0.integer("subject_type") == Int64(entity.type.rawValue)
            }
            let newest = rulings.max { a, b in (a["loser"].bytes ?? []).lexicographicallyPrecedes(b["loser"].bytes ?? []) }
            guard let newest else { throw DeviceProblem("not-found", "Nothing has lost in “\(name)”.", next: "Look at it with `why`.") }
            return newest.id
        }
    }

    static func field(_ name: String, of entity: Entity) throws -> Field {
        guard let field = entity[name] else {
            let texts = JointTextKind.allCases.filter { $0.subjectEntity == entity.name }.map(\.rawValue)
            let joint = texts + (entity.name == "service_order" ? ["appointment"] : [])
            throw DeviceProblem(
                "not-found", "A \(entity.title.lowercased()) has no field “\(name)”.",
                next: "It has \((entity.fields.map(\.name) + joint).joined(separator: ", ")).")
        }
        return field
    }
}

extension LocalEditor {
    /// Gives a field a value by the op its merge rule takes.
    fileprivate func write(_ value: Value, to field: Field, of entity: Entity, _ id: RecordID) throws {
        guard field.rule.isPatchable else {
            throw DeviceProblem(
                .valueUnfit, "“\(field.name)” of a \(entity.title.lowercased()) is not written by hand.", next: "Record a new fact instead.")
        }
        _ = try require(entity.name, id)
        switch field.rule {
        case .safety: _ = try setSafety(value, of: field, entity.name, id)
        case .addWins, .removeWins: try change(entity.name, id, field.name, element: value, op: .add)
        default: try patch(entity.name, id, [field.name: value])
        }
    }
}

extension Field {
    /// A value as a person types it.
    func read(_ text: String) throws -> Value {
        let value: Value?
        switch type {
        case .integer: value = Int64(text).map { .integer($0) }
        case .boolean: value = ["yes": true, "true": true, "no": false, "false": false][text.lowercased()].map { .boolean($0) }
        case .reference: value = RecordID(text.lowercased()).map { .reference($0) }
        case .hash, .bytes: value = [UInt8](hexadecimal: text.lowercased()).map { .bytes($0) }
        case .place, .list, .any: value = nil
        default: value = .text(text)
        }
        guard let value, case let problem = problem(with: value), problem == nil else {
            let why = value.flatMap { problem(with: $0) } ?? "is no \(type.name)"
            throw DeviceProblem(.valueUnfit, "“\(text)” does not fit \(name): \(why).", next: summary)
        }
        return value
    }
}
