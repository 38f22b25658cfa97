import TruckrollCore
import TruckrollDomain
import TruckrollSync

/// A value of a field of which several may stand side by side.
public struct Standing: Sendable, Hashable {
    public let value: String
    public let version: Version
}

/// A step of an order.
public struct TaskLine: Sendable {
    public let fact: Fact
    public let title: String
    public let instructions: String?
    public let asset: String?
    public let isMandatory: Bool
    /// `open`, `done` or `not_applicable`.
    public let state: String
    public let claimedBy: [String]
    /// More than one when people answered without seeing each other.
    public let answers: [Standing]
    public let remark: String?
    /// Who did it or said that it does not apply, and when; `nil` while it is open.
    public let settled: Fact?

    static func sorted(_ views: [RecordView]) -> [RecordView] { views.sorted { ($0.integer("rank") ?? 0, $0.id) < ($1.integer("rank") ?? 0, $1.id) } }

    init(_ view: RecordView, _ screen: ScreenReader, _ authors: ReplicaAuthors) throws {
        fact = try screen.fact(view)
        title = view.text("title") ?? ""
        instructions = view.text("instructions")
        asset = try view.reference("asset").map { try screen.assetName($0) }
        isMandatory = view.text("mandatory") == "yes"
        state = view.text("state") ?? "open"
        claimedBy = try view.references("claimed_by").map { try screen.userName($0) }
        answers = view.standing("answer")
        remark = view.text("remark")
        guard state != "open", let version = view.entity["state"].flatMap({ view.record[$0.id]?.version }) else {
            settled = nil
            return
        }
        // To the second, as the times of all other facts are.
        let at = screen.local(DeviceTime(milliseconds: Int64(clamping: version.stamp.milliseconds / 1000 * 1000), offsetMinutes: 0))
        settled = Fact(id: view.id, at: at, by: try authors.name(version), place: screen.waiting[version.writeID] ?? .stored, version: version)
    }
}

/// Somebody at an asset.
public struct ScanLine: Sendable {
    public let fact: Fact
    public let asset: String?
    /// What was read.
    public let text: String
}

/// Time a person spent.
public struct LabourLine: Sendable {
    public let fact: Fact
    public let kind: String
    public let seconds: Int
    public let remark: String?
    /// A later entry replaces it.
    public let isCorrected: Bool
}

/// A part fitted, removed or used up.
public struct PartLine: Sendable {
    public let fact: Fact
    public let part: String
    public let quantity: Quantity
    public let unit: String
    public let action: String
    public let serial: String?
    public let lot: String?
    public let from: String?
    public let asset: String?
    public let isCorrected: Bool
}

/// Something seen.
public struct FindingLine: Sendable {
    public let fact: Fact
    public let asset: String?
    public let code: String?
    public let severity: String
    public let text: String
    /// SHA-256 of its photos.
    public let photos: [[UInt8]]
    public let isCorrected: Bool
}

/// One reading of a channel.
public struct ReadingLine: Sendable {
    public let fact: Fact
    public let asset: String
    public let channel: Int
    public let gas: String
    public let kind: String
    public let phase: String
    public let point: String
    public let applied: String
    public let indicated: String
    public let unit: String
    public let cylinder: String?
    /// A later reading replaces it.
    public let isCorrected: Bool
    /// The reading this one replaces.
    public let corrects: RecordID?
}

/// A remark on an order.
public struct NoteLine: Sendable {
    public let fact: Fact
    public let text: String
}

/// A file.
public struct AttachmentLine: Sendable {
    public let fact: Fact
    public let sha256: [UInt8]
    public let mediaType: String
    public let size: Int
    public let caption: String?
    /// Whether its bytes are on this device.
    public let isHere: Bool
    /// Whether the server holds its bytes.
    public let isUploaded: Bool
}

/// What somebody signed.
public struct SignatureLine: Sendable {
    public let fact: Fact
    public let signer: String
    public let role: String?
    public let meaning: String
    public let documentHash: [UInt8]
}

/// A certificate in short.
public struct CertificateLine: Sendable {
    public let fact: Fact
    public let number: String
    public let revision: Int
    public let asset: String?
    public let assetID: RecordID?
    /// What the server made of it; `nil` until it is registered.
    public let state: String?
    public let contentHash: [UInt8]
    public let isSuperseded: Bool
}

/// A step of an order's workflow.
public struct EventLine: Sendable {
    public let fact: Fact
    public let event: String
    /// Whom a dispatcher's step concerns.
    public let technician: String?
    public let reason: String?
    /// Whether it moved the order; `nil` when nobody has judged it.
    public let isEffective: Bool?
    public let ruling: String?
    public let stateAfter: String?
    /// The steps it is known to come after: the one its author had seen, and the one that stood when it was admitted.
    public let follows: [RecordID]
}

/// Somebody's time for an order.
public struct AppointmentLine: Sendable {
    public let id: RecordID
    public let technician: String
    public let isMine: Bool
    public let starts: DeviceTime?
    public let ends: DeviceTime?
    public let isActive: Bool
    public let endedBecause: String?
}

/// A case that waits for somebody.
public struct ExceptionLine: Sendable {
    public let id: RecordID
    public let kind: String
    /// The order's number, or in words that it is nobody's here any more.
    public let order: String?
    public let orderID: RecordID?
    public let text: String
    public let raisedAt: DeviceTime?
    public let isOpen: Bool
    public let owner: String?
}

/// A part asked for from a stock.
public struct ReservationLine: Sendable {
    public let fact: Fact
    public let part: String
    public let location: String
    public let quantity: Quantity
    /// `requested` until the server has answered.
    public let state: String
    public let answer: String?
}

extension RecordView {
    /// The values that stand in a field, oldest first.
    public func standing(_ name: String) -> [Standing] {
        guard let field = entity[name], let state = state(field) else { return [] }
        guard case .siblings(let set) = state else {
            guard let entry = record[field.id], self[name] != .null else { return [] }
            return [Standing(value: ScreenReader.plain(self[name]), version: entry.version)]
        }
        return set.siblings.map { Standing(value: ScreenReader.plain($0.value), version: $0.version) }
    }
}

extension Array where Element == RecordView {
    /// By their time, which is to the second; within one, in the order they were written. A correction that kept its time
    /// stands where what it corrects was written.
    public func inTime(_ field: String = "at") -> [RecordView] {
        let byID = Dictionary(map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        func written(_ view: RecordView, _ steps: Int) -> Version {
            // A chain longer than its list runs in a circle.
            guard steps < count, let former = view.reference("corrects").flatMap({ byID[$0] }), former.time(field) == view.time(field) else {
                return view.firstVersion
            }
            return written(former, steps + 1)
        }
        let keyed = map { view in (view: view, at: view.time(field)?.milliseconds ?? 0, written: written(view, 0), own: view.firstVersion) }
        return keyed.sorted { a, b in
            a.at == b.at ? (a.written, a.own, a.view.id) < (b.written, b.own, b.view.id) : a.at < b.at
        }
        .map(\.view)
    }

    /// Those that no later one replaces, by their time.
    func standingInTime(_ field: String = "at") -> [RecordView] {
        let corrected = corrected
        return inTime(field).filter { !corrected.contains($0.id) }
    }
}

extension RecordView {
    /// The version that made the record.
    var firstVersion: Version {
        record.entries.map(\.version).min() ?? Version(stamp: Stamp(milliseconds: 0, counter: 0, replica: ReplicaID(rawValue: 0)), sequence: 0)
    }
}

/// What people wrote on a task, jointly.
public struct TaskNotes: Sendable {
    public let task: RecordID
    /// `nil` for a task that was deleted: what somebody wrote on it without knowing stays readable.
    public let title: String?
    public let text: String
    public let place: Whereabouts

    static func all(of order: RecordID, _ tasks: [RecordView], _ screen: ScreenReader) throws -> [TaskNotes] {
        let titles = Dictionary(
            tasks.enumerated().map { ($0.element.id, ($0.offset, $0.element.text("title") ?? "")) }, uniquingKeysWith: { first, _ in first })
        return try screen.reader.children("text", of: order).compactMap { view -> TaskNotes? in
            guard view.text("of") == JointTextKind.notes.rawValue, let task = view.reference("task"), let text = view.wording
            else { return nil }
            return TaskNotes(task: task, title: titles[task]?.1, text: text, place: screen.place(view))
        }
        .sorted { (titles[$0.task]?.0 ?? .max, $0.task) < (titles[$1.task]?.0 ?? .max, $1.task) }
    }
}
