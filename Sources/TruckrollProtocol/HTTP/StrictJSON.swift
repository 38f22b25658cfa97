/// Refuses JSON that two readers could understand differently, before a parser sees it.
///
/// Accepted is RFC 8259 in UTF-8 without byte order mark, with every member name once in its object, no NUL, no half
/// surrogate pairs, at most ``depth`` levels, and nothing after the value.
public enum StrictJSON {
    /// Levels of arrays and objects.
    public static let depth = 64

    /// - Throws: ``StrictJSONProblem``, naming the place of the first fault.
    public static func check(_ bytes: [UInt8]) throws(StrictJSONProblem) {
        if let offset = firstFault(bytes) { throw StrictJSONProblem("not UTF-8", at: offset) }
        var scanner = Scanner(bytes: bytes)
        try scanner.document()
    }

    /// Where the bytes cease to be UTF-8; `nil` when they are throughout.
    private static func firstFault(_ bytes: [UInt8]) -> Int? {
        if String(validating: bytes, as: UTF8.self) != nil { return nil }
        var parser = Unicode.UTF8.ForwardParser()
        var rest = bytes.makeIterator()
        var offset = 0
        while case .valid(let character) = parser.parseScalar(from: &rest) { offset += character.count }
        return offset
    }
}

/// Why a JSON text was refused.
public struct StrictJSONProblem: Error, Hashable, Sendable, CustomStringConvertible {
    /// What is wrong, for a person.
    public let detail: String
    /// The index of the byte.
    public let offset: Int

    init(_ detail: String, at offset: Int) {
        self.detail = detail
        self.offset = offset
    }

    /// For a person.
    public var description: String { "JSON: \(detail) at byte \(offset)" }
}

private struct Scanner {
    let bytes: [UInt8]
    var index = 0

    mutating func document() throws(StrictJSONProblem) {
        skipSpace()
        try value(level: 0)
        skipSpace()
        guard index == bytes.count else { throw problem("something follows the value") }
    }

    private var next: UInt8? { index < bytes.count ? bytes[index] : nil }

    private func problem(_ detail: String) -> StrictJSONProblem { StrictJSONProblem(detail, at: index) }

    private mutating func skipSpace() {
        while let byte = next, byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D { index += 1 }
    }

    private mutating func take(_ byte: UInt8) -> Bool {
        guard next == byte else { return false }
        index += 1
        return true
    }

    private mutating func value(level: Int) throws(StrictJSONProblem) {
        switch next {
        case UInt8(ascii: "{"): try object(level: level + 1)
        case UInt8(ascii: "["): try array(level: level + 1)
        case UInt8(ascii: "\""): _ = try string()
        case UInt8(ascii: "t"): try word("true")
        case UInt8(ascii: "f"): try word("false")
        case UInt8(ascii: "n"): try word("null")
        default: try number()
        }
    }

    private mutating func object(level: Int) throws(StrictJSONProblem) {
        guard level <= StrictJSON.depth else { throw problem("more than \(StrictJSON.depth) levels") }
        index += 1
        var names: Set<[UInt8]> = []
        skipSpace()
        if take(UInt8(ascii: "}")) { return }
        while true {
            guard next == UInt8(ascii: "\"") else { throw problem("a member name is missing") }
            guard names.insert(try string()).inserted else { throw problem("a member name stands twice") }
            skipSpace()
            guard take(UInt8(ascii: ":")) else { throw problem("a colon is missing") }
            skipSpace()
            try value(level: level)
            skipSpace()
            if take(UInt8(ascii: "}")) { return }
            guard take(UInt8(ascii: ",")) else { throw problem("a comma or brace is missing") }
            skipSpace()
        }
    }

    private mutating func array(level: Int) throws(StrictJSONProblem) {
        guard level <= StrictJSON.depth else { throw problem("more than \(StrictJSON.depth) levels") }
        index += 1
        skipSpace()
        if take(UInt8(ascii: "]")) { return }
        while true {
            try value(level: level)
            skipSpace()
            if take(UInt8(ascii: "]")) { return }
            guard take(UInt8(ascii: ",")) else { throw problem("a comma or bracket is missing") }
            skipSpace()
        }
    }

    /// The bytes of the string with its escapes undone.
    private mutating func string() throws(StrictJSONProblem) -> [UInt8] {
        index += 1
        var content: [UInt8] = []
        while let byte = next {
            index += 1
            switch byte {
            case UInt8(ascii: "\""): return content
            case 0..<0x20: throw problem("a control character in a string")
            case UInt8(ascii: "\\"): content += try escape()
            default: content.append(byte)
            }
        }
        throw problem("a string does not end")
    }

    private mutating func escape() throws(StrictJSONProblem) -> [UInt8] {
        guard let byte = next else { throw problem("an escape does not end") }
        index += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return [byte]
        case UInt8(ascii: "b"): return [0x08]
        case UInt8(ascii: "f"): return [0x0C]
        case UInt8(ascii: "n"): return [0x0A]
        case UInt8(ascii: "r"): return [0x0D]
        case UInt8(ascii: "t"): return [0x09]
        case UInt8(ascii: "u"): break
        default: throw problem("an unknown escape")
        }
        var code = try fourDigits()
        if (0xD800..<0xDC00).contains(code) {
            guard take(UInt8(ascii: "\\")), take(UInt8(ascii: "u")) else { throw problem("half a surrogate pair") }
            let low = try fourDigits()
            guard (0xDC00..<0xE000).contains(low) else { throw problem("half a surrogate pair") }
            code = 0x10000 + (code - 0xD800) << 10 + (low - 0xDC00)
        }
        guard code != 0, let scalar = Unicode.Scalar(code) else { throw problem("NUL or half a surrogate pair") }
        return Array(String(Character(scalar)).utf8)
    }

    private mutating func fourDigits() throws(StrictJSONProblem) -> UInt32 {
        var code: UInt32 = 0
        for _ in 0..<4 {
            guard let byte = next, let digit = Character(Unicode.Scalar(byte)).hexDigitValue, byte < 0x80 else {
                throw problem("four hexadecimal digits are missing")
            }
            code = code << 4 | UInt32(digit)
            index += 1
        }
        return code
    }

    private mutating func word(_ word: StaticString) throws(StrictJSONProblem) {
        for byte in Array(word.description.utf8) {
            guard take(byte) else { throw problem("an unknown word") }
        }
    }

    private mutating func number() throws(StrictJSONProblem) {
        _ = take(UInt8(ascii: "-"))
        if !take(UInt8(ascii: "0")) { try digits() }
        if take(UInt8(ascii: ".")) { try digits() }
        if take(UInt8(ascii: "e")) || take(UInt8(ascii: "E")) {
            if !take(UInt8(ascii: "+")) { _ = take(UInt8(ascii: "-")) }
            try digits()
        }
    }

    private mutating func digits() throws(StrictJSONProblem) {
        let start = index
        while let byte = next, (0x30...0x39).contains(byte) { index += 1 }
        guard index > start else { throw problem("a value is missing") }
    }
}
