/// Where a character hangs: behind or before another one, or at the beginning of the text.
public struct TextAnchor: Hashable, Sendable {
    public enum Side: UInt8, Hashable, Sendable {
        case before, after
    }

    /// `nil` for the beginning, behind which a character can only hang.
    public let character: CharacterID?
    public let side: Side

    public static let beginning = TextAnchor(character: nil, side: .after)
    public static func after(_ character: CharacterID) -> TextAnchor { TextAnchor(character: character, side: .after) }
    public static func before(_ character: CharacterID) -> TextAnchor { TextAnchor(character: character, side: .before) }

    private init(character: CharacterID?, side: Side) {
        self.character = character
        self.side = side
    }
}

/// Consecutive characters of one replica of which each hangs behind the one before: what somebody typed in one go.
public struct TextRun: Hashable, Sendable {
    public let first: UInt32
    /// Where the first character hangs.
    public let anchor: TextAnchor
    /// Never empty; `nil` for a character that was erased, of which only the place is kept.
    public internal(set) var characters: [Unicode.Scalar?]

    public var last: UInt32 { first + UInt32(characters.count - 1) }
}
