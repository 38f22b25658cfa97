internal import CLibpq
import TruckrollStoreSQL

/// One database server of those that a connection string names, as parameters of libpq.
///
/// libpq goes through several hosts itself, and stops at the first that answers. Here each is asked what it is, as one that answers can be
/// a primary that has been replaced.
struct PostgresEndpoint {
    let parameters: [(name: String, value: String)]

    /// The servers in the order in which they are named.
    ///
    /// - Throws: ``StoreProblem/addressUnreadable`` when it is no connection string.
    static func all(of url: String) throws -> [PostgresEndpoint] {
        guard let options = PQconninfoParse(url, nil) else { throw StoreProblem.addressUnreadable }
        defer { PQconninfoFree(options) }
        var parameters: [(name: String, value: String)] = []
        var option = options
        while let keyword = option.pointee.keyword {
            if let value = option.pointee.val { parameters.append((String(cString: keyword), String(cString: value))) }
            option += 1
        }
        let lists = ["host", "hostaddr", "port"]
        let named = lists.map { name in parameters.first { $0.name == name }?.value.split(separator: ",", omittingEmptySubsequences: false) ?? [] }
        let count = max(1, named[0].count, named[1].count)
        guard named.allSatisfy({ [0, 1, count].contains($0.count) }) else { throw StoreProblem.addressUnreadable }
        // Which of them takes writes is found out here.
        let common = parameters.filter { !lists.contains($0.name) && $0.name != "target_session_attrs" }
        return (0..<count).map { index in
            let own = zip(lists, named).compactMap { name, values in values.isEmpty ? nil : (name, String(values[values.count == 1 ? 0 : index])) }
            return PostgresEndpoint(parameters: common + own)
        }
    }
}

/// Where the history of a database server stands: it branches whenever a standby is promoted or a backup is restored to a point in time,
/// and each branch has a number of its own (PostgreSQL 15, section 26.3.5). Two servers that branch off without knowing of each other take the
/// same one; so whoever comes first to a branch gives it a name as well.
public struct PostgresTimeline: Hashable, Sendable, CustomStringConvertible {
    /// The system identifier, which all servers of one origin share.
    public let system: String
    public let number: UInt32
    /// Random, and kept in the database; until a new branch has one of its own, that of the branch it came from. Empty where there was none
    /// before names were given.
    public let branch: String

    public init(system: String, number: UInt32, branch: String) {
        self.system = system
        self.number = number
        self.branch = branch
    }

    func named(_ branch: String) -> PostgresTimeline { PostgresTimeline(system: system, number: number, branch: branch) }

    /// The three, without a name that is empty.
    public var description: String { "\(system) \(number)" + (branch.isEmpty ? "" : " \(branch)") }
}
