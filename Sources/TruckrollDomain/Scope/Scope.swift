import TruckrollCore

/// A set of records that is synced together, by its name: `order:<id>`, `office`, …
///
/// Names are ASCII; scopes compare by the bytes of their names.
public struct Scope: Hashable, Comparable, Sendable, CustomStringConvertible {
    public let name: String
    public init(_ name: String) { self.name = name }
    public init(_ kind: String, _ id: RecordID) { name = "\(kind):\(id)" }

    /// The part before the colon.
    public var kind: String { String(name.prefix { $0 != ":" }) }
    /// The id behind the colon, if there is one.
    public var id: RecordID? { RecordID(name.drop { $0 != ":" }.dropFirst()) }

    public var description: String { name }
    // By bytes, as in a database: texts call composed and decomposed letters equal.
    public static func == (a: Scope, b: Scope) -> Bool { a.name.hasBytes(of: b.name) }
    public func hash(into hasher: inout Hasher) { name.withBytes { hasher.combine(bytes: UnsafeRawBufferPointer($0)) } }

    public static func < (a: Scope, b: Scope) -> Bool { a.name.precedesByBytes(b.name) }
}

/// A scope's name with the field that fills it: `order:{order}`, `asset:{id}`, `office`, `{scopes}`.
public struct ScopeTemplate: Hashable, Sendable {
    public let prefix: String
    public let field: String?

    init(_ text: String, entity: String) throws(SchemaProblem) {
        guard let open = text.firstIndex(of: "{") else {
            prefix = text
            field = nil
            return
        }
        guard text.last == "}" else { throw SchemaProblem(entity: entity, detail: "scope \(text)") }
        prefix = String(text[..<open])
        field = String(text[text.index(after: open)...].dropLast())
    }

    /// The scopes the template gives for a record; none when the field is empty.
    public func scopes(of view: RecordView) -> [Scope] {
        guard let field else { return [Scope(prefix)] }
        if field == "id" { return [Scope(prefix + view.key.id.description)] }
        let value = view[field]
        let values = value.list ?? [value]
        return values.compactMap { value in
            if prefix.isEmpty { return value.text.map { Scope($0) } }
            return value.reference.map { Scope(prefix + $0.description) }
        }
    }
}

/// A declared relation that puts one scope into the views that hold another.
public struct EdgeTemplate: Hashable, Sendable {
    public let parent: ScopeTemplate
    public let child: ScopeTemplate
    /// Fields that must have one of the listed values.
    public let condition: [String: [String]]
    /// The time field around which the edge holds; `nil` for an edge that always does.
    public let windowField: String?
    /// The earliest class of the child in a view that gets it by this edge.
    public let scopeClass: ScopeClass
}

/// One edge as it follows from a record.
public struct Edge: Hashable, Comparable, Sendable {
    public let parent: Scope
    public let child: Scope
    /// The time the window lies around, in Unix milliseconds; `nil` for an edge that always holds.
    public let windowAround: Int64?
    /// The earliest class of the child in a view that gets it by this edge.
    public let scopeClass: ScopeClass

    public init(parent: Scope, child: Scope, windowAround: Int64?, scopeClass: ScopeClass = .first) {
        self.parent = parent
        self.child = child
        self.windowAround = windowAround
        self.scopeClass = scopeClass
    }

    public static func < (a: Edge, b: Edge) -> Bool {
        (a.parent, a.child, a.windowAround ?? .min, a.scopeClass) < (b.parent, b.child, b.windowAround ?? .min, b.scopeClass)
    }
}

extension Entity {
    /// The scopes a live record lies in, sorted, each once.
    public func scopes(of view: RecordView) -> [Scope] {
        Array(Set((scopes[view.key.facet] ?? []).flatMap { $0.scopes(of: view) })).sorted()
    }

    /// The edges a live record declares, sorted. Only the common facet declares any.
    public func edges(of view: RecordView) -> [Edge] {
        guard view.key.facet == .common else { return [] }
        var edges: Set<Edge> = []
        for template in self.edges {
            guard view.meets(template.condition) else { continue }
            var around: Int64?
            if let field = template.windowField {
                guard let time = view[field].text.flatMap({ DeviceTime($0) }) else { continue }
                around = time.milliseconds
            }
            for parent in template.parent.scopes(of: view) {
                for child in template.child.scopes(of: view) {
                    edges.insert(Edge(parent: parent, child: child, windowAround: around, scopeClass: template.scopeClass))
                }
            }
        }
        return edges.sorted()
    }
}
