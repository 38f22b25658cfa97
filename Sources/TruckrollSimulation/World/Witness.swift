import TruckrollCore
import TruckrollDomain
import TruckrollProtocol
import TruckrollStoreMemory
import TruckrollSync

/// The same server once more, over another store: it is asked whatever the first one is asked, and has to answer the same bytes.
public final class Witness {
    let engine: ServerEngine
    private let store: any ServerStore
    /// What the two answered differently, in words.
    public private(set) var differences: [String] = []
    /// How many questions both were asked.
    public private(set) var questions = 0

    init(_ engine: ServerEngine, _ store: any ServerStore) {
        self.engine = engine
        self.store = store
    }

    /// Asks the second server what the first one has answered.
    func compare<T>(_ first: Result<T, any Error>, _ body: (ServerEngine) throws -> T) {
        questions += 1
        let second = Result { try body(engine) }
        switch (first, second) {
        case (.success(let one), .success(let other)):
            if let one = one as? [UInt8], let other = other as? [UInt8], one != other {
                differ("\(one.count) bytes, and \(other.count) others")
            }
        case (.failure(let one), .failure(let other)):
            if "\(one)" != "\(other)" { differ("\(one), and \(other)") }
        case (.success, .failure(let other)): differ("an answer, and \(other)")
        case (.failure(let one), .success): differ("\(one), and an answer")
        }
    }

    private func differ(_ words: String) { differences.append("question \(questions): \(words)") }

    /// Compares all that both hold at the end: the log with its answers, epochs, numbers, records, digests.
    func compareContent(with first: any ServerStore) throws {
        let (one, other) = (try content(first), try content(store))
        for (index, pair) in zip(one, other).enumerated() where pair.0 != pair.1 { differ("line \(index): \(pair.0), and \(pair.1)") }
        if one.count != other.count { differ("\(one.count) lines, and \(other.count)") }
    }

    private func content(_ store: any ServerStore) throws -> [String] {
        try store.read { transaction in
            var lines = [try transaction.tenant().map { "\($0)" } ?? "none"]
            lines += try transaction.epochs().map { "\($0)" } + transaction.replicas().map { "\($0)" }
            lines += try transaction.admitted(after: .start, limit: .max >> 1).map { "\($0)" }
            var (after, scopes): (RecordKey?, Set<Scope>) = (nil, [])
            while true {
                let keys = try transaction.keys(after: after, limit: 500)
                for key in keys {
                    guard let stored = try transaction.record(key) else { continue }
                    lines.append("\(key) \(stored.hash) \(stored.scopes) \(stored.record.entries.map { "\($0)" })")
                    scopes.formUnion(stored.scopes)
                }
                guard keys.count == 500 else { break }
                after = keys.last
            }
            for scope in scopes.sorted(by: { "\($0)" < "\($1)" }) { lines.append("\(scope) \(try transaction.digest(of: scope))") }
            return lines
        }
    }
}
