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

    fileprivate var instant: Int64 { fact.at?.milliseconds ?? 0 }
}

extension Job {
    /// Everything that happened, oldest first. Steps of one instant stand in the order of the workflow's chain.
    public var history: [JobHistoryLine] {
        var lines: [JobHistoryLine] = events.map { event in
            let words = event.event.replacing("_", with: " ") + (event.technician.map { " \($0)" } ?? "") + (event.reason.map { ": \($0)" } ?? "")
            return JobHistoryLine(fact: event.fact, kind: "order_event", text: words, isEffective: event.isEffective, ruling: event.ruling)
        }
        func add(_ kind: String, _ fact: Fact, _ text: String) {
            lines.append(JobHistoryLine(fact: fact, kind: kind, text: text, isEffective: nil, ruling: nil))
        }
        for line in tasks {
            guard let settled = line.settled else { continue }
            add("task", settled, "\(line.state.replacing("_", with: " ")): \(line.title)" + (line.remark.map { " — \($0)" } ?? ""))
        }
        for line in scans { add("scan", line.fact, line.asset.map { "\($0), read as \(line.text)" } ?? line.text) }
        for line in labour { add("labour_entry", line.fact, "\(line.kind) \(line.seconds / 60) min" + (line.isCorrected ? " (corrected)" : "")) }
        for line in parts {
            add("part_use", line.fact, "\(line.action) \(line.quantity) \(line.unit) \(line.part)" + (line.isCorrected ? " (corrected)" : ""))
        }
        for line in findings { add("finding", line.fact, "\(line.severity): \(line.text)" + (line.isCorrected ? " (corrected)" : "")) }
        for line in readings {
            let words =
                "\(line.asset) channel \(line.channel) \(line.phase.replacing("_", with: " ")) \(line.point): \(line.indicated) at \(line.applied) \(line.unit)"
            add(
                "reading", line.fact, words + (line.isCorrected ? " (corrected)" : "") + (line.corrects.map { " (corrects …\($0.short))" } ?? ""))
        }
        for line in notes { add("note", line.fact, line.text) }
        for line in attachments { add("attachment", line.fact, line.caption ?? line.mediaType) }
        for line in signatures { add("signature", line.fact, "\(line.signer) \(line.meaning)") }
        for step in planning { add("appointment", step.fact, step.text + (step.answer.map { " — \($0)" } ?? "")) }
        for line in writings { add("text", line.fact, line.text.count > 100 ? line.text.prefix(99) + "…" : line.text) }
        for line in certificates { add("certificate", line.fact, line.number) }
        lines.sort { a, b in
            let (first, second) = (a.instant, b.instant)
            return first == second ? a.fact.version < b.fact.version : first < second
        }
        let follows = Dictionary(events.map { ($0.fact.id, $0.follows) }, uniquingKeysWith: { first, _ in first })
        var start = 0
        while start < lines.count {
            let end = lines[start...].firstIndex { $0.instant != lines[start].instant } ?? lines.count
            let places = (start..<end).filter { lines[$0].kind == "order_event" }
            for (place, line) in zip(places, Self.chained(places.map { lines[$0] }, follows)) { lines[place] = line }
            start = end
        }
        return lines
    }

    /// The steps, each behind those of them that it follows; where the chain does not say, in the order given.
    private static func chained(_ steps: [JobHistoryLine], _ follows: [RecordID: [RecordID]]) -> [JobHistoryLine] {
        var (rest, ordered) = (steps, [JobHistoryLine]())
        while !rest.isEmpty {
            let open = Set(rest.map(\.fact.id))
            // A chain that runs in a circle was made by no workflow; it is shown as it came.
            let next = rest.firstIndex { step in follows[step.fact.id, default: []].allSatisfy { !open.contains($0) || $0 == step.fact.id } } ?? 0
            ordered.append(rest.remove(at: next))
        }
        return ordered
    }
}
