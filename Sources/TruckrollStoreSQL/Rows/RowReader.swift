import TruckrollCore

/// Reads the columns of a row from left to right. A column that does not hold what this program writes there means a
/// damaged file, never a trap.
package struct RowReader {
    private let row: any SQLRow
    private var index = 0

    package init(_ row: any SQLRow) { self.row = row }

    /// What the first column holds, when `read` finds that the row cannot be read; else `nil`.
    package mutating func rawUnlessLegible(_ read: (inout RowReader) throws -> Void) throws -> SQLValue? {
        var first = self
        do { try read(&self) } catch let problem as StoreProblem where problem.damage != nil { return first.raw() }
        return nil
    }

    /// Whatever the column holds.
    package mutating func raw() -> SQLValue {
        defer { index += 1 }
        return row.column(index)
    }

    package mutating func integer() throws -> Int64 { try present(try optionalInteger()) }
    package mutating func optionalInteger() throws -> Int64? {
        switch raw() {
        case .null: nil
        case .integer(let integer): integer
        default: throw unreadable("an integer")
        }
    }

    package mutating func unsigned() throws -> UInt64 {
        guard let value = UInt64(exactly: try integer()) else { throw unreadable("a number from 0") }
        return value
    }

    package mutating func boolean() throws -> Bool { try integer() != 0 }

    package mutating func text() throws -> String { try present(try optionalText()) }
    package mutating func optionalText() throws -> String? {
        switch raw() {
        case .null: nil
        case .text(let text): text
        default: throw unreadable("a text")
        }
    }

    package mutating func bytes() throws -> [UInt8] { try present(try optionalBytes()) }
    package mutating func optionalBytes() throws -> [UInt8]? {
        switch raw() {
        case .null: nil
        case .bytes(let bytes): bytes
        default: throw unreadable("bytes")
        }
    }

    package mutating func number<T: FixedWidthInteger & UnsignedInteger>(_ type: T.Type) throws -> T {
        guard let value = T(bigEndian: try bytes()) else { throw unreadable("a number of \(T.bitWidth / 8) bytes") }
        return value
    }

    /// What `read` makes of the column before; the protocol's own problem is told as a damaged file.
    package func decoding<T>(_ read: () throws(DecodingProblem) -> T) throws -> T {
        do { return try read() } catch { throw unreadable(error.description) }
    }

    package func present<T>(_ value: T?, _ what: String = "a value") throws -> T {
        guard let value else { throw unreadable(what) }
        return value
    }

    /// What was read is not what was written.
    package func damaged(_ detail: String) -> StoreProblem { row.damaged(detail) }

    private func unreadable(_ wanted: String) -> StoreProblem { damaged("column \(index) of a row does not hold \(wanted)") }
}
