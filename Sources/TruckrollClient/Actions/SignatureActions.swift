import TruckrollCore
import TruckrollDomain
import TruckrollSync

/// What came of asking the customer to sign.
public enum CustomerAnswer: Sendable, Hashable {
    /// Signed on this device; pen strokes as lists of x, y in hundredths of a millimetre, at least one of them.
    case accepted(name: String, role: String?, strokes: [[Int]])
    case refused(name: String, role: String?, reason: String)
    /// No signature could be taken: nobody was there who may sign, or there was nothing to sign on.
    case absent(reason: String?)
}

extension CustomerAnswer {
    /// The step of the workflow it is.
    var event: OrderEvent {
        switch self {
        case .accepted: .customer_sign
        case .refused: .customer_refuse
        case .absent: .customer_absent
        }
    }

    var reason: String? {
        switch self {
        case .accepted: nil
        case .refused(_, _, let reason): reason
        case .absent(let reason): reason
        }
    }

    func check() throws(DeviceProblem) {
        guard case .accepted(_, _, let strokes) = self else { return }
        try PenStrokes.check(strokes)
        guard PenStrokes.draw(strokes) else {
            throw DeviceProblem(
                .valueUnfit, "There are no pen strokes, so nothing was signed.",
                next: "Have it signed and give the strokes, or record that no signature was taken: `sign --absent`.")
        }
    }
}

extension DeviceClient {
    /// Whether the customer can be asked now, before anything is shown.
    ///
    /// - Throws: ``DeviceProblem`` as ``sign(_:_:shown:)`` would.
    public func requireSignable(_ order: RecordID, _ answer: CustomerAnswer) throws {
        try answer.check()
        try read { reader in try reader.requireStep(answer.event, order, by: reader.enrolled().user, reason: answer.reason) }
    }

    /// Records the customer's answer: the report as it was shown, the signature bound to its hash, and the step of the workflow,
    /// in one change set.
    ///
    /// - Throws: ``DeviceProblem`` `value-unfit` for an acceptance without strokes: nobody's signature is made up.
    public func sign(_ order: RecordID, _ answer: CustomerAnswer, shown report: ServiceReport) throws -> Recorded {
        let file = LocalFile(bytes: report.bytes, mediaType: "text/plain", caption: "Service report as shown for signature")
        let event = answer.event
        try answer.check()
        let state = try read { try $0.require("service_order", order).text("state").flatMap { OrderState(rawValue: $0) } }
        // The step itself refuses; only the bytes of a report nobody will sign are not kept.
        if OrderWorkflow.next(from: state, event) != nil, event != .customer_absent { try keep(file) }
        return try act(event.rawValue) { editor in
            switch answer {
            case .accepted(let name, let role, let strokes):
                let step = try editor.step(event, order)
                try editor.sign(order, name, role, "accepted", strokes, file)
                return step
            case .refused(let name, let role, let reason):
                let step = try editor.step(event, order, reason: reason)
                try editor.sign(order, name, role, "refused", [], file)
                return step
            case .absent(let reason): return try editor.step(event, order, reason: reason)
            }
        }
    }
}

extension LocalEditor {
    fileprivate func sign(_ order: RecordID, _ name: String, _ role: String?, _ meaning: String, _ strokes: [[Int]], _ file: LocalFile) throws {
        try attach(file, order: order, asset: nil)
        try signature(order, name, role, meaning, strokes, documentHash: file.sha256)
    }

    /// Records who signed what, or refused to.
    func signature(_ order: RecordID, _ name: String, _ role: String?, _ meaning: String, _ strokes: [[Int]], documentHash: [UInt8]) throws {
        guard !name.trimmed.isEmpty else { throw DeviceProblem(.reasonMissing, "A signature needs the printed name.", next: "Ask for it.") }
        try PenStrokes.check(strokes)
        try create(
            "signature",
            [
                "order": .reference(order), "signer": .text(name), "role": .optional(role), "meaning": .text(meaning), "at": .time(now),
                "strokes": strokes.isEmpty ? .null : .list(strokes.map { .list($0.map { .integer(Int64($0)) }) }),
                "document_hash": .bytes(documentHash),
                "by": .reference(user),
            ])
    }
}

/// The strokes of a pen: lists of x, y in hundredths of a millimetre, downwards from the top left.
public enum PenStrokes {
    /// Half a metre either way; no pad is larger.
    static let reach = -50_000...50_000

    static func check(_ strokes: [[Int]]) throws(DeviceProblem) {
        guard strokes.count <= 500, strokes.allSatisfy({ $0.count.isMultiple(of: 2) && $0.count <= 4000 && $0.allSatisfy(reach.contains) }) else {
            throw DeviceProblem(.valueUnfit, "The strokes are not lists of x, y within half a metre.", next: "Record the signature again.")
        }
    }

    /// Whether they draw anything: a line from one point to another.
    static func draw(_ strokes: [[Int]]) -> Bool { strokes.contains { $0.count >= 4 } }
}
