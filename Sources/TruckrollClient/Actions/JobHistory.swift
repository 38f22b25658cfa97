import TruckrollCore
import TruckrollDomain
import TruckrollSync

/// Something that happened on an order.
public struct JobHistoryLine: Sendable {
    public let fact: Fact
    /// The kind of record, such as `order_event`.
    public let kind: String
    public let text: String
    /// For a step of the workflow: whether it moved the order.
    public let isEffective: Bool?
    /// Why it did not, or what became of it.
    public let ruling: String?
}

extension Job {
    /// Everything that happened, oldest first.
    public var history: [JobHistoryLine] {
        var lines: [JobHistoryLine] = events.map { event in
            let words = event.event.replacing("_", with: " ") + (event.reason.map { ": \($0)" } ?? "")
            return JobHistoryLine(fact: event.fact, kind: "order_event", text: words, isEffective: event.isEffective, ruling: event.ruling)
        }
        func add(_ kind: String, _ fact: Fact, _ text: String) {
            lines.append(JobHistoryLine(fact: fact, kind: kind, text: text, isEffective: nil, ruling: nil))
        }
        for line in labour { add("labour_entry", line.fact, "\(line.kind) \(line.seconds / 60) min" + (line.isCorrected ? " (corrected)" : "")) }
        for line in parts {
            add("part_use", line.fact, "\(line.action) \(line.quantity) \(line.unit) \(line.part)" + (line.isCorrected ? " (corrected)" : ""))
        }
        for line in findings { add("finding", line.fact, "\(line.severity): \(line.text)" + (line.isCorrected ? " (corrected)" : "")) }
        for line in readings {
            let words =
                "\(line.asset) channel \(line.channel) \(line.phase.replacing("_", with: " ")) \(line.point): \(line.indicated) at \(line.applied) \(line.unit)"
            add("reading", line.fact, words + (line.isCorrected ? " (corrected)" : ""))
        }
        for line in notes { add("note", line.fact, line.text) }
        for line in attachments { add("attachment", line.fact, line.caption ?? line.mediaType) }
        for line in signatures { add("signature", line.fact, "\(line.signer) \(line.meaning)") }
        for line in certificates { add("certificate", line.fact, line.number) }
        return lines.sorted { a, b in
            let (first, second) = (a.fact.at?.milliseconds ?? 0, b.fact.at?.milliseconds ?? 0)
            return first == second ? a.fact.version < b.fact.version : first < second
        }
    }
}
