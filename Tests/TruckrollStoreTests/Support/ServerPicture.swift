import TruckrollCore
import TruckrollDomain
import TruckrollSync

/// Every answer that a server store gives over a small world of keys, scopes, replicas and positions.
struct ServerPicture: Equatable {
    /// One entity with a typed column of each kind.
    static var schema: Schema {
        get throws {
            let name =
                #""name": {"description": "", "type": "string", "maxLength": 9, "x-field": 6, "x-merge": "last_writer", "x-column": true}"#
            return try Schema(entities: [
                TestSchemas.entity(
                    "thing", type: 1, properties: [TestSchemas.order, TestSchemas.count, TestSchemas.tags, name].joined(separator: ","))
            ])
        }
    }
    static let keys = [Make.key(1, type: 1), Make.key(1, type: 1, .office), Make.key(2, type: 1), Make.key(3, type: 1), Make.key(1)]
    static let asciiScopes = ["office", "order:1", "order:2", "Order:1"].map { Scope($0) }
    static let scopes = asciiScopes + ["é", "e\u{301}"].map { Scope($0) }
    static let replicas: [ReplicaID] = [2, 3, 4]
    static let positions = (0...9).map { Position(rawValue: $0) } + [Position(rawValue: .max)]
    static let instants: [Int64] = [.min, -1, 0, 3, 4, 5, 6, 9, .max]
    static let values: [String: [Value]] = [
        "order": [.null, .reference(Make.id(1)), .reference(Make.id(2)), .bytes([1])],
        "count": [.null, .integer(1), .integer(0), .boolean(true), .text("1")],
        "tags": [.null, .list([]), .list([.text("a")])],
        "name": [.null, .text("é"), .text("e\u{301}"), .text(""), .integer(1), .text("nul \0")],
    ]

    private(set) var answers: [String: AnyHashable] = [:]

    init(_ transaction: any ServerTransaction) throws {
        put("tenant", try transaction.tenant())
        put("epochs", try transaction.epochs())
        put("awaited", try transaction.awaited())
        put("replicas", try transaction.replicas())
        for device in 0..<3 { put("replicas of \(device)", try transaction.replicas(of: Make.device(UInt64(device)))) }
        put("code", try transaction.enrolmentCode(hash: [1]))
        try putSets(transaction)
        try putRecords(transaction)
        try putScopes(transaction)
        for replica in Self.replicas { try putView(transaction, replica) }
    }

    /// The labels under which two pictures differ, sorted.
    func differences(_ other: ServerPicture) -> [String] {
        Set(answers.keys).union(other.answers.keys).filter { answers[$0] != other.answers[$0] }.sorted()
    }

    private mutating func put(_ label: String, _ answer: some Hashable) { answers[label] = AnyHashable(answer) }

    private mutating func putSets(_ transaction: any ServerTransaction) throws {
        for replica in Self.replicas {
            for sequence: UInt64 in 1...9 {
                let id = WriteID(replica: replica, sequence: sequence)
                put("set \(id)", try transaction.admitted(id))
                put("origin \(id)", try transaction.admitted(origin: Origin(writeID: id, hash: Make.hash(8))))
            }
        }
        for position in Self.positions {
            put("set at \(position)", try transaction.admitted(at: position))
            for limit in [-1, 0, 2, 99] { put("sets after \(position), \(limit)", try transaction.admitted(after: position, limit: limit)) }
        }
        for cause in ["a", "b", "é", "e\u{301}"] { put("cause \(Array(cause.utf8))", try transaction.admitted(cause: cause)) }
        for limit in [0, 2, 99] {
            put("set aside \(limit)", try transaction.admitted(outcomes: [.setAside, .deferred, .setAside], limit: limit))
        }
    }

    private mutating func putRecords(_ transaction: any ServerTransaction) throws {
        for key in Self.keys {
            put("record \(key)", try transaction.record(key))
            put("edges of \(key)", try transaction.edges(source: key))
            for limit in [-1, 0, 2, 99] { put("keys after \(key), \(limit)", try transaction.keys(after: key, limit: limit)) }
        }
        put("keys", try transaction.keys(after: nil, limit: 99))
        let thing = try Self.schema.entity("thing")
        put("ids", try transaction.ids(thing))
        for (column, values) in Self.values {
            for (index, value) in values.enumerated() {
                put("ids \(column) \(index)", try? transaction.ids(thing, where: column, equals: value))
            }
        }
    }

    private mutating func putScopes(_ transaction: any ServerTransaction) throws {
        for (index, scope) in Self.scopes.enumerated() {
            for key in Self.keys { put("row \(index) \(key)", try transaction.scopeRow(scope, key)) }
            put("live rows \(index)", try transaction.liveRows(in: scope))
            for key in Self.keys { put("live rows \(index) \(key)", try transaction.liveRows(in: scope, after: key, limit: 2)) }
            put("snapshots \(index)", try transaction.snapshots(of: scope))
            for position in Self.positions {
                put("changed \(index) \(position)", try transaction.changedRows(in: scope, after: position, key: Self.keys[1], limit: 2))
                put("changed count \(index) \(position)", try transaction.changedRowCount(in: scope, after: position, limit: 3))
            }
            put("digest \(index)", try transaction.digest(of: scope))
            put("edges \(index)", try transaction.edges(from: scope))
            put("views \(index)", try transaction.views(holding: scope))
        }
        put("snapshots", try transaction.snapshots())
        for number: UInt8 in 1...4 { put("segment \(number)", try transaction.scopes(withSegment: Make.segment(number).sha256)) }
        for instant in Self.instants {
            for limit in [0, 1, 99] { put("due \(instant) \(limit)", try transaction.edgesDue(at: instant, limit: limit)) }
        }
    }

    private mutating func putView(_ transaction: any ServerTransaction, _ replica: ReplicaID) throws {
        put("replica \(replica)", try transaction.replica(replica))
        put("scopes \(replica)", try transaction.viewScopes(replica))
        for position in Self.positions {
            put("dropped \(replica) \(position)", try transaction.droppedScopes(replica, since: position))
            for through in ScopeClass.allCases {
                for visible in [ScopeClass.first, .third] {
                    put(
                        "changes \(replica) \(position) \(through) \(visible)",
                        try transaction.changes(in: replica, after: position, through: through, visible: visible))
                }
            }
            put("has changes \(replica) \(position)", try transaction.hasChanges(in: replica, after: position))
        }
        for (index, scope) in Self.scopes.enumerated() {
            put("view scope \(replica) \(index)", try transaction.viewScope(replica, scope))
            for position in Self.positions {
                put("was in view \(replica) \(index) \(position)", try transaction.wasInView(replica, scope, at: position))
            }
        }
    }
}
