import GRDB
import TruckrollCore

/// Reads the columns of a row from left to right. A column that does not hold what this program writes there means a
/// damaged file, never a trap.
struct RowReader {
    private let row: Row
    private let path: String
    private var index = 0

    init(row: Row, path: String) {
        self.row = row
        self.path = path
    }

    /// What the first column holds, when `read` finds that the row cannot be read; else `nil`.
    mutating func rawUnlessLegible(_ read: (inout RowReader) throws -> Void) throws -> DatabaseValue? {
        var first = self
        do { try read(&self) } catch StoreProblem.corrupt { return first.raw() }
        return nil
    }

    /// Whatever the column holds.
    mutating func raw() -> DatabaseValue {
        defer { index += 1 }
        return row[index]
    }

    mutating func integer() throws -> Int64 { try present(try optionalInteger()) }
    mutating func optionalInteger() throws -> Int64? {
        switch next() {
        case .null: nil
        case .int64(let integer): integer
        default: throw unreadable("an integer")
        }
    }

    mutating func unsigned() throws -> UInt64 {
        guard let value = UInt64(exactly: try integer()) else { throw unreadable("a number from 0") }
        return value
    }

    mutating func boolean() throws -> Bool { try integer() != 0 }

    mutating func text() throws -> String { try present(try optionalText()) }
    mutating func optionalText() throws -> String? {
        switch next() {
        case .null: nil
        case .string(let text): text
        default: throw unreadable("a text")
        }
    }

    mutating func bytes() throws -> [UInt8] { try present(try optionalBytes()) }
    mutating func optionalBytes() throws -> [UInt8]? {
        switch next() {
        case .null: nil
        case .blob(let data): Array(data)
        default: throw unreadable("bytes")
        }
    }

    mutating func number<T: FixedWidthInteger & UnsignedInteger>(_ type: T.Type) throws -> T {
        guard let value = T(bigEndian: try bytes()) else { throw unreadable("a number of \(T.bitWidth / 8) bytes") }
        return value
    }

    /// What `read` makes of the column before; the protocol's own problem is told as a damaged file.
    func decoding<T>(_ read: () throws(DecodingProblem) -> T) throws -> T {
        do { return try read() } catch { throw unreadable(error.description) }
    }

    func present<T>(_ value: T?, _ what: String = "a value") throws -> T {
        guard let value else { throw unreadable(what) }
        return value
    }

    private mutating func next() -> DatabaseValue.Storage {
        raw().storage
    }

    /// What was read is not what was written.
    func damaged(_ detail: String) -> StoreProblem { .corrupt(path: path, detail: detail) }

    private func unreadable(_ wanted: String) -> StoreProblem { damaged("column \(index) of a row does not hold \(wanted)") }
}
