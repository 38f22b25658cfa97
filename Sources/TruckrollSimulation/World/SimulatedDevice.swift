import TruckrollCore
import TruckrollDomain
import TruckrollProtocol
import TruckrollStoreMemory
import TruckrollSync

/// The real client engine over a store in memory, in one person's hands.
final class SimulatedDevice {
    let name: String
    let user: RecordID
    let role: Role
    let store: MemoryDeviceStore
    private(set) var engine: DeviceEngine
    private let keys: KeyRing
    /// The device's clock minus the true time, in milliseconds.
    var clockError: Int64 = 0
    var kept: MemoryDeviceStore?
    var isRevoked = false
    var writesUntilEnd: Int?
    /// What is here of a segment whose transfer broke off.
    var arrived: (sha256: [UInt8], bytes: [UInt8])?
    /// The disk has changed something here since the run began.
    var isDiskAtFault = false
    /// It goes on under a number whose view the server has not compared with it yet, or may have gone back to such a moment.
    var isViewUncompared = false
    /// Whether it, or a store it came from, ever got another number.
    var wasRenumbered = false
    /// The newest position of each epoch the device has applied.
    var lastPosition: [Epoch: Position] = [:]

    init(name: String, user: RecordID, role: Role, store: MemoryDeviceStore, schema: Schema, keys: KeyRing) {
        self.name = name
        self.user = user
        self.role = role
        self.store = store
        self.keys = keys
        engine = DeviceEngine(schema: schema, store: store, compression: NoCompression(), sign: { try keys.sign($0, $1) })
    }

    func identity() throws -> DeviceIdentity {
        guard let identity = try store.read({ try $0.identity() }) else { throw Violation("device", "\(name) has lost its identity") }
        return identity
    }

    func sign(_ message: [UInt8], _ identity: DeviceIdentity) throws -> [UInt8] { try keys.sign(message, identity) }

    /// Runs something on the device; its process may end on the way.
    ///
    /// - Returns: `nil` when it did.
    func run<T>(_ body: () throws -> T) throws -> T? {
        store.fault = { [unowned self] _ in try countDown() }
        defer { store.fault = nil }
        do { return try body() } catch is ProcessEnded { return nil }
    }

    private func countDown() throws {
        guard let left = writesUntilEnd else { return }
        writesUntilEnd = left > 0 ? left - 1 : nil
        if left == 0 { throw ProcessEnded() }
    }

    func conversation(_ purpose: SyncConversation.Purpose) -> SyncConversation {
        SyncConversation(engine, purpose: purpose, makeKey: { [keys] in keys.make() })
    }

    func upgrade(to schema: Schema) {
        let keys = keys
        store.reopen(with: schema)
        engine = DeviceEngine(schema: schema, store: store, compression: NoCompression(), sign: { try keys.sign($0, $1) })
    }
}
