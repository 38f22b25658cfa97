internal import CLibpq
import Foundation
import TruckrollCore
import TruckrollStoreSQL

/// One connection to PostgreSQL. Its calls wait for the server; one thread uses it at a time.
final class PostgresConnection {
    let place: String
    /// Which branch of the server's history it leads to. A server does not change it while it runs.
    private(set) var timeline = PostgresTimeline(system: "", number: 0)
    private let connection: OpaquePointer
    private var isAbandoned = false
    /// Whether the server has warned of something since this was set to `false`.
    private let isWarned: UnsafeMutablePointer<Bool>
    /// The statements prepared on it: by text, then by the types of their values.
    private var statements: [String: PostgresStatement] = [:]
    private var prepared: [PreparedStatement: String] = [:]

    private struct PreparedStatement: Hashable {
        let text: String
        let types: [UInt32]
    }

    /// Connects, and gives up after some seconds.
    ///
    /// - Parameters:
    ///   - endpoint: the server.
    ///   - schema: where the tables lie.
    /// - Throws: ``StoreProblem/unreachable(place:detail:)``, with what the server says where it answers.
    init(_ endpoint: PostgresEndpoint, place: String, schema: String) throws {
        self.place = place
        let usual = [
            ("connect_timeout", "3"), ("keepalives_idle", "5"), ("keepalives_interval", "2"), ("keepalives_count", "2"),
            ("tcp_user_timeout", "8000"), ("client_encoding", "UTF8"), ("application_name", "truckroll"),
        ]
        let parameters = usual.filter { name, _ in !endpoint.parameters.contains { $0.name == name } } + endpoint.parameters
        let (names, values) = (parameters.map { Array($0.0.utf8CString) }, parameters.map { Array($0.1.utf8CString) })
        guard let connection = Self.withPointers(names, { names in Self.withPointers(values) { PQconnectdbParams(names, $0, 0) } }) else {
            throw StoreProblem.unreachable(place: place, detail: "no memory")
        }
        self.connection = connection
        isWarned = .allocate(capacity: 1)
        isWarned.initialize(to: false)
        guard PQstatus(connection) == CONNECTION_OK else {
            throw StoreProblem.unreachable(place: place, detail: Self.message(connection))
        }
        PQsetNoticeReceiver(
            connection,
            { isWarned, notice in
                let severity = PQresultErrorField(notice, Int32(UInt8(ascii: "V"))).map { String(cString: $0) }
                if severity == "WARNING" { isWarned?.assumingMemoryBound(to: Bool.self).pointee = true }
            }, isWarned)
        try check()
        // Whoever is cut off from the server, or waits for somebody who is, lets go of a tenant in the end.
        try script(
            """
            SET search_path = \(EntityShape.quoted(schema)); SET lock_timeout = '5s'; SET idle_in_transaction_session_timeout = '120s';
            SET tcp_keepalives_idle = 10; SET tcp_keepalives_interval = 5; SET tcp_keepalives_count = 3
            """)
    }

    deinit {
        PQfinish(connection)
        isWarned.deallocate()
    }

    /// Refuses a server that would lose at a power failure what it has acknowledged, one that lags behind another, and one that takes
    /// not every text.
    private func check() throws {
        guard parameter("in_hot_standby") != "on" else { throw StoreProblem.standby(place: place) }
        guard let encoding = parameter("server_encoding"), encoding == "UTF8" else {
            throw StoreProblem.foreign(
                path: place, detail: "its encoding is \(parameter("server_encoding") ?? "unknown"), not UTF8, in which not every text has a place")
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
        timeline = PostgresTimeline(system: place[0], number: number)
    }

    /// What the server says of itself at the beginning, and when it changes.
    private func parameter(_ name: String) -> String? { PQparameterStatus(connection, name).map { String(cString: $0) } }

    /// Pointers to the texts and a null pointer behind them.
    private static func withPointers<T>(_ texts: [[CChar]], _ body: ([UnsafePointer<CChar>?]) -> T) -> T {
        let starts = texts.reduce(into: [0]) { $0.append(($0.last ?? 0) + $1.count) }
        return texts.flatMap { $0 }.withUnsafeBufferPointer { buffer in
            body(starts.dropLast().map { start in buffer.baseAddress.map { $0 + start } } + [nil])
        }
    }

    /// Whether it can be used again: open, and in no transaction.
    var isIdle: Bool { !isAbandoned && PQstatus(connection) == CONNECTION_OK && PQtransactionStatus(connection) == PQTRANS_IDLE }
    /// Nobody uses it again: it leads to a server that has been replaced.
    func abandon() { isAbandoned = true }
    var isOpen: Bool { PQstatus(connection) == CONNECTION_OK }

    /// Ends the transaction, and says with what word.
    ///
    /// - Throws: ``StoreProblem/outcomeUnknown(place:)`` where the server warns: somebody has cancelled the wait for a standby, which may lack
    ///   what was committed.
    func commit() throws -> String {
        isWarned.pointee = false
        let tag = try script("COMMIT").tag
        guard !isWarned.pointee else { throw StoreProblem.outcomeUnknown(place: place) }
        return tag
    }

    /// Waits until the server sends something, at most so long, and gives the payloads of the notifications that came.
    ///
    /// - Throws: ``StoreProblem/unreachable(place:detail:)`` when the connection is gone.
    func notifications(within milliseconds: Int32) throws -> [String] {
        var watched = pollfd(fd: PQsocket(connection), events: Int16(POLLIN), revents: 0)
        _ = poll(&watched, 1, milliseconds)
        guard PQconsumeInput(connection) == 1, isOpen else {
            throw StoreProblem.unreachable(place: place, detail: Self.message(connection))
        }
        var payloads: [String] = []
        while let notification = PQnotifies(connection) {
            payloads.append(String(cString: notification.pointee.extra))
            PQfreemem(notification)
        }
        return payloads
    }

    /// Runs statements without values in one round trip, and gives what the last one gave, as text.
    @discardableResult
    func script(_ sql: String) throws -> PostgresResult { try checked(PQexec(connection, sql)) }

    /// Runs a statement that serves both databases.
    func run(_ sql: String, _ arguments: [SQLValue], tenant: TenantID) throws -> PostgresResult {
        let statement = statements[sql] ?? PostgresStatement(sql)
        statements[sql] = statement
        return try run(statement.text, (statement.namesTenant ? [BoundValue(tenant)] : []) + arguments.map { BoundValue($0) })
    }

    /// Runs a statement of PostgreSQL's own, with values for `$1` and so on.
    func run(_ text: String, _ values: [BoundValue]) throws -> PostgresResult {
        let name = try name(of: PreparedStatement(text: text, types: values.map(\.type)))
        var lengths = values.map { Int32($0.bytes?.count ?? 0) }
        var formats = [Int32](repeating: 1, count: values.count)
        // One run of bytes for all values; nothing moves while libpq reads them.
        var packed: [CChar] = []
        packed.reserveCapacity(values.reduce(1) { $0 + ($1.bytes?.count ?? 0) })
        var starts: [Int?] = []
        for value in values {
            starts.append(value.bytes == nil ? nil : packed.count)
            packed += (value.bytes ?? []).map { CChar(bitPattern: $0) }
        }
        packed.append(0)
        return try packed.withUnsafeBufferPointer { buffer in
            let pointers = starts.map { start in start.flatMap { start in buffer.baseAddress.map { $0 + start } } }
            return try checked(PQexecPrepared(connection, name, Int32(values.count), pointers, &lengths, &formats, 1))
        }
    }

    private func name(of statement: PreparedStatement) throws -> String {
        if let name = prepared[statement] { return name }
        let name = "s\(prepared.count)"
        _ = try checked(PQprepare(connection, name, statement.text, Int32(statement.types.count), statement.types))
        prepared[statement] = name
        return name
    }

    private func checked(_ result: OpaquePointer?) throws -> PostgresResult {
        guard let result else { throw StoreProblem.unreachable(place: place, detail: Self.message(connection)) }
        let owned = PostgresResult(owning: result)
        switch PQresultStatus(result) {
        case PGRES_COMMAND_OK, PGRES_TUPLES_OK, PGRES_EMPTY_QUERY: return owned
        default: break
        }
        let state = PQresultErrorField(result, Int32(UInt8(ascii: "C"))).map { String(cString: $0) }
        let detail = PQresultErrorField(result, Int32(UInt8(ascii: "M"))).map { String(cString: $0) } ?? Self.message(connection)
        throw StoreProblem(state: isOpen ? state : nil, detail: detail, place: place)
    }

    private static func message(_ connection: OpaquePointer) -> String {
        String(cString: PQerrorMessage(connection)).split(whereSeparator: \.isNewline).joined(separator: "; ")
    }
}

/// A value in the binary form in which it travels.
struct BoundValue {
    let type: UInt32
    /// `nil` for NULL.
    let bytes: [UInt8]?

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
