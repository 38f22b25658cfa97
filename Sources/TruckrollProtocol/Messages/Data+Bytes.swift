import Foundation

/// Bytes as SwiftProtobuf wants them.
public func data(_ bytes: [UInt8]) -> Data { Data(bytes) }
