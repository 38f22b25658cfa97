/// Why a text is not a JSON document this project writes. Offsets count UTF-8 bytes from the start of the text.
public enum JSONProblem: Error, Equatable, Sendable {
    /// The text ended inside a value.
    case endsEarly
    /// The byte at the offset cannot stand there; this includes anything after the document.
    case unexpectedByte(offset: Int)
    /// The number at the offset has a fraction or an exponent, or does not fit in 64 bits.
    case notAnInteger(offset: Int)
    /// The escape at the offset is unknown or names half a surrogate pair.
    case badEscape(offset: Int)
    /// An object names a member twice.
    case duplicateMember(String)
    /// Arrays and objects are nested deeper than ``JSONValue/deepest``.
    case tooDeep(offset: Int)
}
