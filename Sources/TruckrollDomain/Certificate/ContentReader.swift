/// Why bytes are not the content of a certificate. They were not made by any version of this software: refuse them.
public enum ContentProblem: Error, Hashable, Sendable {
    /// Not canonical JSON.
    case notCanonical(CanonicalProblem)
    /// `path` is missing.
    case missing(path: String)
    /// `path` is not a field of a certificate.
    case unknown(path: String)
    /// `path` has the wrong type, or a value that is not allowed there.
    case malformed(path: String)
    /// The format is another than the one this version reads; a newer version may know it.
    case unknownFormat(String)
}

/// The members of one object, each to be asked for once; what nobody asked for is refused at the end.
struct ContentReader {
    let path: String
    private var members: [CanonicalObject.Member]

    init(_ value: CanonicalValue, path: String) throws(ContentProblem) {
        guard case .object(let object) = value else { throw .malformed(path: path) }
        self.path = path
        members = object.members
    }

    func at(_ key: String) -> String { path.isEmpty ? key : "\(path).\(key)" }

    mutating func take(_ key: String) throws(ContentProblem) -> CanonicalValue {
        guard let index = members.firstIndex(where: { CanonicalObject.same($0.key, key) }) else {
            throw .missing(path: at(key))
        }
        return members.remove(at: index).value
    }

    /// Ends the reading of this object.
    func finish() throws(ContentProblem) {
        if let left = members.first { throw .unknown(path: at(left.key)) }
    }

    mutating func text(_ key: String) throws(ContentProblem) -> String {
        guard let text = try optionalText(key) else { throw .malformed(path: at(key)) }
        return text
    }

    mutating func optionalText(_ key: String) throws(ContentProblem) -> String? {
        switch try take(key) {
        case .null: return nil
        case .string(let text) where PrintableText.accepts(text): return text
        default: throw .malformed(path: at(key))
        }
    }

    mutating func texts(_ key: String) throws(ContentProblem) -> [String] {
        var texts: [String] = []
        for value in try array(key) {
            guard case .string(let text) = value, PrintableText.accepts(text) else { throw .malformed(path: at(key)) }
            texts.append(text)
        }
        return texts
    }

    mutating func decimal(_ key: String) throws(ContentProblem) -> String {
        guard let text = try optionalDecimal(key) else { throw .malformed(path: at(key)) }
        return text
    }

    mutating func optionalDecimal(_ key: String) throws(ContentProblem) -> String? {
        guard let text = try optionalText(key) else { return nil }
        guard (try? ExactDecimal(parsing: text)) != nil else { throw .malformed(path: at(key)) }
        return text
    }

    mutating func instant(_ key: String) throws(ContentProblem) -> String {
        let text = try text(key)
        guard (try? CertificateInstant(parsing: text)) != nil else { throw .malformed(path: at(key)) }
        return text
    }

    mutating func optionalInstant(_ key: String) throws(ContentProblem) -> String? {
        guard let text = try optionalText(key) else { return nil }
        guard (try? CertificateInstant(parsing: text)) != nil else { throw .malformed(path: at(key)) }
        return text
    }

    mutating func integer(_ key: String, in range: ClosedRange<Int>) throws(ContentProblem) -> Int {
        guard case .integer(let value) = try take(key), range.contains(value) else { throw .malformed(path: at(key)) }
        return value
    }

    mutating func optionalInteger(_ key: String, in range: ClosedRange<Int>) throws(ContentProblem) -> Int? {
        switch try take(key) {
        case .null: return nil
        case .integer(let value) where range.contains(value): return value
        default: throw .malformed(path: at(key))
        }
    }

    mutating func bool(_ key: String) throws(ContentProblem) -> Bool {
        guard case .bool(let value) = try take(key) else { throw .malformed(path: at(key)) }
        return value
    }

    mutating func choice<C: RawRepresentable>(_ key: String, _: C.Type = C.self) throws(ContentProblem) -> C
    where C.RawValue == String {
        guard let choice = C(rawValue: try text(key)) else { throw .malformed(path: at(key)) }
        return choice
    }

    mutating func array(_ key: String) throws(ContentProblem) -> [CanonicalValue] {
        guard case .array(let values) = try take(key) else { throw .malformed(path: at(key)) }
        return values
    }

    mutating func record<R: ContentRecord>(_ key: String, _: R.Type = R.self) throws(ContentProblem) -> R {
        try R.read(try take(key), path: at(key))
    }

    mutating func optionalRecord<R: ContentRecord>(_ key: String, _: R.Type = R.self) throws(ContentProblem) -> R? {
        let value = try take(key)
        if case .null = value { return nil }
        return try R.read(value, path: at(key))
    }

    mutating func records<R: ContentRecord>(_ key: String, _: R.Type = R.self) throws(ContentProblem) -> [R] {
        var records: [R] = []
        for (index, value) in try array(key).enumerated() {
            records.append(try R.read(value, path: "\(at(key))[\(index)]"))
        }
        return records
    }
}

/// A part of the content that is one JSON object.
protocol ContentRecord {
    var canonical: CanonicalValue { get }
    init(reading reader: inout ContentReader) throws(ContentProblem)
}

extension ContentRecord {
    static func read(_ value: CanonicalValue, path: String) throws(ContentProblem) -> Self {
        var reader = try ContentReader(value, path: path)
        let record = try Self(reading: &reader)
        try reader.finish()
        return record
    }
}

extension CanonicalValue {
    static func records(_ records: [some ContentRecord]) -> CanonicalValue { .array(records.map(\.canonical)) }

    static func record(_ record: (some ContentRecord)?) -> CanonicalValue { record?.canonical ?? .null }
}
