/// The two forms a message travels in.
public enum WireForm: Hashable, Sendable, CaseIterable {
    /// The binary form of protobuf.
    case protobuf
    /// The JSON mapping of protobuf.
    case json

    /// The media type, as in `Content-Type`.
    public var mediaType: String {
        switch self {
        case .protobuf: "application/x-protobuf"
        case .json: "application/json"
        }
    }

    /// The form that a media type names, its parameters aside; `nil` for other media types.
    public init?(mediaType text: String) {
        let name = text.prefix { $0 != ";" }.filter { $0 != " " && $0 != "\t" }.lowercased()
        guard let form = Self.allCases.first(where: { $0.mediaType == name }) else { return nil }
        self = form
    }
}
