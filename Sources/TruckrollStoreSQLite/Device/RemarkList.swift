import TruckrollCore
import TruckrollProtocol

/// The remarks of a receipt in one column: a list of [code, op, field, text, server's value, remedies].
///
/// Texts are kept as bytes and the value as its encoding, so that whatever a server said can be kept.
enum RemarkList {
    static func encoded(_ remarks: [Remark]) -> [UInt8] {
        let items = remarks.map { remark in
            Value.list([
                bytes(remark.code), .integer(Int64(remark.op)), .integer(Int64(remark.field)), bytes(remark.text),
                remark.serverValue.map { .bytes($0.encoded) } ?? .null, .list(remark.remedies.map { bytes($0) }),
            ])
        }
        return Value.list(items).encoded
    }

    static func decoded(_ encoded: [UInt8]) throws(DecodingProblem) -> [Remark] {
        guard let items = try Value(decoding: encoded).list else { throw malformed }
        var remarks: [Remark] = []
        for item in items {
            guard let parts = item.list, parts.count == 6, let code = text(parts[0]), let op = parts[1].integer,
                let field = parts[2].integer.flatMap({ UInt32(exactly: $0) }), let said = text(parts[3]), let remedies = parts[5].list
            else { throw malformed }
            var serverValue: Value?
            if let bytes = parts[4].bytes { serverValue = try Value(decoding: bytes) }
            remarks.append(
                Remark(
                    code: code, op: Int(op), field: field, text: said, serverValue: serverValue, remedies: remedies.compactMap { text($0) })
            )
        }
        return remarks
    }

    private static let malformed = DecodingProblem("malformed", "remarks of a receipt")
    private static func bytes(_ text: String) -> Value { .bytes(Array(text.utf8)) }
    private static func text(_ value: Value) -> String? { value.bytes.map { String(decoding: $0, as: UTF8.self) } }
}
