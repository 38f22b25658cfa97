import Foundation
import TruckrollCore

/// Base64 with one spelling for each run of bytes: text that another encoder would write differently is refused.
public enum Base64Text {
    /// The usual alphabet with padding (RFC 4648, section 4), as structured header fields use it.
    public static func encode(_ bytes: some Sequence<UInt8>) -> String { Data(bytes).base64EncodedString() }

    /// Reads what ``encode(_:)`` writes; `nil` for anything else.
    public static func decode(_ text: String) -> [UInt8]? {
        guard let data = Data(base64Encoded: text), data.base64EncodedString().hasBytes(of: text) else { return nil }
        return Array(data)
    }

    /// The alphabet for addresses and names, without padding (RFC 4648, section 5).
    public static func encodeURL(_ bytes: some Sequence<UInt8>) -> String {
        let characters = encode(bytes).utf8.filter { $0 != 0x3D }.map { byte -> UInt8 in
            switch byte {
            case 0x2B: 0x2D
            case 0x2F: 0x5F
            default: byte
            }
        }
        return String(decoding: characters, as: UTF8.self)
    }

    /// Reads what ``encodeURL(_:)`` writes; `nil` for anything else.
    public static func decodeURL(_ text: some StringProtocol) -> [UInt8]? {
        var characters: [UInt8] = []
        for byte in text.utf8 {
            switch byte {
            case 0x2D: characters.append(0x2B)
            case 0x5F: characters.append(0x2F)
            case 0x2B, 0x2F, 0x3D: return nil
            default: characters.append(byte)
            }
        }
        while characters.count % 4 != 0 { characters.append(0x3D) }
        return decode(String(decoding: characters, as: UTF8.self))
    }
}
