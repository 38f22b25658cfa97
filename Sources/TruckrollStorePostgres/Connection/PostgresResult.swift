internal import CLibpq
import TruckrollStoreSQL

/// What a statement gave: rows in binary form, or how many it changed. Freed with the last who holds it.
final class PostgresResult {
    private let result: OpaquePointer

    init(owning result: OpaquePointer) { self.result = result }
    deinit { PQclear(result) }

    var status: ExecStatusType { PQresultStatus(result) }
    /// A field of an error, by its letter.
    func field(_ letter: Character) -> String? {
        letter.asciiValue.flatMap { PQresultErrorField(result, Int32($0)) }.map { String(cString: $0) }
    }

    var rowCount: Int { Int(PQntuples(result)) }
    /// How many rows an `INSERT`, `UPDATE` or `DELETE` changed.
    var changed: Int { Int(String(cString: PQcmdTuples(result))) ?? 0 }
    /// Such as `COMMIT`.
    var tag: String { String(cString: PQcmdStatus(result)) }

    /// The first row of a script, whose values come as text.
    var words: [String] {
        guard rowCount > 0 else { return [] }
        return (0..<PQnfields(result)).map { PQgetvalue(result, 0, $0).map { String(cString: $0) } ?? "" }
    }

    func value(_ row: Int, _ column: Int) -> SQLValue {
        let (row, column) = (Int32(row), Int32(column))
        guard column < PQnfields(result), PQgetisnull(result, row, column) == 0, let start = PQgetvalue(result, row, column) else { return .null }
        let bytes = UnsafeRawBufferPointer(start: start, count: Int(PQgetlength(result, row, column)))
        switch PQftype(result, column) {
        case PostgresType.text, PostgresType.name, PostgresType.varchar: return .text(String(decoding: bytes, as: UTF8.self))
        case PostgresType.boolean: return .integer(bytes.first == 1 ? 1 : 0)
        case PostgresType.int2: return .integer(Int64(Int16(bigEndian: bytes.loadUnaligned(as: Int16.self))))
        case PostgresType.int4: return .integer(Int64(Int32(bigEndian: bytes.loadUnaligned(as: Int32.self))))
        case PostgresType.int8: return .integer(Int64(bigEndian: bytes.loadUnaligned(as: Int64.self)))
        default: return .bytes(Array(bytes))
        }
    }
}

/// The types whose binary form is read or written here, by the numbers PostgreSQL gives them (pg_type.dat).
enum PostgresType {
    static let boolean: UInt32 = 16
    static let bytea: UInt32 = 17
    static let name: UInt32 = 19
    static let int8: UInt32 = 20
    static let int2: UInt32 = 21
    static let int4: UInt32 = 23
    static let text: UInt32 = 25
    static let float8: UInt32 = 701
    static let varchar: UInt32 = 1043
    static let uuid: UInt32 = 2950
    /// PostgreSQL finds out.
    static let unknown: UInt32 = 0
}

/// One row of a result.
struct PostgresRow: SQLRow {
    let result: PostgresResult
    let row: Int
    let place: String

    func column(_ index: Int) -> SQLValue { result.value(row, index) }
    func damaged(_ detail: String) -> StoreProblem { .corruptRow(place: place, detail: detail) }
}
