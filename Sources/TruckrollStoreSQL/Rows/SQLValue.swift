/// A value as SQL knows it: what is bound to a statement, and what a column holds.
package enum SQLValue: Hashable, Sendable {
    case null
    case integer(Int64)
    /// Nothing of ours; a damaged file can hold it.
    case real(Double)
    case text(String)
    case bytes([UInt8])

    package var isNull: Bool { self == .null }
}

/// One row of a result, while it is being read.
package protocol SQLRow {
    /// What the column of that number holds, from 0.
    func column(_ index: Int) -> SQLValue
    /// The problem of a row that does not hold what was written there.
    func damaged(_ detail: String) -> StoreProblem
}
