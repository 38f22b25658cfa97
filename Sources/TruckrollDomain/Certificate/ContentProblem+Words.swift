extension CanonicalProblem: CustomStringConvertible {
    /// For a person: what is wrong, as the rest of a sentence.
    public var description: String {
        switch self {
        case .tooLarge(let limit): "it has more than \(limit) bytes"
        case .tooDeep(let offset): "its lists are nested too deep at byte \(offset)"
        case .truncated: "it ends in the middle of a value"
        case .trailingBytes(let offset): "bytes follow its end at byte \(offset)"
        case .notUTF8(let offset): "a text is not UTF-8 at byte \(offset)"
        case .unexpectedByte(let offset): "byte \(offset) cannot stand there"
        case .numberNotAllowed(let offset): "the number at byte \(offset) is none it may hold"
        case .escapeNotAllowed(let offset): "the character written at byte \(offset) is none it may hold"
        case .duplicateKey(let key): "it names “\(key)” twice"
        case .keysOutOfOrder(let key): "“\(key)” stands in the wrong order"
        }
    }
}

extension ContentProblem: CustomStringConvertible {
    /// For a person: what is wrong, as the rest of a sentence.
    public var description: String {
        switch self {
        case .notCanonical(let problem): problem.description
        case .missing(let path): "“\(path)” is missing"
        case .unknown(let path): "“\(path)” is no part of a certificate"
        case .malformed(let path): "“\(path)” is not what may stand there"
        case .unknownFormat(let format): "“\(format)” is a format this version does not know"
        }
    }
}
