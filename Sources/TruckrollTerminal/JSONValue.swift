/// A JSON document as commands print it: members keep the order they were given in, numbers are integers.
public enum JSONValue: Sendable {
    /// The absent value.
    case null
    /// True or false.
    case bool(Bool)
    /// A whole number; JSON's fractions are not used.
    case int(Int)
    /// Text, escaped when written.
    case string(String)
    /// Values in order.
    case array([JSONValue])
    /// Members in the order they are written. Names must not repeat.
    case object([(String, JSONValue)])

    /// The member called `name` of an object; nil for anything else.
    public subscript(name: String) -> JSONValue? {
        guard case .object(let members) = self else { return nil }
        return members.first { $0.0 == name }?.1
    }

    /// The element at `index` of an array; nil for anything else and outside of it.
    public subscript(index: Int) -> JSONValue? {
        guard case .array(let elements) = self, elements.indices.contains(index) else { return nil }
        return elements[index]
    }

    /// The text, if this is a string.
    public var stringValue: String? {
        if case .string(let value) = self { value } else { nil }
    }

    /// The number, if this is one.
    public var intValue: Int? {
        if case .int(let value) = self { value } else { nil }
    }

    /// The elements, if this is an array.
    public var arrayValue: [JSONValue]? {
        if case .array(let value) = self { value } else { nil }
    }
}

extension JSONValue: Equatable {
    /// Objects are equal if they have equal members in the same order.
    public static func == (left: JSONValue, right: JSONValue) -> Bool {
        switch (left, right) {
        case (.null, .null): true
        case (.bool(let left), .bool(let right)): left == right
        case (.int(let left), .int(let right)): left == right
        case (.string(let left), .string(let right)): left == right
        case (.array(let left), .array(let right)): left == right
        case (.object(let left), .object(let right)): left.elementsEqual(right) { $0.0 == $1.0 && $0.1 == $1.1 }
        default: false
        }
    }
}

extension JSONValue: ExpressibleByNilLiteral, ExpressibleByBooleanLiteral, ExpressibleByIntegerLiteral,
    ExpressibleByStringInterpolation, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
    /// ``null``, written `nil`.
    public init(nilLiteral: ()) { self = .null }
    /// A ``bool(_:)``.
    public init(booleanLiteral value: Bool) { self = .bool(value) }
    /// An ``int(_:)``.
    public init(integerLiteral value: Int) { self = .int(value) }
    /// A ``string(_:)``.
    public init(stringLiteral value: String) { self = .string(value) }
    /// An ``array(_:)``.
    public init(arrayLiteral elements: JSONValue...) { self = .array(elements) }

    /// An ``object(_:)`` with members in the order written; a repeated name is a mistake of the program.
    public init(dictionaryLiteral members: (String, JSONValue)...) {
        precondition(Set(members.map(\.0)).count == members.count, "an object names a member twice")
        self = .object(members)
    }
}
