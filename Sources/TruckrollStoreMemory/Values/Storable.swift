import TruckrollCore
import TruckrollDomain

/// What a database refuses, so that whatever a simulation stores could be stored in a file too.
enum Storable {
    static func check(_ number: UInt64) throws {
        guard number <= UInt64(Int64.max) else { throw MemoryStoreProblem.unstorable(detail: "the number \(number)") }
    }

    static func check(_ position: Position) throws { try check(position.rawValue) }

    static func check(_ text: String) throws {
        guard !text.withBytes({ $0.contains(0) }) else { throw MemoryStoreProblem.unstorable(detail: "a text with the character NUL") }
    }

    /// An invariant that the tables' CHECK clauses state.
    static func hold(_ condition: Bool, _ invariant: @autoclosure () -> String) throws {
        guard condition else { throw MemoryStoreProblem.failed(detail: "\(invariant()) does not hold") }
    }
}
