import TruckrollCore
import TruckrollDomain
import TruckrollSync

/// Who stands behind the replica numbers of versions, as far as this device's records tell.
final class ReplicaAuthors {
    private let screen: ScreenReader
    private var users: [ReplicaID: RecordID] = [:]
    private var devices: [ReplicaID: String] = [:]
    /// The replicas of the server: the first of a history, and those it took after restores.
    private var servers: Set<ReplicaID> = [ReplicaID(rawValue: 1)]
    private var hasReadServers = false
    private var hasReadFacts = false

    init(_ screen: ScreenReader) throws {
        self.screen = screen
        for device in try screen.reader.views("device") {
            guard let replica = device.integer("replica").flatMap({ UInt32(exactly: $0) }), let user = device.reference("user") else { continue }
            users[ReplicaID(rawValue: replica)] = user
            devices[ReplicaID(rawValue: replica)] = device.text("name")
        }
        users[screen.identity.replica] = screen.user
        devices[screen.identity.replica] = "this device"
    }

    func name(_ version: Version) throws -> String { try name(of: version.stamp.replica) }

    func name(of replica: ReplicaID) throws -> String {
        if let user = users[replica] { return try screen.userName(user) }
        if try isServer(replica) { return "the server" }
        try readFacts()
        return try users[replica].map { try screen.userName($0) } ?? "somebody else (replica \(replica))"
    }

    func device(_ version: Version) -> String? { device(of: version.stamp.replica) }

    func device(of replica: ReplicaID) -> String? { devices[replica] }

    /// What only the server writes tells which replicas are its own. Fields of the workflow do not: an event moves its order in the set
    /// that holds it (Protocol/05-workflow.md, 5.2), so they carry its author's number; nor do sums of stock.
    private func isServer(_ replica: ReplicaID) throws -> Bool {
        guard !hasReadServers, !servers.contains(replica) else { return servers.contains(replica) }
        hasReadServers = true
        for entity in screen.reader.schema.entities {
            let fields = entity.fields.filter { $0.rule == .server }
            guard !fields.isEmpty else { continue }
            for view in try screen.reader.views(entity.name) {
                for field in fields { if let version = view.record[field.id]?.version { servers.insert(version.stamp.replica) } }
            }
        }
        // What this device predicts of them carries its own number.
        servers.subtract(users.keys)
        return servers.contains(replica)
    }

    /// Facts name their author, and the version of the name tells the replica; those the server makes have derived ids.
    private func readFacts() throws {
        guard !hasReadFacts else { return }
        hasReadFacts = true
        for (entity, name) in [
            ("order_event", "by"), ("note", "by"), ("labour_entry", "person"), ("finding", "by"), ("reading", "by"), ("part_use", "by"),
        ] {
            guard let field = screen.reader.schema[entity]?[name] else { continue }
            for view in try screen.reader.views(entity) where view.id.high >> 12 & 0xF == 7 {
                guard let version = view.record[field.id]?.version, users[version.stamp.replica] == nil else { continue }
                users[version.stamp.replica] = view.reference(name)
            }
        }
        for text in try screen.reader.views("text") {
            guard let field = text.entity["authors"], case .elements(let elements)? = text.state(field) else { continue }
            for element in elements {
                for sibling in element.presence.siblings where users[sibling.version.stamp.replica] == nil {
                    users[sibling.version.stamp.replica] = element.element.reference
                }
            }
        }
        for ruling in try screen.reader.views("ruling") {
            for side in ["winner", "loser"] {
                guard let version = ruling[side].bytes.flatMap({ try? Version(decoding: $0) }), users[version.stamp.replica] == nil else { continue }
                users[version.stamp.replica] = ruling.reference("\(side)_user")
            }
        }
        try readImports()
    }

    /// Master data is written by importers alone; where there is one of them, what no server wrote of it is that one's.
    private func readImports() throws {
        let importers = try screen.reader.views("user", where: "role", equals: .text(Role.importer.rawValue))
        guard let importer = importers.first, importers.count == 1 else { return }
        for entity in screen.reader.schema.entities where entity.writers == [.importer] {
            for view in try screen.reader.views(entity.name) {
                for entry in view.record.entries {
                    let replica = entry.version.stamp.replica
                    if users[replica] == nil, try !isServer(replica) { users[replica] = importer.id }
                }
            }
        }
    }
}
