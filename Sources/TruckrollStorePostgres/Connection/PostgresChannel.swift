internal import CLibpq
import Foundation
import TruckrollStoreSQL

/// What goes to a server and comes from it. Nobody waits for it longer than ``patience``: whoever does not answer for so long is given up.
///
/// Statements are sent without waiting for those before them (PostgreSQL 15, section 34.5, “Pipeline Mode”), and their results are taken
/// together. Where one fails, those after it are passed over.
final class PostgresChannel {
    let place: String
    /// How long the server may be silent when something was sent; `nil` for ever.
    var patience: Duration?
    private let connection: OpaquePointer
    private var isGivenUp = false
    /// Whether the server has warned of something since this was set to `false`.
    var isWarned: Bool {
        get { warning.pointee }
        set { warning.pointee = newValue }
    }
    private let warning: UnsafeMutablePointer<Bool>

    /// - Parameter parameters: names and values of libpq.
    /// - Throws: ``StoreProblem/unreachable(place:detail:)``, with what the server says where it answers.
    init(_ parameters: [(name: String, value: String)], place: String, patience: Duration) throws {
        self.place = place
        self.patience = patience
        let (names, values) = (parameters.map { Array($0.name.utf8CString) }, parameters.map { Array($0.value.utf8CString) })
        guard let connection = Self.withPointers(names, { names in Self.withPointers(values) { PQconnectdbParams(names, $0, 0) } }) else {
            throw StoreProblem.unreachable(place: place, detail: "no memory")
        }
        self.connection = connection
        warning = .allocate(capacity: 1)
        warning.initialize(to: false)
        guard PQstatus(connection) == CONNECTION_OK, PQsetnonblocking(connection, 1) == 0 else { throw lost() }
        PQsetNoticeReceiver(
            connection,
            { warning, notice in
                let severity = PQresultErrorField(notice, Int32(UInt8(ascii: "V"))).map { String(cString: $0) }
                if severity == "WARNING" { warning?.assumingMemoryBound(to: Bool.self).pointee = true }
            }, warning)
    }

    deinit {
        PQfinish(connection)
        warning.deallocate()
    }

    /// Pointers to the texts and a null pointer behind them.
    private static func withPointers<T>(_ texts: [[CChar]], _ body: ([UnsafePointer<CChar>?]) -> T) -> T {
        let starts = texts.reduce(into: [0]) { $0.append(($0.last ?? 0) + $1.count) }
        return texts.flatMap { $0 }.withUnsafeBufferPointer { buffer in
            body(starts.dropLast().map { start in buffer.baseAddress.map { $0 + start } } + [nil])
        }
    }

    var isOpen: Bool { !isGivenUp && PQstatus(connection) == CONNECTION_OK }
    /// Whether it is in no transaction.
    var isIdle: Bool { isOpen && PQtransactionStatus(connection) == PQTRANS_IDLE }

    /// What the server says of itself at the beginning, and when it changes.
    func parameter(_ name: String) -> String? { PQparameterStatus(connection, name).map { String(cString: $0) } }

    // MARK: Sending

    /// Sends statements without values, in one text, and gives what each gave, as text. Nothing may be under way.
    func script(_ sql: String) throws -> [PostgresResult] {
        guard PQsendQuery(connection, sql) == 1 else { throw lost() }
        var results: [PostgresResult] = []
        var failure: StoreProblem?
        while let result = try next() {
            if let problem = problem(of: result) { failure = failure ?? problem } else { results.append(result) }
        }
        if let failure { throw failure }
        return results
    }

    /// Sends a statement to be prepared under a name, without waiting.
    func prepare(_ name: String, _ text: String, types: [UInt32]) throws {
        try enterPipeline()
        guard PQsendPrepare(connection, name, text, Int32(types.count), types) == 1 else { throw lost() }
    }

    /// Sends a prepared statement with its values, without waiting.
    func send(_ name: String, _ values: [BoundValue]) throws {
        try enterPipeline()
        var lengths = values.map { Int32($0.bytes?.count ?? 0) }
        var formats = [Int32](repeating: 1, count: values.count)
        // One run of bytes for all values; nothing moves while libpq reads them.
        var packed: [UInt8] = []
        packed.reserveCapacity(values.reduce(1) { $0 + ($1.bytes?.count ?? 0) })
        var starts: [Int?] = []
        for value in values {
            starts.append(value.bytes == nil ? nil : packed.count)
            if let bytes = value.bytes { packed += bytes }
        }
        packed.append(0)
        let isSent = packed.withUnsafeBytes { bytes in
            let start = bytes.assumingMemoryBound(to: CChar.self).baseAddress
            let pointers = starts.map { offset in offset.flatMap { offset in start.map { $0 + offset } } }
            return PQsendQueryPrepared(connection, name, Int32(values.count), pointers, &lengths, &formats, 1)
        }
        guard isSent == 1 else { throw lost() }
    }

    /// Takes the results of so many statements that were sent, in their order, and leaves nothing under way.
    func collect(_ count: Int) throws -> [Result<PostgresResult, StoreProblem>] {
        guard PQpipelineSync(connection) == 1 else { throw lost() }
        var results: [Result<PostgresResult, StoreProblem>] = []
        results.reserveCapacity(count)
        for _ in 0..<count {
            guard let result = try next() else { throw lost() }
            results.append(problem(of: result).map { .failure($0) } ?? .success(result))
            // Nothing stands between the results of two statements.
            while try next() != nil {}
        }
        while let end = try next(), end.status != PGRES_PIPELINE_SYNC {}
        guard PQexitPipelineMode(connection) == 1 else { throw lost() }
        return results
    }

    private func enterPipeline() throws {
        guard PQpipelineStatus(connection) == PQ_PIPELINE_OFF else { return }
        guard PQenterPipelineMode(connection) == 1 else { throw lost() }
    }

    // MARK: Waiting

    private func deadline() -> ContinuousClock.Instant? { patience.map { .now + $0 } }

    /// The next result of what was sent; `nil` behind the last one of a statement.
    private func next() throws -> PostgresResult? {
        while true {
            // Whatever comes begins the time anew: a long answer is one.
            let isUnsent = PQflush(connection)
            guard isUnsent >= 0 else { throw lost() }
            // What has been sent whole may have been answered already.
            if isUnsent == 0, PQisBusy(connection) == 0 { break }
            guard try wait(POLLIN | (isUnsent == 1 ? POLLOUT : 0), until: deadline()) else {
                isGivenUp = true
                throw StoreProblem.unreachable(place: place, detail: "it has not answered for \(patience.map { "\($0)" } ?? "a while")")
            }
            guard PQconsumeInput(connection) == 1 else { throw lost() }
            if PQisBusy(connection) == 0 { break }
        }
        return PQgetResult(connection).map { PostgresResult(owning: $0) }
    }

    /// Whether one of the events came in time.
    private func wait(_ events: Int32, until deadline: ContinuousClock.Instant?) throws -> Bool {
        while true {
            let left = deadline.map { max(.zero, $0 - .now) }
            let milliseconds = left.map { Int32(clamping: $0.components.seconds * 1000 + $0.components.attoseconds / 1_000_000_000_000_000 + 1) }
            var watched = pollfd(fd: PQsocket(connection), events: Int16(events), revents: 0)
            let ready = poll(&watched, 1, milliseconds ?? -1)
            if ready > 0 { return true }
            if ready < 0, errno != EINTR { throw lost() }
            if ready == 0, left == .zero { return false }
        }
    }

    /// Waits until the server sends something of its own accord, at most so long, and gives the payloads of the notifications that came.
    ///
    /// - Throws: ``StoreProblem/unreachable(place:detail:)`` when the connection is gone.
    func notifications(within milliseconds: Int64) throws -> [String] {
        _ = try wait(POLLIN, until: .now + .milliseconds(milliseconds))
        guard PQconsumeInput(connection) == 1, isOpen else { throw lost() }
        var payloads: [String] = []
        while let notification = PQnotifies(connection) {
            payloads.append(String(cString: notification.pointee.extra))
            PQfreemem(notification)
        }
        return payloads
    }

    // MARK: Problems

    private func problem(of result: PostgresResult) -> StoreProblem? {
        switch result.status {
        case PGRES_COMMAND_OK, PGRES_TUPLES_OK, PGRES_EMPTY_QUERY: return nil
        case PGRES_PIPELINE_ABORTED: return .failed(path: place, detail: "a statement before it had failed")
        default: break
        }
        return StoreProblem(state: isOpen ? result.field("C") : nil, detail: result.field("M") ?? message, place: place)
    }

    /// The connection cannot be used any more.
    private func lost() -> StoreProblem {
        isGivenUp = true
        return .unreachable(place: place, detail: message)
    }

    private var message: String {
        String(cString: PQerrorMessage(connection)).split(whereSeparator: \.isNewline).joined(separator: "; ")
    }
}
