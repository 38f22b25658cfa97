import TruckrollDomain

/// How long exceptions of a kind, or of a team, took.
public struct ExceptionTimes: Hashable, Sendable {
    /// The kind, or the team.
    public let name: String
    /// How many there were; of these, how many are open, and how many were escalated.
    public let raised: Int
    public let open: Int
    public let escalated: Int
    /// Medians in seconds, of those that were taken on or resolved; `nil` where none was. Of an even number, the greater of the two in the
    /// middle.
    public let toAcknowledge: Int64?
    public let toResolve: Int64?
    /// Seconds of the one that took longest to resolve.
    public let longest: Int64?

    /// Groups exceptions by a field, in the order of its values.
    public static func grouped(_ exceptions: [RecordView], by field: String) -> [ExceptionTimes] {
        Dictionary(grouping: exceptions) { $0.text(field) ?? "" }.map { ExceptionTimes(name: $0.key, $0.value) }.sorted { $0.name < $1.name }
    }

    init(name: String, _ exceptions: [RecordView]) {
        self.name = name
        raised = exceptions.count
        open = exceptions.filter { $0.text("state") == "open" }.count
        escalated = exceptions.filter { ($0.integer("level") ?? 0) > 0 }.count
        toAcknowledge = Self.median(exceptions.compactMap { Self.seconds($0, "acknowledged_at", less: 0) })
        let resolved = exceptions.compactMap { Self.seconds($0, "resolved_at", less: $0.integer("waited") ?? 0) }
        toResolve = Self.median(resolved)
        longest = resolved.max()
    }

    private static func seconds(_ view: RecordView, _ field: String, less waited: Int64) -> Int64? {
        guard let raised = view.time("raised_at"), let end = view.time(field) else { return nil }
        return max(0, (end.milliseconds - raised.milliseconds) / 1000 - waited)
    }

    private static func median(_ values: [Int64]) -> Int64? { values.isEmpty ? nil : values.sorted()[values.count / 2] }
}
