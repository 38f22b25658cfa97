import TruckrollCore
import TruckrollDomain
import TruckrollSync

/// What came of asking the customer to sign.
public enum CustomerAnswer: Sendable, Hashable {
    /// Signed; pen strokes as lists of x, y in hundredths of a millimetre.
    case accepted(name: String, role: String?, strokes: [[Int]])
    case refused(name: String, role: String?, reason: String)
    /// Nobody was there to sign.
    case absent(reason: String?)
}

extension DeviceClient {
    /// Records the customer's answer: the report as it was shown, the signature bound to its hash, and the step of the workflow,
    /// in one change set.
    public func sign(_ order: RecordID, _ answer: CustomerAnswer, shown report: ServiceReport) throws -> Recorded {
        let file = LocalFile(bytes: report.bytes, mediaType: "text/plain", caption: "Service report as shown for signature")
        let event: OrderEvent
        switch answer {
        case .accepted: event = .customer_sign
        case .refused: event = .customer_refuse
        case .absent: event = .customer_absent
        }
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

    /// Records who signed what.
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

    /// Strokes drawn from a name, for devices without a pad: one looping stroke a word.
    public static func drawn(for name: String) -> [[Int]] {
        var x = 0
        return name.split(separator: " ").prefix(6).map { word in
            var stroke: [Int] = []
            for byte in word.utf8.prefix(24) {
                stroke += [x, 900, x + 150, 900 - Int(byte) * 5, x + 300, 900 + Int(byte % 7) * 60]
                x += 300
            }
            x += 250
            return stroke
        }
    }
}
