extension JSONValue {
    /// How deep arrays and objects may be nested in a text that is read.
    public static let deepest = 64

    /// Reads one JSON document, strictly as RFC 8259 defines it, with integers as its only numbers.
    public static func parse(_ text: String) throws(JSONProblem) -> JSONValue {
        var parser = JSONParser(bytes: Array(text.utf8))
        return try parser.document()
    }
}

/// Reads a document by recursive descent; ``JSONValue/deepest`` bounds the recursion.
private struct JSONParser {
    let bytes: [UInt8]
    var offset = 0
    var depth = 0

    mutating func document() throws(JSONProblem) -> JSONValue {
        let value = try value()
        skipSpace()
        guard offset == bytes.count else { throw .unexpectedByte(offset: offset) }
        return value
    }

    private mutating func value() throws(JSONProblem) -> JSONValue {
        skipSpace()
        switch try peek() {
        case UInt8(ascii: "n"): return try keyword("null", .null)
        case UInt8(ascii: "t"): return try keyword("true", .bool(true))
        case UInt8(ascii: "f"): return try keyword("false", .bool(false))
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "["): return try array()
        case UInt8(ascii: "{"): return try object()
        default: return .int(try integer())
        }
    }

    private mutating func array() throws(JSONProblem) -> JSONValue {
        var elements: [JSONValue] = []
        try enter()
        if !skip("]") {
            repeat { elements.append(try value()) } while skip(",")
            try expect("]")
        }
        depth -= 1
        return .array(elements)
    }

    private mutating func object() throws(JSONProblem) -> JSONValue {
        var members: [(String, JSONValue)] = []
        var names: Set<String> = []
        try enter()
        if !skip("}") {
            repeat {
                skipSpace()
                let name = try string()
                guard names.insert(name).inserted else { throw .duplicateMember(name) }
                try expect(":")
                members.append((name, try value()))
            } while skip(",")
            try expect("}")
        }
        depth -= 1
        return .object(members)
    }

    /// Takes the opening bracket.
    private mutating func enter() throws(JSONProblem) {
        guard depth < JSONValue.deepest else { throw .tooDeep(offset: offset) }
        depth += 1
        offset += 1
    }

    private mutating func integer() throws(JSONProblem) -> Int {
        let start = offset
        if try peek() == UInt8(ascii: "-") { offset += 1 }
        let digits = bytes[offset...].prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
        guard let first = digits.first else {
            _ = try peek()
            throw .unexpectedByte(offset: offset)
        }
        if first == UInt8(ascii: "0"), digits.count > 1 { throw .unexpectedByte(offset: offset + 1) }
        offset = digits.endIndex
        if offset < bytes.count, [UInt8(ascii: "."), UInt8(ascii: "e"), UInt8(ascii: "E")].contains(bytes[offset]) {
            throw .notAnInteger(offset: start)
        }
        guard let value = Int(String(decoding: bytes[start..<offset], as: UTF8.self)) else {
            throw .notAnInteger(offset: start)
        }
        return value
    }

    private mutating func string() throws(JSONProblem) -> String {
        guard try peek() == UInt8(ascii: "\"") else { throw .unexpectedByte(offset: offset) }
        offset += 1
        var content: [UInt8] = []
        while true {
            let byte = try peek()
            switch byte {
            case UInt8(ascii: "\""):
                offset += 1
                return String(decoding: content, as: UTF8.self)
            case UInt8(ascii: "\\"): content += Array(String(try escape()).utf8)
            case 0..<0x20: throw .unexpectedByte(offset: offset)
            default:
                content.append(byte)
                offset += 1
            }
        }
    }

    private mutating func escape() throws(JSONProblem) -> Unicode.Scalar {
        let start = offset
        offset += 1
        let letter = try peek()
        offset += 1
        switch letter {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return Unicode.Scalar(letter)
        case UInt8(ascii: "b"): return "\u{8}"
        case UInt8(ascii: "f"): return "\u{C}"
        case UInt8(ascii: "n"): return "\n"
        case UInt8(ascii: "r"): return "\r"
        case UInt8(ascii: "t"): return "\t"
        case UInt8(ascii: "u"): return try unicodeEscape(start)
        default: throw .badEscape(offset: start)
        }
    }

    private mutating func unicodeEscape(_ start: Int) throws(JSONProblem) -> Unicode.Scalar {
        let unit = try fourHexDigits(start)
        if let scalar = Unicode.Scalar(unit) { return scalar }
        guard UTF16.isLeadSurrogate(unit), bytes[offset...].starts(with: [UInt8(ascii: "\\"), UInt8(ascii: "u")]) else {
            throw .badEscape(offset: start)
        }
        offset += 2
        let second = try fourHexDigits(start)
        guard UTF16.isTrailSurrogate(second) else { throw .badEscape(offset: start) }
        return UTF16.decode(UTF16.EncodedScalar([unit, second]))
    }

    private mutating func fourHexDigits(_ start: Int) throws(JSONProblem) -> UInt16 {
        guard offset + 4 <= bytes.count else { throw .endsEarly }
        let digits = bytes[offset..<offset + 4]
        // The integer's own parser would also take a sign.
        guard digits.allSatisfy({ Character(Unicode.Scalar($0)).isHexDigit }),
            let value = UInt16(String(decoding: digits, as: UTF8.self), radix: 16)
        else { throw .badEscape(offset: start) }
        offset += 4
        return value
    }

    private mutating func keyword(_ word: StaticString, _ value: JSONValue) throws(JSONProblem) -> JSONValue {
        for expected in "\(word)".utf8 {
            guard try peek() == expected else { throw .unexpectedByte(offset: offset) }
            offset += 1
        }
        return value
    }

    private func peek() throws(JSONProblem) -> UInt8 {
        guard offset < bytes.count else { throw .endsEarly }
        return bytes[offset]
    }

    private mutating func skipSpace() {
        while offset < bytes.count, [0x20, 0x09, 0x0A, 0x0D].contains(bytes[offset]) { offset += 1 }
    }

    /// Skips white space, then the sign if it comes next, and tells whether it did.
    private mutating func skip(_ sign: Unicode.Scalar) -> Bool {
        skipSpace()
        guard offset < bytes.count, bytes[offset] == UInt8(ascii: sign) else { return false }
        offset += 1
        return true
    }

    private mutating func expect(_ sign: Unicode.Scalar) throws(JSONProblem) {
        if skip(sign) { return }
        _ = try peek()
        throw .unexpectedByte(offset: offset)
    }
}
