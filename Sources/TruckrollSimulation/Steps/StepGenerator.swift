/// Makes the list of steps that a seed stands for.
public struct StepGenerator {
    private var random: SeededGenerator
    private let options: SimulationOptions
    /// Steps that belong to one begun earlier, with the number of acts after which they come.
    private var scheduled: [(after: Int, step: Step)] = []
    private var made: [Step] = []

    public init(options: SimulationOptions) {
        self.options = options
        random = SeededGenerator(seed: options.seed)
    }

    /// Some hundred acts a device and working day, visits among them, and faults where they are allowed.
    public mutating func steps() -> [Step] {
        let total = options.devices * options.hours * options.actsPerHour
        let meanPause = options.hours * 3_600_000 / max(1, total)
        // Some runs are long partitions, some are chatty; some are calm, some are not.
        let visitEvery = [3, 6, 12, 30][random.below(4)]
        let faultEvery = [4, 10, 40][random.below(3)]
        promiseAfterCopy()
        if options.faults.contains(.restore), random.once(in: 3) {
            // Of the night before, when some devices had been enrolled and had not come yet.
            now(0, .backup)
            later(0, .restoreServer)
        }
        while made.count < total {
            let device = random.below(options.devices)
            if random.once(in: visitEvery) {
                made.append(Step(pause: pause(meanPause), device: anyDevice(), action: random.once(in: 20) ? .audit : .sync(disturbance())))
            }
            if random.once(in: faultEvery) { fault() }
            burst(meanPause, device)
            for index in scheduled.indices.reversed() where scheduled[index].after <= made.count {
                made.append(scheduled.remove(at: index).step)
            }
        }
        return made
    }

    /// Once in a while the day begins with a promise that a copy does not hold, made to a device that had never come before, and another
    /// one who asks for the same as soon as the copy has been put back.
    ///
    /// Drawn by a generator of its own: the day goes on as it would without, and ends so many steps earlier.
    private mutating func promiseAfterCopy() {
        var random = SeededGenerator(seed: options.seed ^ 0xEA71)
        guard options.faults.contains(.restore), random.once(in: 8) else { return }
        let technicians = (0..<options.devices).filter { ![1, 4].contains($0 % 5) }
        guard technicians.count > 1 else { return }
        let first = random.below(technicians.count)
        let second = (first + 1 + random.below(technicians.count - 1)) % technicians.count
        let how = UInt32(truncatingIfNeeded: random.next())
        now(0, .backup)
        for device in [technicians[first], technicians[second]] {
            now(device, .act(.lease, pick: UInt32(truncatingIfNeeded: random.next()), how: how))
            now(device, .sync(nil))
            if device == technicians[first] { now(0, .restoreServer) }
        }
    }

    private mutating func pause(_ mean: Int) -> Int64 { Int64(random.below(mean * 2 + 1)) }
    private mutating func number() -> UInt32 { UInt32(truncatingIfNeeded: random.next()) }
    /// Devices that were enrolled on the way, or are copies, are reached too.
    private mutating func anyDevice() -> Int { random.below(options.devices + 3) }

    /// A few acts of one person in a row; a technician's working through a job most often.
    private mutating func burst(_ meanPause: Int, _ device: Int) {
        let pick = number()
        let device = random.once(in: 10) ? anyDevice() : device
        if random.once(in: 3) {
            let walk: [Act] = [.accept, .travel, .arrive, .start, .labour, .finishTask, .complete, .sign, .certify]
            let first = random.once(in: 2) ? 0 : random.below(walk.count)
            for act in walk.dropFirst(first).prefix(1 + random.below(walk.count)) {
                made.append(Step(pause: pause(meanPause), device: device, action: .act(act, pick: pick, how: number())))
            }
            return
        }
        let acts = device % 5 == 1 || device % 5 == 4 ? Act.dispatchers : Act.technicians
        for _ in 0...random.below(3) {
            let act = random.once(in: 8) ? Act.allCases[random.below(Act.allCases.count)] : acts[random.below(acts.count)]
            made.append(Step(pause: pause(meanPause), device: device, action: .act(act, pick: random.once(in: 2) ? pick : number(), how: number())))
        }
    }

    private mutating func disturbance() -> Disturbance? {
        guard options.faults.contains(.network), random.once(in: 3) else { return nil }
        let kind = Disturbance.Kind.allCases[random.below(Disturbance.Kind.allCases.count)]
        return Disturbance(kind: kind, message: random.once(in: 3) ? 1 + random.below(random.once(in: 3) ? 12 : 2) : 0, cut: random.below(1001))
    }

    // MARK: Faults

    private mutating func fault() {
        let kinds = Fault.allCases.filter { $0 != .network && options.faults.contains($0) }
        guard !kinds.isEmpty else { return }
        let device = anyDevice()
        switch kinds[random.below(kinds.count)] {
        case .network: break
        case .crash: now(device, random.once(in: 2) ? .crashDevice(write: random.below(12)) : .crashServer(write: random.below(50)))
        case .clock:
            let year: Int64 = 31_557_600_000
            let jumps: [Int64] = [3_600_000, -3_600_000, year, -year, 40 * year, -40 * year, 86_400_000, -300_000, 301_000]
            now(device, .moveClock(jumps[random.below(jumps.count)]))
        case .copies:
            now(device, .keepCopy)
            later(device, random.once(in: 2) ? .restoreCopy : .runCopy)
        case .restore:
            now(device, .backup)
            later(device, random.once(in: 3) ? .putBackByHand : .restoreServer)
            if random.once(in: 4) { later(device, .restoreServer) }
        case .enrolment:
            switch random.below(7) {
            case 0, 1: now(device, .revoke)
            case 2: now(device, .enrol)
            case 3: replanDuringFirstVisit(of: device)
            case 4 where options.faults.contains(.network) && random.once(in: 2): editDuringFirstVisit(of: device)
            default: now(device, .tick)
            }
        case .upgrade:
            if random.once(in: 2) { later(device, .upgradeServer) }
            now(device, .upgradeDevice)
        case .absence:
            // Once in a while: most of what is planned lies in the past afterwards.
            guard random.once(in: 4) else { return }
            made.append(Step(pause: 95 * 86_400_000, device: device, action: .sync(nil)))
            now(device, .collect)
        case .damage:
            now(device, .damage(pick: number()))
            later(device, .audit)
        case .hostile: for _ in 0...random.below(3) { now(device, .forge(pick: number())) }
        }
    }

    /// A visit planned for later in the week moves to today between two visits of a device that gets its view for the first time.
    private mutating func replanDuringFirstVisit(of device: Int) {
        let dispatcher = 1
        let pick = number()
        replan(by: dispatcher, pick, inHours: 72)
        now(device, options.faults.contains(.network) ? .enrolInPart : .enrol)
        replan(by: dispatcher, pick, inHours: 4)
    }

    /// Records change that a device has got with the first parts of its view, before it gets the last part.
    private mutating func editDuringFirstVisit(of device: Int) {
        let dispatcher = 1
        now(device, .enrolBroken(message: 1 + random.below(4)))
        let acts: [Act] = [.prioritise, .retitleOrder, .writeText, .assign, .createOrder]
        for _ in 0...random.below(3) { now(dispatcher, .act(acts[random.below(acts.count)], pick: number(), how: number())) }
        now(dispatcher, .sync(nil))
    }

    private mutating func replan(by dispatcher: Int, _ pick: UInt32, inHours hours: UInt32) {
        now(dispatcher, .act(.move, pick: pick, how: (24 + hours / 4) << 8))
        now(dispatcher, .sync(nil))
    }

    private mutating func now(_ device: Int, _ action: Step.Action) { made.append(Step(pause: 0, device: device, action: action)) }

    private mutating func later(_ device: Int, _ action: Step.Action) {
        scheduled.append((made.count + 1 + random.below(120), Step(pause: 0, device: device, action: action)))
    }
}

extension Act {
    static let technicians = Array(allCases.prefix { $0 != .createOrder })
    static let dispatchers =
        Array(allCases.drop { $0 != .createOrder }) + [
            .writeText, .handOver, .answerHandOver, .countStock, .moveAsset, .orderDue, .callOff, .leaseBlanket, .decideRelease, .moveRelease,
        ]
}
