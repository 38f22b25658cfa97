import TruckrollDomain

/// The hours of a job: sums of its entries, those that were corrected left out.
public struct LabourTotals: Hashable, Sendable {
    /// A sum under a name.
    public struct Sum: Hashable, Sendable {
        /// Of a person, or a kind of work.
        public let name: String
        /// What was worked, in seconds.
        public let seconds: Int
    }

    /// All of it, in seconds.
    public let seconds: Int
    /// By the names of people.
    public let byPerson: [Sum]
    /// By kind of work.
    public let byKind: [Sum]

    init(_ lines: [LabourLine]) {
        let counted = lines.filter { !$0.isCorrected }
        func sums(_ name: (LabourLine) -> String) -> [Sum] {
            Dictionary(grouping: counted, by: name).map { Sum(name: $0.key, seconds: $0.value.reduce(0) { $0 + $1.seconds }) }.sorted {
                $0.name < $1.name
            }
        }
        seconds = counted.reduce(0) { $0 + $1.seconds }
        (byPerson, byKind) = (sums(\.fact.by), sums(\.kind))
    }
}

/// How much of a part was used on a job, and taken off: sums of its entries, those that were corrected left out.
public struct PartTotal: Hashable, Sendable {
    /// Its number and name.
    public let part: String
    /// The part's unit, in which both are told.
    public let unit: String
    /// Fitted or used up.
    public let used: Quantity
    /// Taken off.
    public let removed: Quantity
}

extension Job {
    /// The hours in all.
    public var labourTotals: LabourTotals { LabourTotals(labour) }

    /// The parts in all, by part.
    public var partTotals: [PartTotal] {
        Dictionary(grouping: parts.filter { !$0.isCorrected }) { $0.part }.map { part, lines in
            func sum(_ isRemoved: Bool) -> Quantity {
                lines.filter { ($0.action == "removed") == isRemoved }.reduce(.zero) { $0.adding($1.quantity) ?? .greatest }
            }
            return PartTotal(part: part, unit: lines[0].unit, used: sum(false), removed: sum(true))
        }.sorted { $0.part < $1.part }
    }
}
