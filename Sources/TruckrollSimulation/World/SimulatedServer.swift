import TruckrollCore
import TruckrollDomain
import TruckrollProtocol
import TruckrollStoreMemory
import TruckrollSync

/// The process ended here.
struct ProcessEnded: Error {}

/// The real server engine over a store in memory, with what an operator keeps outside the database.
final class SimulatedServer {
    private(set) var engine: ServerEngine
    let store: MemoryServerStore
    private let security: ServerSecurity
    private let partSize: PartSize
    private let snapshots: SnapshotKeeping
    /// They lie beside the database: a backup does not hold them, and they outlive a restore or do not.
    private let segments = MemorySegmentStore()
    private var instance: [UInt8] = [1]
    private var epochs: SeededGenerator
    private(set) var revoked: Set<DeviceID> = []
    private(set) var backup: MemoryServerStore?
    /// Storage writes until the process ends; `nil` while nothing is planned.
    var writesUntilEnd: Int?
    private(set) var restores = 0
    private let numbers = NumberBook()
    private(set) var witness: Witness?

    /// The replica numbers given, kept outside the database. One thread plays a simulation.
    private final class NumberBook: ReplicaNumbers, @unchecked Sendable {
        private var all: [(number: UInt32, holder: NumberHolder)] = []

        func next(atLeast wanted: UInt32, for holder: NumberHolder) -> UInt32 {
            let number = max(wanted, (all.last?.number ?? 0) + 1)
            all.append((number, holder))
            return number
        }

        func given(from first: UInt32) -> [(number: UInt32, holder: NumberHolder)] { all.filter { $0.number >= first } }
    }

    init(schema: Schema, store: MemoryServerStore, security: ServerSecurity, seed: UInt64) {
        // Views come in a few parts, in many, or at once.
        partSize = PartSize(records: [25, 90, 2_000][Int(seed % 3)])
        // Snapshots of whatever there is or of a few large scopes only, in many segments or one, soon made anew or never.
        snapshots = SnapshotKeeping(
            segments: segments, compression: NoCompression(), records: [1, 5, 20, 1_000][Int(seed / 3 % 4)],
            segmentBytes: [2_000, 8_000, 256 << 10][Int(seed / 5 % 3)], tailPercent: [10, 40, 1_000][Int(seed / 7 % 3)])
        engine = ServerEngine(
            schema: schema, store: BatchStore(over: store), security: security, partSize: partSize, snapshots: snapshots,
            numbers: numbers)
        store.looksUpTogether = seed % 2 == 0
        self.store = store
        self.security = security
        epochs = SeededGenerator(seed: seed ^ 0x5EED)
    }

    /// Answers a request as the HTTP side does: bytes in, bytes out. The process may end on the way.
    ///
    /// - Throws: ``ProcessEnded``, or what the engine throws.
    func answer<T>(_ body: (ServerEngine) throws -> T) throws -> T {
        store.fault = { [unowned self] _ in try countDown() }
        defer { store.fault = nil }
        guard let witness else { return try body(engine) }
        let result = Result { try body(engine) }
        witness.compare(result, body)
        return try result.get()
    }

    /// Lets the same server over another store, which holds what this one holds, answer all that comes, step by step with no batches.
    func call(_ store: any ServerStore) {
        let segments = SnapshotKeeping(
            segments: MemorySegmentStore(), compression: NoCompression(), records: snapshots.records, segmentBytes: snapshots.segmentBytes,
            tailPercent: snapshots.tailPercent)
        let engine = ServerEngine(
            schema: engine.schema, store: store, security: security, partSize: partSize, snapshots: segments, numbers: NumberBook())
        witness = Witness(engine, store)
    }

    private func countDown() throws {
        guard let left = writesUntilEnd else { return }
        writesUntilEnd = left > 0 ? left - 1 : nil
        if left == 0 { throw ProcessEnded() }
    }

    /// That of the run, and the one that witnesses it.
    private var engines: [ServerEngine] { [engine] + (witness.map { [$0.engine] } ?? []) }

    /// What a server does when its process starts.
    func start(at moment: ServerMoment) throws {
        try engine.checkInstance(instance, newEpoch: Epoch(rawValue: epochs.next() | 1), at: moment)
        for engine in engines {
            try engine.takeUpDeferred(at: moment)
            for device in revoked.sorted() { try engine.revoke(device, at: moment) }
        }
    }

    func revoke(_ device: DeviceID, at moment: ServerMoment) throws {
        revoked.insert(device)
        for engine in engines { try engine.revoke(device, at: moment) }
    }

    func keepBackup() { backup = store.copy() }

    /// Puts the backup back. By the command, the home's name changes; by hand, nothing does.
    func restore(byHand: Bool, at moment: ServerMoment) throws -> Bool {
        guard let backup else { return false }
        store.restore(from: backup)
        restores += 1
        if epochs.once(in: 3) { for sha256 in try segments.names() { try segments.remove(sha256) } }
        if !byHand { instance = [UInt8(truncatingIfNeeded: epochs.next()), UInt8(truncatingIfNeeded: restores), 2] }
        try start(at: moment)
        return true
    }

    func upgrade(to schema: Schema) {
        store.reopen(with: schema)
        engine = ServerEngine(
            schema: schema, store: BatchStore(over: store), security: security, partSize: partSize, snapshots: snapshots,
            numbers: numbers)
    }
}
