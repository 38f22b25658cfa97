/// What a request asks for, as the bytes of its first line say it. Nothing is decoded, so that both sides sign the same text.
public struct RequestTarget: Hashable, Sendable {
    /// The method in upper case.
    public let method: String
    /// The path up to the question mark.
    public let path: String
    /// The query with its question mark; `nil` when there is none.
    public let query: String?

    /// - Parameter text: the path and query of the first line, such as `/v1/x/stream?after=5`.
    public init(method: String, pathAndQuery text: String) {
        self.method = method
        if let mark = text.utf8.firstIndex(of: 0x3F) {
            path = String(text[..<mark])
            query = String(text[mark...])
        } else {
            path = text
            query = nil
        }
    }
}
