import TruckrollCore

/// What a blanket order says of who may call off what, and for when.
public struct BlanketTerms: Hashable, Sendable {
    /// The first and the last day for which something may be called off.
    public let days: ClosedRange<CalendarDate>
    /// From this quantity on a release needs another person's approval. `nil`: those of technicians do, and those of the office do not.
    public let approvalFrom: Quantity?
    /// At which shares of the total, in percent, the office is told.
    public let alertPercents: [Int]
    /// How many days before the last one the office is told.
    public let alertDays: [Int]

    public init(days: ClosedRange<CalendarDate>, approvalFrom: Quantity? = nil, alertPercents: [Int] = [], alertDays: [Int] = []) {
        (self.days, self.approvalFrom, self.alertPercents, self.alertDays) = (days, approvalFrom, alertPercents, alertDays)
    }

    /// `nil` where the record names no days, or a last one before the first.
    public init?(_ blanket: RecordView) {
        guard let from = blanket.text("valid_from").flatMap({ CalendarDate($0) }),
            let until = blanket.text("valid_until").flatMap({ CalendarDate($0) }),
            from <= until
        else { return nil }
        let numbers = { (field: String, range: ClosedRange<Int64>) in
            Set((blanket[field].list ?? []).compactMap(\.integer).filter(range.contains)).sorted().map { Int($0) }
        }
        self.init(
            days: from...until, approvalFrom: blanket.quantity("approval_from"), alertPercents: numbers("alert_percents", 1...100),
            alertDays: numbers("alert_days", 0...3650))
    }

    /// Whether a release needs somebody's word beside that of who asks for it.
    public func needsApproval(of quantity: Quantity, by role: Role) -> Bool {
        guard let approvalFrom else { return role == .technician }
        return quantity >= approvalFrom
    }

    /// The days on which the office is told that the last one nears.
    public var alertDates: [CalendarDate] { alertDays.map { days.upperBound.adding(days: -$0) }.sorted() }
}

/// What can be answered to a release.
public enum ReleaseAnswer: Hashable, Sendable {
    /// It is granted in full.
    case granted
    /// It waits for another person's approval.
    case waitsForApproval
    /// There is not enough; so much is left.
    case waitsForBalance(offered: Quantity)
    /// It is for a day outside the agreement's.
    case outsideDays

    /// - Parameter isApproved: whether nobody else has to be asked, or somebody has agreed.
    public init(to quantity: Quantity, neededOn day: CalendarDate, isApproved: Bool, _ terms: BlanketTerms, _ balance: BlanketBalance) {
        if !terms.days.contains(day) {
            self = .outsideDays
        } else if !isApproved {
            self = .waitsForApproval
        } else if quantity > balance.remaining {
            self = .waitsForBalance(offered: balance.remaining)
        } else {
            self = .granted
        }
    }
}

/// Where a release stands.
public enum ReleaseState: String, Sendable, CaseIterable {
    /// It waits for an approval, or for what others give back.
    case pending
    case granted
    case refused
    /// It is not wanted any more; what was shipped of it stays.
    case withdrawn
    /// All that was granted is shipped.
    case shipped
}

/// What somebody says of a release.
public enum ReleaseAction: String, Sendable, CaseIterable {
    case approve, decline
    /// What is left will do.
    case accept
    case withdraw
}
