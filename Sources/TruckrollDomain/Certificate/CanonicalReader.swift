/// Why bytes are not canonical JSON. Whoever sent them is faulty or hostile: refuse the whole document.
public enum CanonicalProblem: Error, Hashable, Sendable {
    /// More bytes than a document of this kind may have.
    case tooLarge(limit: Int)
    /// Arrays and objects are nested deeper than any document of ours.
    case tooDeep(offset: Int)
    /// The document ends in the middle of a value.
    case truncated
    /// Bytes follow the end of the document.
    case trailingBytes(offset: Int)
    /// A text is not UTF-8.
    case notUTF8(offset: Int)
    /// This byte cannot stand here: not JSON, or JSON spelled otherwise than RFC 8785 does, such as with white space.
    case unexpectedByte(offset: Int)
    /// A number that is not a whole number of at most 2^53 − 1, or not in its shortest spelling.
    case numberNotAllowed(offset: Int)
    /// An escape that RFC 8785 does not use, or U+0000, which not every store can keep.
    case escapeNotAllowed(offset: Int)
    /// An object names this key twice.
    case duplicateKey(String)
    /// An object does not name its keys in the order of their UTF-16 code units.
    case keysOutOfOrder(String)
}

extension CanonicalValue {
    /// The most bytes a document may have.
    public static let greatestDocument = 1_000_000
    /// The deepest nesting a document may have.
    public static let greatestDepth = 32

    /// Reads the bytes that ``encoded`` writes, and no others: another spelling of the same value is refused.
    public init(canonical bytes: [UInt8]) throws(CanonicalProblem) {
        guard bytes.count <= Self.greatestDocument else { throw .tooLarge(limit: Self.greatestDocument) }
        var reader = CanonicalReader(bytes: bytes)
        self = try reader.value(depth: 0)
        guard reader.offset == bytes.count else { throw .trailingBytes(offset: reader.offset) }
        // The reader accepts one spelling only; this holds it to that, whatever it has overlooked.
        guard encoded == bytes else { throw .unexpectedByte(offset: 0) }
    }
}

/// A cursor over canonical JSON.
private struct CanonicalReader {
    let bytes: [UInt8]
    var offset = 0

    init(bytes: [UInt8]) { self.bytes = bytes }

    func peek() throws(CanonicalProblem) -> UInt8 {
        guard offset < bytes.count else { throw .truncated }
        return bytes[offset]
    }

    mutating func take() throws(CanonicalProblem) -> UInt8 {
        let byte = try peek()
        offset += 1
        return byte
    }

    mutating func expect(_ text: StaticString) throws(CanonicalProblem) {
        for index in 0..<text.utf8CodeUnitCount {
            guard try peek() == text.utf8Start[index] else { throw .unexpectedByte(offset: offset) }
            offset += 1
        }
    }

    mutating func value(depth: Int) throws(CanonicalProblem) -> CanonicalValue {
        guard depth <= CanonicalValue.greatestDepth else { throw .tooDeep(offset: offset) }
        switch try peek() {
        case UInt8(ascii: "n"):
            try expect("null")
            return .null
        case UInt8(ascii: "t"):
            try expect("true")
            return .bool(true)
        case UInt8(ascii: "f"):
            try expect("false")
            return .bool(false)
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "["): return .array(try array(depth: depth))
        case UInt8(ascii: "{"): return .object(try object(depth: depth))
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return .integer(try integer())
        default: throw .unexpectedByte(offset: offset)
        }
    }

    mutating func array(depth: Int) throws(CanonicalProblem) -> [CanonicalValue] {
        try expect("[")
        var values: [CanonicalValue] = []
        if try peek() == UInt8(ascii: "]") {
            offset += 1
            return values
        }
        while true {
            values.append(try value(depth: depth + 1))
            if try isLast(closing: UInt8(ascii: "]")) { return values }
        }
    }

    mutating func object(depth: Int) throws(CanonicalProblem) -> CanonicalObject {
        try expect("{")
        var members: [CanonicalObject.Member] = []
        if try peek() == UInt8(ascii: "}") {
            offset += 1
            return CanonicalObject(sorted: members)
        }
        while true {
            let key = try string()
            if let last = members.last, !CanonicalObject.precedes(last.key, key) {
                let known = members.contains { CanonicalObject.same($0.key, key) }
                throw known ? .duplicateKey(key) : .keysOutOfOrder(key)
            }
            try expect(":")
            members.append(.init(key: key, value: try value(depth: depth + 1)))
            if try isLast(closing: UInt8(ascii: "}")) { return CanonicalObject(sorted: members) }
        }
    }

    /// Takes what follows an element: the closing bracket, or a comma.
    mutating func isLast(closing: UInt8) throws(CanonicalProblem) -> Bool {
        switch try take() {
        case closing: return true
        case UInt8(ascii: ","): return false
        default: throw .unexpectedByte(offset: offset - 1)
        }
    }

    mutating func integer() throws(CanonicalProblem) -> Int {
        let start = offset
        if try peek() == UInt8(ascii: "-") { offset += 1 }
        while offset < bytes.count, case UInt8(ascii: "0")...UInt8(ascii: "9") = bytes[offset] { offset += 1 }
        let text = String(decoding: bytes[start..<offset], as: UTF8.self)
        // Reading back the same text refuses "-0", "007" and "-"; a fraction or an exponent fails at the next byte.
        guard let value = Int(text), String(value) == text, value.magnitude <= UInt(CanonicalValue.greatestInteger)
        else { throw .numberNotAllowed(offset: start) }
        if offset < bytes.count, [UInt8(ascii: "."), UInt8(ascii: "e"), UInt8(ascii: "E")].contains(bytes[offset]) {
            throw .numberNotAllowed(offset: start)
        }
        return value
    }

    mutating func string() throws(CanonicalProblem) -> String {
        try expect("\"")
        let start = offset
        var text: [UInt8] = []
        while true {
            let byte = try take()
            switch byte {
            case UInt8(ascii: "\""):
                guard let string = String(validating: text, as: UTF8.self) else { throw .notUTF8(offset: start) }
                return string
            case UInt8(ascii: "\\"): text.append(try escape())
            case 0x20...: text.append(byte)
            default: throw .unexpectedByte(offset: offset - 1)
            }
        }
    }

    mutating func escape() throws(CanonicalProblem) -> UInt8 {
        let start = offset - 1
        switch try take() {
        case UInt8(ascii: "\""): return UInt8(ascii: "\"")
        case UInt8(ascii: "\\"): return UInt8(ascii: "\\")
        case UInt8(ascii: "b"): return 0x08
        case UInt8(ascii: "t"): return 0x09
        case UInt8(ascii: "n"): return 0x0A
        case UInt8(ascii: "f"): return 0x0C
        case UInt8(ascii: "r"): return 0x0D
        case UInt8(ascii: "u"):
            guard try take() == UInt8(ascii: "0"), try take() == UInt8(ascii: "0") else {
                throw .escapeNotAllowed(offset: start)
            }
            let digits = String(decoding: [try take(), try take()], as: UTF8.self)
            guard let byte = Hexadecimal.bytes(digits)?.first, byte > 0, byte < 0x20,
                ![0x08, 0x09, 0x0A, 0x0C, 0x0D].contains(byte)
            else { throw .escapeNotAllowed(offset: start) }
            return byte
        default: throw .escapeNotAllowed(offset: start)
        }
    }
}
