import TruckrollCore
import TruckrollDomain
import TruckrollSync

/// Numbers that a seed repeats (SplitMix64).
struct SplitMix: RandomNumberGenerator {
    private var state: UInt64
    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }

    mutating func number(_ range: ClosedRange<UInt64>) -> UInt64 { UInt64.random(in: range, using: &self) }
    mutating func position() -> Position { Position(rawValue: number(0...9)) }
    mutating func one<T>(_ values: [T]) -> T { values[Int(number(0...UInt64(values.count - 1)))] }
    mutating func chance(_ percent: UInt64) -> Bool { number(1...100) <= percent }
    mutating func scopeClass() -> ScopeClass { ScopeClass.allCases[Int(number(0...2))] }
    mutating func instant() -> Int64? { chance(30) ? nil : one(ServerPicture.instants) }
    /// - Parameter isSound: whether a store takes all of them.
    mutating func columns(isSound: Bool = false) -> ColumnValues? {
        if chance(25) { return nil }
        var columns: [String: Value] = [:]
        for column in ServerPicture.values.keys.sorted() where chance(80) {
            columns[column] = one((ServerPicture.values[column] ?? [.null]).filter { !isSound || $0 != .text("nul \0") })
        }
        return ColumnValues(columns)
    }
}

/// Writes of one transaction, to be run on several stores alike.
indirect enum RandomWrites<Transaction> {
    case write((Transaction) throws -> Void)
    /// Runs all, and throws in the end when it fails.
    case savepoint([RandomWrites], fails: Bool)

    static func some(_ random: inout SplitMix, depth: Int = 0, _ make: (inout SplitMix) -> (Transaction) throws -> Void) -> [RandomWrites] {
        (0...random.number(0...6)).map { _ in
            guard depth < 3, random.chance(20) else { return .write(make(&random)) }
            return .savepoint(some(&random, depth: depth + 1, make), fails: random.chance(50))
        }
    }

    /// Adds a code for each write that was refused.
    func run(_ transaction: Transaction, _ codes: inout [String], _ runner: Runner) {
        switch self {
        case .write(let write):
            do { try write(transaction) } catch { codes.append(runner.code(error)) }
        case .savepoint(let writes, let fails):
            var inside: [String] = []
            do {
                try runner.savepoint(transaction) {
                    for write in writes { write.run(transaction, &inside, runner) }
                    if fails { throw Interruption() }
                }
            } catch { inside.append("undone") }
            codes += inside
        }
    }

    /// How a store sets a savepoint, and what it calls its problems.
    struct Runner {
        let code: (any Error) -> String
        let savepoint: (Transaction, () throws -> Void) throws -> Void
    }
}
