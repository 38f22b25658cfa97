import TruckrollCore
import TruckrollDomain
import TruckrollSync

/// Every answer that a device store gives over the small world of ``ServerPicture``.
struct DevicePicture: Equatable {
    private(set) var answers: [String: AnyHashable] = [:]

    init(_ transaction: any DeviceTransaction) throws {
        put("identity", try transaction.identity())
        put("state", try transaction.state())
        try putOwnSets(transaction)
        try putRecords(transaction)
        for number: UInt8 in 0...2 {
            put("attachment \(number)", try transaction.attachment([UInt8](repeating: number, count: 32)))
        }
        for stored in [true, false] { put("attachments \(stored)", try transaction.attachments(stored: stored)) }
    }

    /// The labels under which two pictures differ, sorted.
    func differences(_ other: DevicePicture) -> [String] {
        Set(answers.keys).union(other.answers.keys).filter { answers[$0] != other.answers[$0] }.sorted()
    }

    private mutating func put(_ label: String, _ answer: some Hashable) { answers[label] = AnyHashable(answer) }

    private mutating func putOwnSets(_ transaction: any DeviceTransaction) throws {
        for replica in ServerPicture.replicas {
            for sequence: UInt64 in 0...5 {
                let id = WriteID(replica: replica, sequence: sequence)
                put("own \(id)", try transaction.own(id))
                put("journal above \(id)", try transaction.journal(replica, above: sequence))
            }
            put("newest answered below \(replica)", try transaction.newestAnswered(below: replica))
            put("journal above all of \(replica)", try transaction.journal(replica, above: .max))
        }
        put("outbox", try transaction.outbox())
        put("newest answered", try transaction.newestAnswered(below: nil))
        put("unresolved", try transaction.unresolved())
        for limit in [-1, 0, 2, 99] { put("journal \(limit)", try transaction.journal(limit: limit)) }
    }

    private mutating func putRecords(_ transaction: any DeviceTransaction) throws {
        for key in ServerPicture.keys {
            put("confirmed \(key)", try transaction.confirmed(key))
            put("overlay \(key)", try transaction.overlay(key))
            put("shown \(key)", try transaction.shown(key))
            for limit in [-1, 0, 2, 99] { put("keys after \(key), \(limit)", try transaction.confirmedKeys(after: key, limit: limit)) }
        }
        put("keys", try transaction.confirmedKeys(after: nil, limit: 99))
        put("overlay keys", try transaction.overlayKeys())
        put("scopes", try transaction.scopes().map { Array($0.name.utf8) })
        for (index, scope) in ServerPicture.scopes.enumerated() {
            put("keys in \(index)", try transaction.keys(in: scope))
            put("digest \(index)", try transaction.digest(of: scope))
        }
        let thing = try ServerPicture.schema.entity("thing")
        put("ids", try transaction.ids(thing))
        for (column, values) in ServerPicture.values {
            for (index, value) in values.enumerated() {
                put("ids \(column) \(index)", try? transaction.ids(thing, where: column, equals: value))
            }
        }
    }
}
