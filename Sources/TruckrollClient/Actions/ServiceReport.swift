import TruckrollCore
import TruckrollDomain
import TruckrollSync

/// What is shown to a customer before signing, as plain text. Its bytes are what the signature is bound to.
public struct ServiceReport: Sendable {
    public let text: String

    public var bytes: [UInt8] { Array(text.utf8) }
    public var sha256: [UInt8] { ContentDigest.sha256(bytes) }

    public init(_ job: Job) {
        var lines = ["SERVICE REPORT \(job.line.number)", job.line.title, ""]
        func add(_ title: String, _ rows: [String]) {
            guard !rows.isEmpty else { return }
            lines += [title] + rows.map { "  " + $0.replacing("\n", with: "\n  ") } + [""]
        }
        add("Customer", [job.customer?.name ?? job.line.customer] + (job.customer?.address ?? []))
        add("Site", [job.site?.name ?? job.line.site] + (job.site?.address ?? []))
        add("Ordered", [job.problem, job.poReference.map { "Your reference: \($0)" }].compactMap { $0 })
        add(
            "Work",
            job.tasks.map {
                "[\(Self.mark($0.state))] \($0.title)" + ($0.remark.map { " — \($0)" } ?? "") + $0.answers.map { " — \($0.value)" }.joined()
            })
        add("Findings", job.findings.filter { !$0.isCorrected }.map { "\($0.severity): \($0.asset.map { "\($0): " } ?? "")\($0.text)" })
        add(
            "Readings",
            job.readings.filter { !$0.isCorrected }.map {
                "\($0.asset) channel \($0.channel) \($0.gas), \($0.phase.replacing("_", with: " ")) \($0.point): \($0.indicated) at \($0.applied) \($0.unit)"
                    + ($0.cylinder.map { ", cylinder \($0)" } ?? "")
            })
        add(
            "Parts",
            job.parts.filter { !$0.isCorrected }.map {
                "\($0.quantity) \($0.unit) \($0.part), \($0.action)" + ($0.serial.map { ", serial \($0)" } ?? "")
            })
        add(
            "Time",
            job.labour.filter { !$0.isCorrected }.map {
                "\($0.fact.by): \($0.kind) \($0.seconds / 60) min" + ($0.fact.at.map { " from \($0.date) \($0.clock)" } ?? "")
            })
        add("Remarks", job.notes.map(\.text))
        text = lines.joined(separator: "\n")
    }

    private static func mark(_ state: String) -> String {
        switch state {
        case "done": "x"
        case "not_applicable": "-"
        default: " "
        }
    }
}

extension DeviceClient {
    /// The report a customer signs, as it is now.
    public func serviceReport(_ order: RecordID) throws -> ServiceReport { ServiceReport(try job(order)) }
}
