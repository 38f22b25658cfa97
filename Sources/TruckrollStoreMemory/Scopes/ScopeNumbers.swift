import TruckrollCore
import TruckrollDomain

/// A small number for each scope that was ever written to, so that its name is hashed once a call.
///
/// Numbers stay when a transaction is rolled back: a number without rows says nothing.
struct ScopeNumbers: Sendable {
    private(set) var scopes: [Scope] = []
    private var numbers: [ByteText: Int] = [:]

    subscript(scope: Scope) -> Int? { numbers[ByteText(scope.name)] }

    /// - Throws: ``MemoryStoreProblem/unstorable(detail:)`` for a name no scope can have.
    func number(of scope: Scope) throws -> Int? {
        if let number = self[scope] { return number }
        try Storable.check(scope.name)
        return nil
    }

    mutating func assign(_ scope: Scope) -> Int {
        let number = scopes.count
        scopes.append(scope)
        numbers[ByteText(scope.name)] = number
        return number
    }
}
