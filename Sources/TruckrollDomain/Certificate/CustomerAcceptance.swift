/// What a customer's acceptance says.
public enum AcceptanceMeaning: String, Hashable, Sendable {
    /// Took note.
    case reviewed
    /// Accepted the work.
    case accepted
    /// Refused to accept it.
    case refused
}

/// What the customer answered at the technician's device, signed or by word of mouth, bound to what was shown.
public struct CustomerAcceptance: Sendable {
    /// Printed name.
    public var name: String
    /// Role.
    public var role: String
    /// What the customer answered.
    public var meaning: AcceptanceMeaning
    /// When, with offset.
    public var at: String
    /// Hash of the content without this acceptance: of what was shown (I16).
    public var shownHash: ContentHash
    /// Pen strokes: lists of x, y in hundredths of a millimetre, downwards from the top left; empty when no
    /// signature was taken.
    public var strokes: [[Int]]

    /// Whether there is a signature: a stroke from one point to another.
    public var isSigned: Bool { strokes.contains { $0.count >= 4 } }

    /// Who answered what, and whether it was signed, in a sentence.
    public var words: String {
        "\(meaning.rawValue) by \(name), \(role); " + (isSigned ? "signed on the technician's device" : "no signature was taken")
    }

    /// The parts as they are known.
    public init(
        name: String, role: String, meaning: AcceptanceMeaning, at: String, shownHash: ContentHash, strokes: [[Int]]
    ) {
        self.name = name
        self.role = role
        self.meaning = meaning
        self.at = at
        self.shownHash = shownHash
        self.strokes = strokes
    }
}

extension CustomerAcceptance: ContentRecord {
    init(reading reader: inout ContentReader) throws(ContentProblem) {
        name = try reader.text("name")
        role = try reader.text("role")
        meaning = try reader.choice("meaning")
        at = try reader.instant("at")
        shownHash = try reader.hash("shown_hash")
        strokes = try reader.strokes("strokes")
    }

    var canonical: CanonicalValue {
        .object([
            "name": .string(name), "role": .string(role), "meaning": .string(meaning.rawValue), "at": .string(at),
            "shown_hash": .string(shownHash.text), "strokes": .array(strokes.map { .array($0.map { .integer($0) }) }),
        ])
    }
}

extension ContentReader {
    mutating func hash(_ key: String) throws(ContentProblem) -> ContentHash {
        guard let bytes = Hexadecimal.bytes(try text(key)), let hash = ContentHash(bytes: bytes) else {
            throw .malformed(path: at(key))
        }
        return hash
    }

    /// Lists of coordinates within a field of half a metre, each list an even count.
    mutating func strokes(_ key: String) throws(ContentProblem) -> [[Int]] {
        var strokes: [[Int]] = []
        for value in try array(key) {
            guard case .array(let numbers) = value, numbers.count.isMultiple(of: 2) else {
                throw .malformed(path: at(key))
            }
            var stroke: [Int] = []
            for number in numbers {
                guard case .integer(let coordinate) = number, (-50_000...50_000).contains(coordinate) else {
                    throw .malformed(path: at(key))
                }
                stroke.append(coordinate)
            }
            strokes.append(stroke)
        }
        return strokes
    }
}
