import SwiftProtobuf

/// Bytes of protobuf messages, for code that should not see the library.
public enum Wire {
    public static func encode(_ message: some SwiftProtobuf.Message) throws -> [UInt8] { try message.serializedBytes() }

    /// - Throws: ``WireProblem`` `undecodable`.
    public static func decode<M: SwiftProtobuf.Message>(_ type: M.Type, _ bytes: some Collection<UInt8>) throws(WireProblem) -> M {
        do { return try M(serializedBytes: Array(bytes)) } catch {
            throw WireProblem("undecodable", op: -1, "the bytes are no \(M.protoMessageName)")
        }
    }
}
