import TruckrollCore

/// Where a hand-over stands.
public enum HandOverState: String, Sendable, CaseIterable {
    /// Nobody has answered yet.
    case offered
    /// Its receiver has it.
    case accepted
    /// Its receiver has not taken it.
    case declined
    /// Its author has taken it back.
    case withdrawn
    /// Nothing is held for it: it does not fit the book, or something else has come first. Its receiver may accept it all the same.
    case refused
}

/// What can be done about a hand-over.
public enum HandOverAction: String, Sendable, CaseIterable {
    case accept, decline, withdraw

    /// Where a hand-over stands that was answered so.
    public var state: HandOverState {
        switch self {
        case .accept: .accepted
        case .decline: .declined
        case .withdraw: .withdrawn
        }
    }
}

/// How two people name one hand-over while neither device has heard of the other.
public enum HandOverCode {
    /// The id of a hand-over: who receives it can tell it by the code and by where it goes.
    public static func id(_ entity: Entity, code: String, to location: RecordID) -> RecordID {
        RecordID.derived(type: entity.type, key: [location.bytes, Array(normalised(code).utf8)])
    }

    /// A new code: eight digits of Crockford's base 32, 2^40 of them for each place that receives something.
    public static func random(using generator: inout some RandomNumberGenerator) -> String {
        String(decoding: (0..<8).map { _ in CertificateNumber.alphabet[Int.random(in: 0..<32, using: &generator)] }, as: UTF8.self)
    }

    /// As it counts, however it was typed: capitals, without spaces and dashes; O is 0, I and L are 1, as Crockford has it.
    public static func normalised(_ code: String) -> String {
        let digits: [Character: Character] = ["O": "0", "I": "1", "L": "1"]
        return String(code.uppercased().filter { !$0.isWhitespace && $0 != "-" }.map { digits[$0] ?? $0 })
    }

    /// As people read it to each other: in fours.
    public static func spoken(_ code: String) -> String {
        let characters = Array(code)
        return stride(from: 0, to: characters.count, by: 4).map { String(characters[$0..<min($0 + 4, characters.count)]) }.joined(separator: "-")
    }
}
