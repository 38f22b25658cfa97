import Testing
import TruckrollSync

/// Something every ``ServerStore`` keeps, checked against a fresh one.
struct ServerPromise: Sendable, CustomTestStringConvertible {
    let name: String
    let check: @Sendable (any ServerStore) throws -> Void

    init(_ name: String, _ check: @escaping @Sendable (any ServerStore) throws -> Void) {
        self.name = name
        self.check = check
    }

    var testDescription: String { name }

    static let all = transactions + tenants + sets + waiting + records + snapshots + edges + views
}
