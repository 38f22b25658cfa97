import TruckrollCore
import TruckrollDomain
import TruckrollSync

/// Why a rule of the business stops an action on the device, before anything is recorded.
///
/// The raw values are the codes of the ``DeviceProblem`` that is thrown. Once released they never change.
public enum Refusal: String, Sendable, CaseIterable {
    /// The order's workflow has no such step from where it stands.
    case transition
    /// Mandatory tasks are neither done nor not applicable.
    case tasksOpen = "tasks-open"
    /// Of what an order is to bring, pieces are not named by their serial numbers.
    case piecesUnnamed = "pieces-unnamed"
    /// A clock of labour still runs.
    case labourRunning = "labour-running"
    /// The user's role may not do it.
    case role
    /// The step needs a reason.
    case reasonMissing = "reason-missing"
    /// What was said belongs on a job, and it is not clear on which.
    case jobMissing = "job-missing"
    /// The cylinder is not among the device's records, so its certificate is not known.
    case cylinderUnknown = "cylinder-unknown"
    /// A serialised part without a serial number, or several of it with one.
    case serialMissing = "serial-missing"
    /// A part kept by lot without its lot.
    case lotMissing = "lot-missing"
    /// A part that the rules do not allow in this unit, without a reason why it was fitted all the same.
    case partUnapproved = "part-unapproved"
    /// Fields that the channel asks for are empty.
    case fieldsMissing = "fields-missing"
    /// A permit or qualification that is asked for where the work is started is missing, without a reason why it was started all the same.
    case startUnfit = "start-unfit"
    /// A calibration gas that is not listed for the model, without a reason why it was used all the same.
    case gasUnlisted = "gas-unlisted"
    /// A lease that is not granted, not this device's, run out or used up.
    case leaseUnusable = "lease-unusable"
    /// The reservation was asked for before.
    case alreadyReserved = "already-reserved"
    /// A hand-over that somebody else has to answer.
    case notYours = "not-yours"
    /// A hand-over that was answered before.
    case answered
    /// A scanned number contradicts its own check digit.
    case misread
    /// The certificate's rules are not met.
    case certificate
    /// The asset has a certificate of this order already.
    case alreadyCertified = "already-certified"
    /// The value does not fit the field, or the field is not a person's to write.
    case valueUnfit = "value-unfit"
    /// The value looks like a slip and was not confirmed.
    case doubtful
    /// The text would be longer than a text can be.
    case textFull = "text-full"

    /// Codes of problems that are refusals by a rule; any other problem is a failure.
    public static let codes: Set<String> = Set(allCases.map(\.rawValue))
}

extension DeviceProblem {
    /// Whether a rule forbids what was asked; nothing was recorded.
    public var isRefusal: Bool { Refusal.codes.contains(code) }

    /// A refusal with the list of what is missing, a line each.
    init(_ refusal: Refusal, _ detail: String, missing: [String] = [], next: String) {
        self.init(refusal.rawValue, ([detail] + missing.map { "· \($0)" }).joined(separator: "\n"), next: next)
    }

    /// A refusal by rules: what they found, and what can be done about each.
    init(_ refusal: Refusal, _ report: RuleReport, next: String) {
        let errors = report.findings.filter { $0.severity == .error }
        let remedies = errors.reduce(into: [String]()) { if !$0.contains($1.remedy) { $0.append($1.remedy) } }
        self.init(refusal, errors.map(\.text).joined(separator: " "), next: (remedies + [next]).joined(separator: " "))
    }

    static func unknown(_ what: String, _ text: String, next: String = "Sync, or look it up with the list of what is here.") -> DeviceProblem {
        DeviceProblem("not-found", "This device holds no \(what) “\(text)”.", next: next)
    }
}

/// What one user action left on the device.
public struct Recorded: Sendable, Hashable {
    /// What the person did, in a word.
    public let intent: String
    /// The change set; `nil` when there was nothing to change.
    public let set: WriteID?
    /// The record that was made or changed first.
    public let record: RecordID?
    /// What the person should know; nothing of it stops the action.
    public let notices: [String]
}

extension DeviceClient {
    /// Records one user action as one change set.
    func act(_ intent: String, _ body: (LocalEditor) throws -> (record: RecordID?, notices: [String])) throws -> Recorded {
        let (result, set) = try commit(intent, body)
        return Recorded(intent: intent, set: set?.set.writeID, record: result.record, notices: result.notices)
    }
}

/// Records by their schema names; both the reader and the editor have them.
protocol RecordSource {
    var schema: Schema { get }
    func view(_ entity: String, _ id: RecordID) throws -> RecordView?
    func views(_ entity: String, where column: String, equals value: Value) throws -> [RecordView]
    /// What an order is to bring of which pieces are not named by their serial numbers.
    func unnamedPieces(of order: RecordID) throws -> [String]
}

extension LocalReader: RecordSource {}
extension LocalEditor: RecordSource {}

extension RecordSource {
    /// The record, which has to be there.
    func require(_ entity: String, _ id: RecordID) throws -> RecordView {
        guard let view = try view(entity, id) else { throw DeviceProblem.unknown(try schema.entity(entity).title.lowercased(), id.description) }
        return view
    }

    func children(_ entity: String, of order: RecordID) throws -> [RecordView] {
        try views(entity, where: "order", equals: .reference(order))
    }
}

extension Value {
    static func time(_ time: DeviceTime) -> Value { .text(time.description) }
}

extension LocalReader {
    /// The identity of an enrolled device.
    func enrolled() throws -> DeviceIdentity {
        guard let identity = try identity(), identity.replica.rawValue != 0 else {
            throw DeviceProblem("not-enrolled", "This device is not enrolled.", next: "Enrol it with a code from the office.")
        }
        return identity
    }
}
