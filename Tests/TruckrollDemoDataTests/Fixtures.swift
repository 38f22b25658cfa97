import Testing
import TruckrollCore
import TruckrollDemoData
import TruckrollDomain

/// Companies of the sizes that are small enough to be looked at as a whole.
struct Fixture: Sendable, CustomTestStringConvertible {
    let name: String
    let startDay: String
    var testDescription: String { "\(name) on \(startDay)" }

    /// A Monday in winter, a Sunday, and the Wednesday before the clocks change.
    static let all: [Fixture] = [
        Fixture(name: "small", startDay: "2026-11-23"), Fixture(name: "small", startDay: "2026-07-05"),
        Fixture(name: "small", startDay: "2026-03-25"), Fixture(name: "medium", startDay: "2026-11-23"),
    ]

    func company(seed: UInt64 = 1) throws -> DemoCompany {
        let size = try #require(DemoSize(name: name))
        return try #require(DemoCompany(seed: seed, size: size, startDay: startDay))
    }
}

extension RecordDraft {
    func text(_ field: String) -> String? { fields[field]?.text }
    func reference(_ field: String) -> RecordID? { fields[field]?.reference }
}

extension Sequence<RecordDraft> {
    func of(_ entity: String) -> [RecordDraft] { filter { $0.entity == entity } }
}
