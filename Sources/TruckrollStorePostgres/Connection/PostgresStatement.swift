import TruckrollStoreSQL

/// A statement in PostgreSQL's words, made from one that serves both databases (``SQLSession``).
struct PostgresStatement: Sendable {
    let text: String
    /// Whether its first value is the tenant's id.
    let namesTenant: Bool

    /// Takes comments out of their marks, and numbers the values.
    init(_ shared: String) {
        let bytes = Array(shared.utf8)
        namesTenant = shared.contains("$tenant")
        let offset = namesTenant ? 1 : 0
        var text: [UInt8] = []
        var values = 0
        var place = 0
        func starts(with word: StaticString) -> Bool {
            place + word.utf8CodeUnitCount <= bytes.count
                && (0..<word.utf8CodeUnitCount).allSatisfy { bytes[place + $0] == word.utf8Start[$0] }
        }
        while place < bytes.count {
            let byte = bytes[place]
            if byte == UInt8(ascii: "'") || byte == UInt8(ascii: "\"") {
                let end = bytes[(place + 1)...].firstIndex(of: byte) ?? bytes.count - 1
                text += bytes[place...end]
                place = end + 1
            } else if starts(with: "/*") || starts(with: "*/") {
                place += 2
            } else if starts(with: "$tenant") {
                text += "$1".utf8
                place += 7
            } else if byte == UInt8(ascii: "?") {
                let digits = bytes[(place + 1)...].prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
                values += 1
                let number = Int(String(decoding: digits, as: UTF8.self)) ?? values
                text += "$\(number + offset)".utf8
                place += 1 + digits.count
            } else {
                text.append(byte)
                place += 1
            }
        }
        self.text = String(decoding: text, as: UTF8.self)
    }
}
