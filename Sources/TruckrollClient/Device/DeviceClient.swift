import Foundation
import TruckrollCompression
import TruckrollCore
import TruckrollDomain
import TruckrollProtocol
import TruckrollStoreSQL
import TruckrollStoreSQLite
import TruckrollSync

/// A device: its local store, and the way to its server. What an app or a command line builds on.
///
/// Everything local works without a network; ``sync()`` is the one place where being offline shows.
public struct DeviceClient: Sendable {
    public let engine: DeviceEngine
    /// Clock and luck of the machine; the zone is the company's once its record is here.
    public let environment: DeviceEnvironment
    /// The same with the clock as it is, which may have been set.
    private let machine: DeviceEnvironment
    private let steadyClock: SteadyClock
    public let attachments: AttachmentFolder
    let segments: SegmentArrival
    /// Makes the way to a server of that address for the device's identity; `nil` identity for enrolment.
    let connect: @Sendable (_ server: String, _ identity: DeviceIdentity?) throws -> any SyncTransport
    private let directory: URL

    /// Opens the store in `directory`, which is made when it is not there.
    ///
    /// - Throws: ``StoreProblem`` when the file cannot be opened, is damaged, or is in use.
    public init(
        directory: URL, environment: DeviceEnvironment = .system(),
        connect: (@Sendable (String, DeviceIdentity?) throws -> any SyncTransport)? = nil
    ) throws {
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        let schema = try Schema.load()
        let mark = SchemaMark(of: Self.file(in: directory).path)
        if let newest = mark.newest, newest > schema.version {
            throw DeviceProblem(
                "store-newer",
                "\(Self.file(in: directory).path) was written by an app that knows schema \(newest); this one knows up to \(schema.version). It was left as it is.",
                next: "Update this app: nothing is lost.")
        }
        let store = try SQLiteDeviceStore(path: Self.file(in: directory).path, schema: schema)
        mark.raise(to: schema.version)
        let attachments = try AttachmentFolder(directory: directory.appendingPathComponent("attachments"))
        self.attachments = attachments
        engine = DeviceEngine(
            schema: schema, store: store, compression: Zstd(), attachmentSize: { sha256 in (try? attachments.read(sha256))?.count })
        machine = environment
        let steadyClock = SteadyClock(clock: environment.now, uptime: environment.uptime)
        self.steadyClock = steadyClock
        // A store that cannot be read says so when it is asked for something.
        if let state = try? engine.read({ try $0.state() }) { steadyClock.goOn(from: state.clockReading) }
        var steady = environment
        steady.now = { steadyClock.now() }
        let zone = try? engine.read { try $0.companyZone() }
        self.environment = zone.map { [steady] in steady.working(in: TenantCalendar(timeZone: $0)) } ?? steady
        self.directory = directory
        segments = SegmentArrival(directory: directory.appendingPathComponent("segments"))
        self.connect =
            connect ?? { server, identity in
                try HTTPTransport.of(server: server, identity: identity, environment: environment, schemaVersion: schema.version)
            }
    }

    public var schema: Schema { engine.schema }

    /// Whether nothing can be recorded, because the disk of the store takes no writes. What is there can be read.
    public var isReadOnly: Bool { (engine.store as? SQLiteDeviceStore)?.obstacle != nil }

    /// What of a store is in a folder.
    public enum Presence: Hashable, Sendable {
        case present, absent
        /// A file without content, and no log beside it either.
        case empty
        /// This user may not see whether there is one.
        case forbidden
    }

    /// What of a store is in the folder, as far as this user may see.
    public static func presence(in directory: URL) -> Presence {
        let file = file(in: directory).path
        do {
            func size(_ path: String) throws -> Int { (try FileManager.default.attributesOfItem(atPath: path)[.size] as? NSNumber)?.intValue ?? 0 }
            guard try size(file) == 0 else { return .present }
            return ((try? size(file + "-wal")) ?? 0) > 0 ? .present : .empty
        } catch CocoaError.fileReadNoPermission { return .forbidden } catch { return .absent }
    }

    private static func file(in directory: URL) -> URL { directory.appendingPathComponent("device.sqlite") }

    /// Lets go of the store, so that another command can open it. Calls that need the store fail from then on.
    public func close() throws { try (engine.store as? SQLiteDeviceStore)?.close() }

    /// Takes away a store in which this client alone has begun anything. Its name is locked until that is done. The lock's own file
    /// stays, and so does whatever else lies in the folder.
    public func takeAwayStore() {
        let files =
            ["", "-wal", "-shm", ".schema"].map { Self.file(in: directory).path + $0 } + [
                directory.appendingPathComponent("server-versions.json").path
            ]
        for file in files { try? FileManager.default.removeItem(atPath: file) }
        // Only an empty folder goes.
        for folder in ["attachments", "segments"] { rmdir(directory.appendingPathComponent(folder).path) }
        try? close()
    }

    /// The same device with its store opened anew.
    func reopened() throws -> DeviceClient { try DeviceClient(directory: directory, environment: machine, connect: connect) }

    /// The way to the server by itself, and what the device has applied; needs no open store afterwards.
    func wakeUpSource() throws -> (transport: any SyncTransport, position: Position) {
        let (identity, position) = (try enrolledIdentity(), try read { try $0.state().checkpoint?.position ?? .start })
        return (try connect(identity.serverURL, identity), position)
    }

    /// - Throws: ``DeviceProblem`` `not-enrolled`.
    func enrolledIdentity() throws -> DeviceIdentity {
        guard let identity = try read({ try $0.identity() }), identity.replica.rawValue != 0 else {
            throw DeviceProblem("not-enrolled", "This device is not enrolled.", next: "Enrol it with a code from the office.")
        }
        return identity
    }

    // MARK: Local work

    /// Records one user action. See ``DeviceEngine/commit(intent:at:newID:_:)``.
    @discardableResult
    public func commit<T>(_ intent: String, _ body: (LocalEditor) throws -> T) throws -> (result: T, set: OwnSet?) {
        try engine.commit(intent: intent, at: moment(), newID: environment.newID) { editor in
            let result = try body(editor)
            // Facts are recorded whoever writes beside them what.
            if let (entity, role) = try editor.forbidden {
                throw DeviceProblem(
                    .role, "A \(role.rawValue) may not write \(entity.title.lowercased()) records.", next: "Ask somebody of the office who may.")
            }
            return result
        }
    }

    /// Reads what the user sees.
    public func read<T>(_ body: (LocalReader) throws -> T) throws -> T { try engine.read(body) }

    /// The corrected local time.
    public func now() throws -> DeviceTime {
        let (moment, offset) = (try moment(), try read { try $0.state().clockOffset })
        return DeviceTime(milliseconds: moment.milliseconds + offset, offsetMinutes: moment.offsetMinutes)
    }

    /// The device's clock, with the offset from UTC that holds at the corrected time.
    func moment() throws -> DeviceMoment {
        let (clock, offset) = (environment.now(), try read { try $0.state().clockOffset })
        return DeviceMoment(milliseconds: clock, offsetMinutes: environment.offsetMinutes(clock + offset))
    }

    /// The machine's clock as it is, in Unix milliseconds; a sync measures its offset.
    func machineClock() -> Int64 { machine.now() }

    /// The machine's clock as it is, to be kept with an offset measured against it.
    func clockReading() -> [UInt8] { steadyClock.reading() }

    /// Goes on from the reading that the store has with its offset.
    func goOnFromReading() { if let state = try? read({ try $0.state() }) { steadyClock.goOn(from: state.clockReading) } }

    /// By how many milliseconds the machine's clock was set since its offset was measured last; recorded times go on as if it had not been.
    public var clockWasSetBy: Int64 { steadyClock.wasSetBy() }

    /// In which zone times are told, where the machine keeps another one: its name and offset.
    public func foreignZone() throws -> String? {
        let now = try now().milliseconds
        let offset = environment.offsetMinutes(now)
        guard offset != machine.offsetMinutes(now), let name = try read({ try $0.companyZone() }) else { return nil }
        let (hours, minutes) = (abs(offset) / 60, abs(offset) % 60)
        return "\(name) (UTC\(offset < 0 ? "−" : "+")\(hours)" + (minutes == 0 ? ")" : ":\(minutes < 10 ? "0" : "")\(minutes))")
    }

    // MARK: Enrolment

    /// Enrols this device with a code from the office. Safe to repeat after a lost reply.
    public func enrol(server: String, code: String, deviceName: String) async throws -> DeviceIdentity {
        if let identity = try read({ try $0.identity() }), identity.replica.rawValue != 0 {
            throw DeviceProblem(
                "already-enrolled", "This device is enrolled as replica \(identity.replica) of \(identity.tenantName).",
                next: "Use another --store for another enrolment.")
        }
        var pending = try pendingIdentity(server: server)
        guard let key = SigningKey(rawRepresentation: pending.privateKey) else {
            throw DeviceProblem("key-unreadable", "The device's new key cannot be read.", next: "Use a fresh --store.")
        }
        var request = PBEnrolRequest()
        request.code = code
        request.device = data(pending.device.bytes)
        request.algorithm = UInt32(SignatureAlgorithm.p256.rawValue)
        request.publicKey = data(key.publicKey)
        request.deviceName = deviceName
        request.protocolVersion = Limits.protocolVersion
        request.proof = data(
            try key.signature(over: EnrolmentProof.message(code: code, device: pending.device, publicKey: key.publicKey)))
        let transport = try connect(server, nil)
        let enrolment = try await transport.enrol(request)
        try adopt(enrolment, into: &pending)
        let identity = pending
        try engine.store.write { try $0.save(identity) }
        return identity
    }

    /// The device id and key are stored before they are sent, so that a lost reply does not lose the enrolment.
    private func pendingIdentity(server: String) throws -> DeviceIdentity {
        if var stored = try read({ try $0.identity() }) {
            stored.serverURL = server
            return stored
        }
        let fresh = DeviceIdentity(
            tenant: TenantID(high: 0, low: 0), tenantName: "", tenantKey: [], device: environment.newDeviceID(), user: RecordID(high: 0, low: 0),
            replica: ReplicaID(rawValue: 0), algorithm: .p256, privateKey: SigningKey().rawRepresentation, series: "", enrolment: [],
            serverURL: server)
        try engine.store.write { try $0.save(fresh) }
        return fresh
    }

    private func adopt(_ enrolment: PBEnrolment, into identity: inout DeviceIdentity) throws {
        guard let tenant = TenantID(bytes: enrolment.tenant), let user = RecordID(bytes: enrolment.user), enrolment.replica != 0,
            DeviceID(bytes: enrolment.device) == identity.device
        else { throw DeviceProblem("enrolment-unreadable", "The server's answer is not for this device.", next: "Check the server's address.") }
        guard
            Signatures.isValid(
                Array(enrolment.signature), of: Array(enrolment.statement), algorithm: .p256, publicKey: Array(enrolment.tenantKey))
        else { throw DeviceProblem("enrolment-unsigned", "The enrolment is not signed by the company's key.", next: "Check the server's address.") }
        identity.tenant = tenant
        identity.tenantName = enrolment.tenantName
        identity.tenantKey = Array(enrolment.tenantKey)
        identity.user = user
        identity.replica = ReplicaID(rawValue: enrolment.replica)
        identity.series = enrolment.series
        identity.enrolment = try Wire.encode(enrolment)
    }

    // MARK: Versions

    var wordings: FormerWordings { FormerWordings(file: directory.appendingPathComponent("former-wordings.json")) }

    private var versionsFile: URL { directory.appendingPathComponent("server-versions.json") }

    /// What the server said of its versions when this device signed in last; `nil` when it never did.
    public func serverVersions() -> SpokenVersions? {
        FileManager.default.contents(atPath: versionsFile.path).flatMap { try? JSONDecoder().decode(SpokenVersions.self, from: $0) }
    }

    /// Keeps it for when there is no network. It is worth knowing and nothing rests on it, so a full disk is no error.
    private func note(_ versions: SpokenVersions?) {
        guard let versions, versions != serverVersions() else { return }
        try? JSONEncoder().encode(versions).write(to: versionsFile, options: .atomic)
    }

    // MARK: Transport

    func withTransport<T>(_ body: (any SyncTransport, DeviceIdentity) async throws -> T) async throws -> T {
        let identity = try enrolledIdentity()
        let transport = try connect(identity.serverURL, identity)
        do {
            let value = try await body(transport, identity)
            note(await transport.versions())
            return value
        } catch {
            note(await transport.versions())
            throw error
        }
    }
}
