import AsyncHTTPClient
import NIOCore

/// A request's body, handed to the connection piece by piece, as fast as the line takes it.
///
/// In one piece it would count as sent as soon as it stands in memory, and a slow line would be taken for a silent server.
struct BodyPieces: AsyncSequence, Sendable {
    let bytes: [UInt8]
    private static let pieceBytes = 16 << 10

    /// The body as the HTTP library takes it.
    static func body(_ bytes: [UInt8]) -> HTTPClientRequest.Body {
        guard bytes.count > pieceBytes else { return .bytes(ByteBuffer(bytes: bytes)) }
        return .stream(BodyPieces(bytes: bytes), length: .known(Int64(bytes.count)))
    }

    func makeAsyncIterator() -> Iterator { Iterator(rest: bytes[...]) }

    struct Iterator: AsyncIteratorProtocol {
        fileprivate var rest: ArraySlice<UInt8>

        mutating func next() async -> ByteBuffer? {
            guard !rest.isEmpty else { return nil }
            defer { rest = rest.dropFirst(pieceBytes) }
            return ByteBuffer(bytes: rest.prefix(pieceBytes))
        }
    }
}
