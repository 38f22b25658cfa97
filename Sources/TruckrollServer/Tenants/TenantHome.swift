import Foundation
import TruckrollCore
import TruckrollDomain
import TruckrollStoreSQLite
import TruckrollSync

/// Where a tenant's files lie under the data directory, and its keys.
///
/// The keys, the instance id and the list of revocations lie outside the database and its backups, so that a restored
/// database is recognised and a revoked device stays revoked.
public struct TenantHome: Sendable {
    public let tenant: TenantID
    /// `DIR/tenants/<id>`: database and attachments, what a backup covers.
    public let data: URL
    /// `DIR/keys/<id>`: backed up on its own.
    public let keys: URL

    public init(directory: URL, tenant: TenantID) {
        self.tenant = tenant
        data = directory.appendingPathComponent("tenants").appendingPathComponent("\(tenant)")
        keys = directory.appendingPathComponent("keys").appendingPathComponent("\(tenant)")
    }

    public var database: String { data.appendingPathComponent("truckroll.sqlite").path }
    /// Whether there is a database with something in it.
    public func hasDatabase() throws -> Bool {
        guard FileManager.default.fileExists(atPath: database) else { return false }
        let size = try FileManager.default.attributesOfItem(atPath: URL(fileURLWithPath: database).resolvingSymlinksInPath().path)[.size]
        return (size as? NSNumber)?.intValue ?? 0 > 0
    }
    /// What the file is called once the tenant is in a database server.
    var movedDatabase: String { database + ".moved" }
    /// Whether there ever was one: a schema was noted beside it, or replica numbers were given.
    public var hadDatabase: Bool {
        [database + ".schema", keys.appendingPathComponent("replicas").path].contains { FileManager.default.fileExists(atPath: $0) }
    }
    public var attachments: String { data.appendingPathComponent("attachments").path }
    /// Segments of snapshots. No backup needs them: they are made anew.
    public var snapshots: String { data.appendingPathComponent("snapshots").path }
    private var revocations: URL { keys.appendingPathComponent("revocations") }

    /// The tenants that have a folder, ascending.
    public static func all(in directory: URL) throws -> [TenantID] {
        let folder = directory.appendingPathComponent("tenants").path
        guard FileManager.default.fileExists(atPath: folder) else { return [] }
        return try FileManager.default.contentsOfDirectory(atPath: folder).compactMap { TenantID($0) }.sorted()
    }

    /// Makes the folders and the keys of a new tenant. Keys that are there stay.
    public func found() throws {
        for folder in [data, keys, URL(fileURLWithPath: attachments)] {
            try DurableFile.makeFolder(folder.path)
        }
        for (name, make) in [
            ("tenant.key", { SigningKey().rawRepresentation }), ("receipt.key", { SecureRandom.bytes(32) }), ("instance", { SecureRandom.bytes(16) }),
        ] as [(String, () -> [UInt8])] where !FileManager.default.fileExists(atPath: keys.appendingPathComponent(name).path) {
            try write(make(), to: keys.appendingPathComponent(name))
        }
        if !FileManager.default.fileExists(atPath: revocations.path) { try write([], to: revocations) }
    }

    /// The key that signs enrolments.
    public func tenantKey() throws -> SigningKey {
        guard let key = SigningKey(rawRepresentation: try secret("tenant.key")) else {
            throw EngineProblem("tenant-key-unreadable", "\(keys.path)/tenant.key holds no key.", next: "Bring the file back from its backup.")
        }
        return key
    }

    /// The id of this home; a database that names another one was restored or copied.
    public func instance() throws -> [UInt8] { try secret("instance") }

    /// A new id for this home, after a restore.
    public func renewInstance() throws -> [UInt8] {
        let fresh = SecureRandom.bytes(16)
        try write(fresh, to: keys.appendingPathComponent("instance"))
        return fresh
    }

    public func security() throws -> ServerSecurity {
        let key = try tenantKey()
        return ServerSecurity(
            receiptKey: try secret("receipt.key"), tenantKey: key.publicKey, sign: { try key.signature(over: $0) })
    }

    /// The replica numbers given so far, kept outside the database.
    public func replicaNumbers() -> ReplicaNumberFile { ReplicaNumberFile(file: keys.appendingPathComponent("replicas")) }

    // MARK: Revocations

    /// The devices that were shut out, whatever a restored database says.
    public func revokedDevices() throws -> Set<DeviceID> {
        let text = String(decoding: try secret("revocations"), as: UTF8.self)
        return Set(text.split(separator: "\n").compactMap { DeviceID($0.prefix { $0 != " " }) })
    }

    /// Lines of the list that name no device: a crash can leave one that was being written, and damage any.
    public func unreadableRevocations() throws -> Int {
        String(decoding: try secret("revocations"), as: UTF8.self).split(separator: "\n").count { DeviceID($0.prefix { $0 != " " }) == nil }
    }

    /// Adds to the list; it is on disk when this returns. A list that is not there is never begun anew.
    public func appendRevocation(_ device: DeviceID, at milliseconds: Int64) throws {
        _ = try secret("revocations")
        do { try LineFile.append("\(device) \(milliseconds)", to: revocations.path) } catch {
            throw EngineProblem("data-unwritable", "\(revocations.path) cannot be written.", next: "Check the file's owner and the free space.")
        }
    }

    // MARK: Files

    /// Reads a file that must be there: a missing key is never replaced by a new one, which would make every enrolment and
    /// certificate unverifiable.
    private func secret(_ name: String) throws -> [UInt8] {
        let file = keys.appendingPathComponent(name)
        guard let bytes = FileManager.default.contents(atPath: file.path) else {
            throw EngineProblem(
                "key-unreadable", "\(file.path) is missing or cannot be read.",
                next: "Bring the file back from the backup of the keys, or mend its permissions.")
        }
        return Array(bytes)
    }

    /// A crash leaves the old file or the new one.
    func write(_ bytes: [UInt8], to file: URL) throws {
        do { try DurableFile.write(bytes, to: file.path) } catch {
            throw EngineProblem("data-unwritable", "\(file.path) cannot be written.", next: "Check the directory's owner and the free space.")
        }
    }
}

/// The system's random source.
public enum SecureRandom {
    public static func bytes(_ count: Int) -> [UInt8] {
        var generator = SystemRandomNumberGenerator()
        return (0..<count).map { _ in UInt8.random(in: 0...255, using: &generator) }
    }

    public static func epoch() -> Epoch {
        var generator = SystemRandomNumberGenerator()
        return Epoch(rawValue: UInt64.random(in: 1...UInt64.max, using: &generator))
    }

    /// 100 bits in five groups of four letters and digits that are hard to confuse.
    public static func enrolmentCode() -> String {
        let letters = Array("0123456789ABCDEFGHJKMNPQRSTVWXYZ")
        let characters = bytes(20).map { letters[Int($0 & 31)] }
        return stride(from: 0, to: 20, by: 4).map { String(characters[$0..<$0 + 4]) }.joined(separator: "-")
    }
}
