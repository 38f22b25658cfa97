import TruckrollCore

/// The reference of all entities and fields, as Markdown, made from the schemas.
public struct FieldDocumentation {
    private let schema: Schema

    public init(_ schema: Schema) { self.schema = schema }

    public var text: String {
        var text = """
            # Entities and fields

            Made from `Schemas/` by `truckroll-server schema --documentation`. Merge rules are explained in `Protocol/04-merge.md`.

            | entity | number | class | scopes |
            | --- | --- | --- | --- |

            """
        for entity in schema.entities {
            text += "| [\(entity.name)](#\(entity.name)) | \(entity.type) | \(entity.writeClass.rawValue) | \(scopes(entity)) |\n"
        }
        for entity in schema.entities { text += section(entity) }
        return text
    }

    private func scopes(_ entity: Entity) -> String {
        entity.scopes.keys.sorted().map { facet in
            let names = (entity.scopes[facet] ?? []).map { "`\($0.prefix)\($0.field.map { "{\($0)}" } ?? "")`" }.joined(separator: " ")
            return facet == .common ? names : "\(facet.name): \(names)"
        }.joined(separator: "; ")
    }

    private func section(_ entity: Entity) -> String {
        var text = "\n## \(entity.name)\n\n\(entity.summary)"
        if entity.isLog { text += " Entries are never changed." }
        if entity.isDeletable { text += " Can be deleted." }
        text +=
            " Decisions and claims by: \(entity.writers.isEmpty ? "the server alone" : entity.writers.map(\.rawValue).sorted().joined(separator: ", ")).\n\n"
        text += "| no. | field | type | merge rule | facet | meaning |\n| --- | --- | --- | --- | --- | --- |\n"
        for field in entity.fields {
            text +=
                "| \(field.id) | \(field.name)\(field.isRequired ? " *" : "") | \(type(field)) | \(field.rule.rawValue) | \(field.facet.name) | \(field.summary) |\n"
        }
        return text
    }

    private func type(_ field: Field) -> String {
        var text = field.type.name
        switch field.type {
        case .text(let maximum): text += " ≤ \(maximum)"
        case .integer(let range): text += " \(range.lowerBound)…\(range.upperBound)"
        case .enumeration(let values): text = values.joined(separator: " ") + (field.rule == .safety ? " (least strict first)" : "")
        case .bytes(let maximum): text += " ≤ \(maximum)"
        case .reference: text = field.references.map { "→ \($0)" } ?? text
        default: break
        }
        return field.unit.map { "\(text), \($0)" } ?? text
    }
}
