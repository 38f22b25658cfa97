import TruckrollCore
import TruckrollDomain
import TruckrollProtocol
import TruckrollStoreMemory
import TruckrollSync

/// One run: the real engines of server and devices in one process, virtual time, and a network that is a function call.
public final class Simulation {
    let options: SimulationOptions
    let server: SimulatedServer
    var devices: [SimulatedDevice]
    let keys: KeyRing
    var ledger = Ledger()
    private let said = SaidCodes()
    var milliseconds: Int64
    var random: SeededGenerator
    public internal(set) var met = Occurrences()
    private var isServerNew = false
    let schema: Schema
    let newerSchema: Schema
    /// Requests whose senders have given up, and which may still arrive.
    var late: [() throws -> Void] = []

    public init(_ options: SimulationOptions, world: StartingWorld) {
        self.options = options
        let start = world.fork(seed: options.seed, realSignatures: options.realSignatures, devices: options.devices)
        server = start.server
        devices = start.devices
        keys = start.keys
        schema = world.schema
        newerSchema = world.newerSchema
        milliseconds = world.milliseconds
        random = SeededGenerator(seed: options.seed ^ 0xD1CE)
    }

    /// Lets the same server over another store, which is empty, be asked whatever this run asks, and compares what both answer and hold.
    ///
    /// - Returns: what it saw. Runs with crashes or restores of the server, or upgrades of it, have no such witness.
    public func run(_ steps: [Step], witnessedBy store: any ServerStore, _ world: StartingWorld) throws -> Witness? {
        precondition(options.faults.isDisjoint(with: [.crash, .restore, .upgrade]), "the witness is not put back, nor upgraded")
        try world.fill(store, realSignatures: options.realSignatures)
        server.call(store)
        try run(steps)
        try server.witness?.compareContent(with: server.store)
        return server.witness
    }

    var moment: ServerMoment { ServerMoment(milliseconds: milliseconds, calendar: StartingWorld.calendar) }

    /// Plays the steps, then lets everything heal, and checks what must hold.
    ///
    /// - Throws: ``Violation``.
    public func run(_ steps: [Step]) throws {
        do {
            for step in steps { try play(step) }
            try heal()
            try FinalCheck(self).check()
        } catch let violation as Violation { throw violation } catch {
            throw Violation("unexpected error", "\(error)")
        }
    }

    func play(_ step: Step) throws {
        milliseconds += step.pause
        let device = devices[step.device % devices.count]
        switch step.action {
        case .act(let act, let pick, let how): try perform(act, pick, how, on: device)
        case .sync(let disturbance): try visit(device, .sync, disturbance)
        case .audit: try visit(device, .audit(repairing: true), nil)
        case .crashDevice(let write): device.writesUntilEnd = write
        case .crashServer(let write): server.writesUntilEnd = write
        case .moveClock(let error): device.clockError += error
        case .keepCopy: device.kept = device.store.copy()
        case .restoreCopy: try restoreCopy(device)
        case .runCopy: runCopy(device)
        case .damage(let pick): try damage(device, pick)
        case .forge(let pick): try forge(pick, on: device)
        case .backup: server.keepBackup()
        case .restoreServer: try restoreServer(byHand: false)
        case .putBackByHand: try restoreServer(byHand: true)
        case .revoke: try revoke(device)
        case .enrol: _ = try enrol(device)
        case .enrolInPart: if let another = try enrol(device) { try visit(another, .sync, nil, breaksOffAt: .first) }
        case .enrolBroken(let message):
            if let another = try enrol(device) { try visit(another, .sync, Disturbance(kind: .replyLost, message: message)) }
        case .tick:
            try serverDoes {
                _ = try $0.tick(at: self.moment)
                try ExceptionCheck.nothingLies(in: self.server.store, self.schema, at: self.milliseconds)
            }
        case .collect: try serverDoes { try $0.collect(at: self.moment) }
        case .upgradeDevice: device.upgrade(to: newerSchema)
        case .upgradeServer:
            isServerNew = true
            server.upgrade(to: newerSchema)
            try server.start(at: moment)
        }
    }

    // MARK: People

    private func perform(_ act: Act, _ pick: UInt32, _ how: UInt32, on device: SimulatedDevice) throws {
        // A process ends at a commit; what was confirmed before is there after.
        let before = try device.store.read { try $0.state() }.lastSequence
        let local = DeviceMoment(milliseconds: milliseconds + device.clockError, offsetMinutes: 60)
        let record = {
            try device.engine.commit(intent: act.rawValue, at: local, newID: { self.newID() }) { editor in
                let context = ActContext(editor: editor, pick: pick, how: how, said: self.said)
                if try !TechnicianActs(context: context).perform(act) { try DispatcherActs(context: context).perform(act) }
            }.set
        }
        let committed: OwnSet??
        do { committed = try device.run(record) } catch let problem as DecodingProblem {
            // What the disk has changed cannot be read: the person is told so, and nothing is recorded.
            guard try !device.engine.localDamage().isEmpty else { throw problem }
            return
        }
        if let set = committed ?? nil {
            met.setsCommitted += 1
            ledger.add(set, of: device.name, holding: try heldOrders(device))
            try SessionCheck(device).reads(own: set)
        } else if committed == nil {
            met.deviceEnds += 1
            // The commit may have become durable before the process ended; then it counts.
            let identity = try device.identity()
            let id = WriteID(replica: identity.replica, sequence: before + 1)
            if let set = try device.store.read({ try $0.own(id) }) { ledger.add(set, of: device.name, holding: try heldOrders(device)) }
        }
    }

    /// The orders in the device's view, by what it has applied.
    private func heldOrders(_ device: SimulatedDevice) throws -> Set<RecordID> {
        Set(try device.store.read { try $0.scopes() }.filter { $0.kind == "order" }.compactMap(\.id))
    }

    func newID() -> RecordID { RecordID.version7(milliseconds: UInt64(max(0, milliseconds)), using: &random) }

    // MARK: Operators

    /// Something the server does by itself or for an operator; its process may end on the way.
    func serverDoes(_ body: (ServerEngine) throws -> Void) throws {
        do { try server.answer(body) } catch is ProcessEnded {
            met.serverEnds += 1
            try server.start(at: moment)
        }
    }

    private func restoreServer(byHand: Bool) throws {
        guard let backup = server.backup else { return }
        ledger.lostPromises = try LostPromises(
            puttingBack: backup, inPlaceOf: server.store, former: ledger.lostPromises, newerSchema, at: milliseconds)
        guard try server.restore(byHand: byHand, at: moment) else { return }
        if isServerNew { try server.start(at: moment) }
    }

    private func revoke(_ device: SimulatedDevice) throws {
        // Somebody has to be left to work.
        guard devices.filter({ !$0.isRevoked }).count > 2 else { return }
        let identity = try device.identity()
        for other in devices where try other.identity().device == identity.device { other.isRevoked = true }
        try server.revoke(identity.device, at: moment)
    }

    private func enrol(_ device: SimulatedDevice) throws -> SimulatedDevice? {
        guard devices.count < options.devices + 3 else { return nil }
        let enrolment = SimulatedEnrolment(
            device: DeviceID.version7(milliseconds: UInt64(max(0, milliseconds)), using: &random), user: device.user, name: "another",
            key: keys.make())
        var row: ReplicaRow?
        try serverDoes { row = try enrolment.ask($0, self.keys, at: self.moment) }
        guard let row else { return nil }
        let store = try enrolment.store(row, server.engine, schema, at: moment)
        let another = SimulatedDevice(
            name: "\(device.name)+\(devices.count)", user: device.user, role: device.role, store: store, schema: schema, keys: keys)
        devices.append(another)
        return another
    }

    // MARK: Copies of devices

    private func restoreCopy(_ device: SimulatedDevice) throws {
        guard let kept = device.kept else { return }
        // What only the overwritten store held is gone with it.
        let lost = try device.store.read { try $0.outbox() }
        device.store.restore(from: kept)
        device.isViewUncompared = device.wasRenumbered
        device.lastPosition = [:]
        let held = Set(try device.store.read { try $0.outbox() }.map(\.hash))
        for own in lost where !held.contains(own.hash) {
            ledger.giveUp(own.hash)
            // Under a number of its own it was the same work as under the one the copies share.
            if let origin = try? ChangeSet(decodingBody: own.set.body).origin, !held.contains(origin.hash) { ledger.giveUp(origin.hash) }
        }
    }

    private func runCopy(_ device: SimulatedDevice) {
        guard let kept = device.kept, devices.count < options.devices + 3 else { return }
        let copy = SimulatedDevice(
            name: "\(device.name)'\(devices.count)", user: device.user, role: device.role, store: kept.copy(), schema: device.engine.schema,
            keys: keys)
        copy.isRevoked = device.isRevoked
        copy.isDiskAtFault = device.isDiskAtFault
        copy.wasRenumbered = device.wasRenumbered
        copy.isViewUncompared = device.wasRenumbered
        devices.append(copy)
    }

    private func damage(_ device: SimulatedDevice, _ pick: UInt32) throws {
        let (keys, overlays) = try device.store.read { (try $0.confirmedKeys(after: nil, limit: 1000), try $0.overlayKeys()) }
        guard !keys.isEmpty else { return }
        let key = keys[Int(pick) % keys.count]
        let isStruck: Bool
        switch pick >> 16 % 8 {
        case 0 where !overlays.isEmpty: isStruck = device.store.corrupt(overlay: overlays[Int(pick) % overlays.count])
        case 1:
            device.store.loseColumns()
            isStruck = true
        case 2: isStruck = device.store.corrupt(key, by: .lostRow)
        case 3, 4: isStruck = device.store.corrupt(key, by: .unreadable)
        default: isStruck = device.store.corrupt(key)
        }
        if isStruck { device.isDiskAtFault = true }
    }
}
