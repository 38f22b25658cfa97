import TruckrollCore
import TruckrollStoreSQL

/// One connection to PostgreSQL. One thread uses it at a time.
///
/// What is only sent is on its way while the next statement is made; whoever asks for a result waits for all that was sent before.
final class PostgresConnection {
    let place: String
    /// Which branch of the server's history it leads to. A server does not change its number while it runs; the name is that which was read
    /// last.
    private(set) var timeline = PostgresTimeline(system: "", number: 0, branch: "")
    private let channel: PostgresChannel
    private var isAbandoned = false
    /// The statements prepared on it: by text, then by the types of their values.
    private var statements: [String: PostgresStatement] = [:]
    private var prepared: [PreparedStatement: String] = [:]
    private var namesGiven = 0
    /// NULL has no type, so that a statement of many values can be prepared in many ways.
    private static let mostPrepared = 500
    /// What was sent and not yet waited for, in its order.
    private var sent: [Sent] = []

    private struct PreparedStatement: Hashable {
        let text: String
        let types: [UInt32]
    }

    private enum Sent {
        case preparation(PreparedStatement)
        case statement
    }

    /// Connects, and gives up after some seconds.
    ///
    /// - Parameters:
    ///   - endpoint: the server.
    ///   - schema: where the tables lie.
    ///   - patience: how long the server may leave a statement without an answer.
    /// - Throws: ``StoreProblem/unreachable(place:detail:)``, with what the server says where it answers.
    init(_ endpoint: PostgresEndpoint, place: String, schema: String, patience: Duration) throws {
        self.place = place
        let usual = [
            ("connect_timeout", "3"), ("keepalives_idle", "5"), ("keepalives_interval", "2"), ("keepalives_count", "2"),
            ("tcp_user_timeout", "8000"), ("client_encoding", "UTF8"), ("application_name", "truckroll"),
        ]
        let parameters = usual.filter { name, _ in !endpoint.parameters.contains { $0.name == name } } + endpoint.parameters
        channel = try PostgresChannel(parameters, place: place, patience: patience)
        try check()
        // Whoever is cut off from the server, or waits for somebody who is, lets go of a tenant in the end.
        try script(
            """
            SET search_path = \(EntityShape.quoted(schema)); SET lock_timeout = '5s'; SET idle_in_transaction_session_timeout = '120s';
            SET tcp_keepalives_idle = 10; SET tcp_keepalives_interval = 5; SET tcp_keepalives_count = 3
            """)
        try readBranch()
    }

    /// Refuses a server that would lose at a power failure what it has acknowledged, one that lags behind another, and one that takes
    /// not every text.
    private func check() throws {
        guard channel.parameter("in_hot_standby") != "on" else { throw StoreProblem.standby(place: place) }
        guard let encoding = channel.parameter("server_encoding"), encoding == "UTF8" else {
            throw StoreProblem.foreign(
                path: place,
                detail: "its encoding is \(channel.parameter("server_encoding") ?? "unknown"), not UTF8, in which not every text has a place")
        }
        let settings = ["fsync", "full_page_writes", "synchronous_commit", "synchronous_standby_names"]
        let values = try script("SELECT " + settings.map { "current_setting('\($0)')" }.joined(separator: ", ")).words
        for (setting, value) in zip(settings.prefix(3), values) where value == "off" {
            throw StoreProblem.serverNotDurable(place: place, setting: setting)
        }
        // Whoever names standbys wants nothing acknowledged that they lack.
        guard values.count < 4 || values[2] != "local" || values[3].isEmpty else {
            throw StoreProblem.serverNotDurable(place: place, setting: "synchronous_commit")
        }
        // The name of a segment of the log begins with the number of the timeline it is written on.
        let place = try script("SELECT system_identifier, substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8) FROM pg_control_system()").words
        guard place.count == 2, let number = UInt32(place[1], radix: 16) else {
            throw StoreProblem.failed(path: self.place, detail: "it does not tell its timeline")
        }
        timeline = PostgresTimeline(system: place[0], number: number, branch: "")
    }

    /// Whether it can be used again: open, and in no transaction.
    var isIdle: Bool { !isAbandoned && sent.isEmpty && channel.isIdle }
    /// Nobody uses it again: it leads to a server that has been replaced.
    func abandon() { isAbandoned = true }
    var isOpen: Bool { channel.isOpen }

    /// Runs work that may keep the server busy for any time.
    func unhurried<T>(_ body: () throws -> T) rethrows -> T {
        let usual = channel.patience
        channel.patience = nil
        defer { channel.patience = usual }
        return try body()
    }

    /// See ``PostgresChannel/notifications(within:)``.
    func notifications(within milliseconds: Int64) throws -> [String] { try channel.notifications(within: milliseconds) }

    /// Reads the name of the branch; there is none where the tables are not made yet.
    func readBranch() throws {
        let column = try script(
            "SELECT count(*) FROM pg_attribute WHERE attrelid = to_regclass('layout') AND attname = 'branch' AND NOT attisdropped"
        ).words
        guard column.first == "1" else { return }
        note(branch: try script(Self.branchQuery).words.first)
    }

    static let branchQuery = "SELECT branch FROM layout"

    func note(branch: String?) { timeline = timeline.named(branch ?? "") }

    // MARK: Transactions

    /// Ends the transaction, all of whose statements were waited for, and says with what word.
    ///
    /// - Throws: ``StoreProblem/outcomeUnknown(place:)`` where the server warns: somebody has cancelled the wait for a standby, which may lack
    ///   what was committed.
    func commit() throws -> String {
        channel.isWarned = false
        let tag = try run("COMMIT", []).tag
        guard !channel.isWarned else { throw StoreProblem.outcomeUnknown(place: place) }
        return tag
    }

    /// Undoes the transaction. A connection on which that fails is not used again.
    func rollBack() {
        guard isOpen else { return }
        do { try undo("ROLLBACK") } catch { abandon() }
    }

    /// Runs a script that undoes what was sent, whatever became of that.
    func undo(_ script: String) throws {
        try forget()
        try self.script(script)
    }

    // MARK: Statements

    /// Runs statements without values in one round trip, and gives what the last one gave, as text.
    @discardableResult
    func script(_ sql: String) throws -> PostgresResult {
        guard let last = try results(of: sql).last else { throw StoreProblem.unreachable(place: place, detail: "it gave no answer") }
        return last
    }

    /// The same, with what each statement gave.
    func results(of script: String) throws -> [PostgresResult] {
        try settle()
        return try channel.script(script)
    }

    /// Runs a statement that serves both databases.
    func run(_ sql: String, _ arguments: [SQLValue], tenant: TenantID) throws -> PostgresResult {
        try send(sql, arguments, tenant: tenant)
        return try result()
    }

    /// Runs a statement of PostgreSQL's own, with values for `$1` and so on.
    func run(_ text: String, _ values: [BoundValue]) throws -> PostgresResult {
        try send(text, values)
        return try result()
    }

    /// Sends a statement that serves both databases. What becomes of it is told to whoever waits next.
    func send(_ sql: String, _ arguments: [SQLValue], tenant: TenantID) throws {
        try send(sql, arguments.map { BoundValue($0) }, tenant: tenant)
    }

    /// The same with values of PostgreSQL's own.
    func send(_ sql: String, _ values: [BoundValue], tenant: TenantID) throws {
        let statement = statements[sql] ?? PostgresStatement(sql)
        statements[sql] = statement
        try send(statement.text, (statement.namesTenant ? [BoundValue(tenant)] : []) + values)
    }

    /// Sends a statement of PostgreSQL's own.
    func send(_ text: String, _ values: [BoundValue]) throws {
        let name = try name(of: PreparedStatement(text: text, types: values.map(\.type)))
        try channel.send(name, values)
        sent.append(.statement)
    }

    private func name(of statement: PreparedStatement) throws -> String {
        if let name = prepared[statement] { return name }
        if prepared.count >= Self.mostPrepared, sent.isEmpty {
            try script("DEALLOCATE ALL")
            (prepared, statements) = ([:], [:])
        }
        namesGiven += 1
        let name = "s\(namesGiven)"
        try channel.prepare(name, statement.text, types: statement.types)
        sent.append(.preparation(statement))
        prepared[statement] = name
        return name
    }

    /// Waits for what was sent.
    ///
    /// - Throws: the first problem there was.
    func settle() throws { _ = try results() }

    private func result() throws -> PostgresResult {
        guard let last = try results().last else { throw StoreProblem.failed(path: place, detail: "nothing was sent") }
        return last
    }

    /// What the statements gave that were sent, in their order.
    func results() throws -> [PostgresResult] {
        var failure: StoreProblem?
        let results = try collect { failure = failure ?? $0 }
        if let failure { throw failure }
        return results
    }

    /// Waits for what was sent, whatever becomes of it.
    private func forget() throws { _ = try collect { _ in } }

    private func collect(_ failed: (StoreProblem) -> Void) throws -> [PostgresResult] {
        guard !sent.isEmpty else { return [] }
        let expected = sent
        sent = []
        var results: [PostgresResult] = []
        for (sent, result) in zip(expected, try channel.collect(expected.count)) {
            switch (sent, result) {
            case (.statement, .success(let result)): results.append(result)
            case (.preparation, .success): break
            case (.preparation(let statement), .failure(let problem)):
                prepared[statement] = nil
                failed(problem)
            case (.statement, .failure(let problem)): failed(problem)
            }
        }
        return results
    }
}

/// A value in the binary form in which it travels.
struct BoundValue {
    let type: UInt32
    /// `nil` for NULL.
    let bytes: [UInt8]?

    init(type: UInt32, bytes: [UInt8]?) {
        self.type = type
        self.bytes = bytes
    }

    init(_ value: SQLValue) {
        switch value {
        case .null: (type, bytes) = (PostgresType.unknown, nil)
        case .integer(let integer): (type, bytes) = (PostgresType.int8, UInt64(bitPattern: integer).bigEndianBytes)
        case .real(let number): (type, bytes) = (PostgresType.float8, number.bitPattern.bigEndianBytes)
        case .text(let text): (type, bytes) = (PostgresType.text, Array(text.utf8))
        case .bytes(let run): (type, bytes) = (PostgresType.bytea, run)
        }
    }

    init(_ tenant: TenantID) { (type, bytes) = (PostgresType.uuid, tenant.bytes) }
}

extension StoreProblem {
    /// Says an error of PostgreSQL in the words of this type, after its SQLSTATE (PostgreSQL 15, appendix A).
    ///
    /// - Parameter state: `nil` when the connection is gone.
    init(state: String?, detail: String, place: String) {
        self =
            switch state {
            case nil, "57P01", "57P02", "57P03", "53300": .unreachable(place: place, detail: detail)
            case "23505": .taken(detail: detail)
            case "22021", "22P05": .unstorable(detail: detail)
            case "53100": .diskFull(path: place)
            // Damage that the server finds itself is of more than a row.
            case "58030", "XX001", "XX002": .io(path: place, detail: detail)
            case "25006": .standby(place: place)
            case "40001", "40P01", "55P03", "57014": .contended(place: place, detail: detail)
            case let state? where state.hasPrefix("08"): .unreachable(place: place, detail: detail)
            default: .failed(path: place, detail: detail)
            }
    }
}
