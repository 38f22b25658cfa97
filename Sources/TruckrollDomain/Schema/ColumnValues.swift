import TruckrollCore

/// What stands in the typed columns of one record, by the columns' names. A column that is not among them is empty.
public struct ColumnValues: Sendable, ExpressibleByDictionaryLiteral {
    private let names: [String]
    private let values: [Value]

    /// - Parameters:
    ///   - names: as many as values.
    init(names: [String], values: [Value]) {
        self.names = names
        self.values = values
    }

    /// The values by the names of their columns, in any order.
    public init(_ values: [String: Value]) { self.init(dictionaryLiteral: values.map { $0 }) }
    /// The same, written down; a name stands once.
    public init(dictionaryLiteral elements: (String, Value)...) { self.init(dictionaryLiteral: elements) }

    private init(dictionaryLiteral elements: [(String, Value)]) { self.init(names: elements.map(\.0), values: elements.map(\.1)) }

    /// The value of a column; `null` where there is none. A handful of names is found sooner by looking at each than by hashing.
    public subscript(name: String) -> Value { names.firstIndex(of: name).map { values[$0] } ?? .null }
}
