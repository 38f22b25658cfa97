import TruckrollCore
import TruckrollDomain
import TruckrollProtocol
import TruckrollSync

/// One change set of this device, for lists.
public struct SetLine: Sendable {
    public let id: WriteID
    public let intent: String
    public let madeAt: DeviceTime
    public let place: Whereabouts
    /// `nil` while it waits for an answer.
    public let outcome: Outcome?
    public let position: Position?
    /// The records it is about, in words.
    public let subjects: [String]
    public let remarks: [Remark]
    /// What it wrote, of one that did not take effect as it was meant: the user's work, readable until somebody has dealt with it.
    public let written: [WrittenLine]

    init(_ own: OwnSet, _ screen: ScreenReader, offset: Int) throws {
        id = own.set.writeID
        intent = own.intent
        madeAt = DeviceTime(milliseconds: own.madeAt, offsetMinutes: offset)
        place = LocalReader.whereabouts(own)
        outcome = own.receipt?.outcome
        position = own.receipt?.position
        let remarks = own.receipt?.remarks ?? []
        self.remarks = remarks
        written =
            place == .needsAttention
            ? try screen.reader.content(of: own)?.ops.enumerated().flatMap { try WrittenLine.lines(of: $1, at: $0, remarks, screen) } ?? [] : []
        let orders = try JobLister.orders(of: own, screen).sorted().map { try screen.orderNumber($0) }
        guard orders.isEmpty, let set = screen.reader.content(of: own) else {
            subjects = orders
            return
        }
        subjects = try set.ops.compactMap { op in try screen.reader.schema[op.key.type].map { try screen.label($0, op.key.id) } }
    }
}

/// What one op of a set wrote into one field, in words.
public struct WrittenLine: Hashable, Sendable {
    /// The record, as a person knows it.
    public let record: String
    public let field: String
    public let value: String
    /// What the server said it has instead; `nil` where it did not say.
    public let serverValue: String?

    fileprivate static func lines(of op: Op, at index: Int, _ remarks: [Remark], _ screen: ScreenReader) throws -> [WrittenLine] {
        guard let entity = screen.reader.schema[op.key.type] else { return [] }
        let label = try screen.label(entity, op.key.id)
        return try op.writes.compactMap { write in
            guard let field = entity[write.field] else { return nil }
            let said = remarks.first { $0.field == field.id.rawValue && ($0.op == index || $0.op < 0) && $0.serverValue != nil }
            return WrittenLine(
                record: label, field: field.name, value: try screen.words(write.value, of: field),
                serverValue: try said?.serverValue.map { try screen.words($0, of: field) })
        }
    }
}

/// How a device stands with its server.
public struct DeviceStanding: Sendable {
    public let user: String
    public let tenant: String
    public let server: String
    public let device: DeviceID
    public let replica: ReplicaID
    public let series: String
    public let onDevice: Int
    public let sent: Int
    /// Those of the waiting ones that were sent, and not answered though the server was heard a minute and more after they were made.
    public let stuck: Int
    /// Sets whose answer this device still keeps.
    public let stored: Int
    public let needsAttention: Int
    /// All that waits for a person: those sets, fields with several values, and cases about the user.
    public let waitsForUser: Int
    /// Those that wait, oldest first, then those that need attention.
    public let sets: [SetLine]
    public let attachmentsWaiting: Int
    public let lastSync: DeviceTime?
    /// Time since the last sync, by the corrected clock.
    public let offlineSeconds: Int?
    public let checkpoint: Checkpoint?
    public let durable: Position
    /// Server's clock minus the device's.
    public let clockOffsetMilliseconds: Int64
    /// By how much the device's clock was set since that was measured; times are recorded as if it had not been.
    public let clockWasSetByMilliseconds: Int64
    public let scopes: Int
    public let runningLabour: RunningLabour?
    /// How far the view is here; `nil` when all of it is.
    public let filling: DeviceEngine.FillingStanding?
    /// What the server said of its versions; `nil` when this device never signed in.
    public let versions: SpokenVersions?
    /// The schema this device knows.
    public let schemaVersion: UInt32

    /// Who should be updated: this device, its server, or nobody.
    public var upgrade: SpokenVersions.Upgrade {
        versions?.upgrade(protocolVersion: Limits.protocolVersion, schemaVersion: schemaVersion) ?? .none
    }

    /// Whether the server says that what it took is safely backed up somewhere.
    public var hasBackup: Bool { durable > .start }
}

extension DeviceClient {
    /// The server was reached after it was sent, and said nothing of it: the line broke, or something holds it up.
    private static func isStuck(_ own: OwnSet, lastSync: Int64?) -> Bool {
        own.standing == .waiting && own.isSent && lastSync.map { own.madeAt < $0 - 60_000 } ?? false
    }

    /// How the device stands: what is only here, what was sent, what is stored, and what needs a person.
    public func standing() throws -> DeviceStanding {
        let (now, running, offset) = (try now(), try runningLabour(), try moment().offsetMinutes)
        let filling = try engine.filling()
        let waiting = try attention()
        return try screen { screen in
            let state = try screen.reader.state()
            let outbox = try screen.reader.outbox()
            let unresolved = try screen.reader.unresolved()
            let lines = try (outbox + unresolved).map { try SetLine($0, screen, offset: offset) }
            return DeviceStanding(
                user: try screen.userName(screen.user), tenant: screen.identity.tenantName, server: screen.identity.serverURL,
                device: screen.identity.device,
                replica: screen.identity.replica, series: screen.identity.series, onDevice: outbox.count { !$0.isSent },
                sent: outbox.count(where: \.isSent), stuck: outbox.count { Self.isStuck($0, lastSync: state.lastSync) },
                stored: try screen.reader.journal(limit: 1_000_000).count { LocalReader.whereabouts($0) == .stored },
                needsAttention: unresolved.count, waitsForUser: waiting.count,
                sets: lines, attachmentsWaiting: try screen.reader.attachments(stored: false).count,
                lastSync: state.lastSync.map { screen.local(DeviceTime(milliseconds: $0, offsetMinutes: offset)) },
                offlineSeconds: state.lastSync.map { Int(clamping: max(0, (now.milliseconds - $0) / 1000)) }, checkpoint: state.checkpoint,
                durable: state.durable, clockOffsetMilliseconds: state.clockOffset, clockWasSetByMilliseconds: clockWasSetBy,
                scopes: try screen.reader.scopes().count, runningLabour: running,
                filling: filling,
                versions: serverVersions(), schemaVersion: schema.version)
        }
    }
}
