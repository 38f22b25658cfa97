import TruckrollCore
import TruckrollDomain
import TruckrollSync

/// A blanket order as lists show it.
public struct BlanketLine: Sendable {
    /// The record.
    public let view: RecordView
    /// Its number.
    public let number: String
    /// What it is for.
    public let title: String
    /// Whose it is.
    public let customer: String
    /// Of what.
    public let part: String
    /// How much of it is called off and left, as this device knows it.
    public let balance: BlanketBalance
    /// `nil` where the record names no days.
    public let terms: BlanketTerms?
    /// Price of one; `nil` where this device is not told.
    public let price: Money?
    /// `open` or `ended`; `nil` until the server has answered.
    public let status: String?

    init(_ view: RecordView, _ screen: ScreenReader) throws {
        self.view = view
        (number, title, status) = (view.text("number") ?? "", view.text("title") ?? "", view.text("status"))
        customer = try view.reference("customer").map { try screen.customerName($0) } ?? ""
        part = try view.reference("part").map { try screen.partName($0) } ?? ""
        (balance, terms) = (BlanketBalance(view), BlanketTerms(view))
        let commercial = try screen.reader.record(RecordKey(type: view.entity.type, id: view.id, facet: .commercial))
        price = commercial.flatMap { Money(RecordView($0, view.entity), "price") }
    }
}

/// A call on a blanket order as lists show it.
public struct ReleaseLine: Sendable {
    /// Who asked for it when, and where that is.
    public let fact: Fact
    /// How much was asked for.
    public let quantity: Quantity
    /// For which day.
    public let neededOn: CalendarDate?
    /// `nil` until the server has answered.
    public let state: ReleaseState?
    /// Whether it is called off from a lease that this device holds, so that nothing can keep it from being granted.
    public let isCertain: Bool
    /// How much is granted.
    public let granted: Quantity?
    /// How much was left when there was not enough.
    public let offered: Quantity?
    /// How much was shipped of it.
    public let shipped: Quantity
    /// How much of that came back.
    public let returned: Quantity
    /// What was recorded of it: which way, how much and the entry's id.
    public let movements: [(kind: String, quantity: Quantity, id: RecordID)]
    /// The answer in words.
    public let answer: String?
    /// Who approved it.
    public let approvedBy: String?

    init(_ view: RecordView, _ screen: ScreenReader) throws {
        fact = try screen.fact(view, at: "requested_at", by: "requested_by")
        quantity = view.quantity("quantity") ?? .zero
        neededOn = view.text("needed_on").flatMap { CalendarDate($0) }
        state = view.text("state").flatMap { ReleaseState(rawValue: $0) }
        isCertain = state == nil && view["lease"] != .null
        (granted, offered) = (view.quantity("granted"), view.quantity("offered"))
        (shipped, returned) = (view.quantity("shipped") ?? .zero, view.quantity("returned") ?? .zero)
        movements = try screen.reader.views("blanket_movement", where: "release", equals: .reference(view.id)).map {
            ($0.text("kind") ?? "", $0.quantity("quantity") ?? .zero, $0.id)
        }.sorted { $0.id < $1.id }
        answer = view.text("answer")
        approvedBy = try view.reference("approved_by").map { try screen.userName($0) }
    }
}

/// A blanket order as the office agrees on it.
public struct BlanketEntry: Sendable {
    /// Whose it is.
    public var customer: RecordID
    /// Of what.
    public var part: RecordID
    /// How much may be called off in all, in the part's unit.
    public var total: Quantity
    /// The first and the last day for which something may be called off.
    public var days: ClosedRange<CalendarDate>
    /// What it is for, in one line.
    public var title: String?
    /// Price of one.
    public var price: Money?
    /// From this quantity on a release needs another person's approval.
    public var approvalFrom: Quantity?
    /// At which percent of the total the office is told.
    public var alertPercents: [Int] = []
    /// How many days before the last one the office is told.
    public var alertDays: [Int] = []

    public init(customer: RecordID, part: RecordID, total: Quantity, days: ClosedRange<CalendarDate>) {
        (self.customer, self.part, self.total, self.days) = (customer, part, total, days)
    }
}

extension DeviceClient {
    /// The blanket orders that this device holds, by number.
    public func blankets() throws -> [BlanketLine] {
        try screen { screen in
            try screen.reader.views("blanket_order").map { try BlanketLine($0, screen) }.sorted { ($0.number, $0.view.id) < ($1.number, $1.view.id) }
        }
    }

    /// A blanket order with all that was called off, the oldest first.
    public func blanket(_ id: RecordID) throws -> (blanket: BlanketLine, releases: [ReleaseLine]) {
        try screen { screen in
            guard let view = try screen.reader.view("blanket_order", id) else {
                throw DeviceProblem.unknown("blanket order", "\(id)", next: "Sync first.")
            }
            let releases = try screen.reader.views("blanket_release", where: "blanket", equals: .reference(id))
            return (
                try BlanketLine(view, screen),
                try releases.map { try ReleaseLine($0, screen) }.sorted {
                    ($0.fact.at?.milliseconds ?? 0, $0.fact.id) < ($1.fact.at?.milliseconds ?? 0, $1.fact.id)
                }
            )
        }
    }

    /// The blanket order a person means by its number, title, id, or the end of the number.
    public func findBlanket(_ text: String) throws -> RecordID {
        try read {
            try RecordFinder(reader: $0).find("blanket_order", text, by: ["number", "title"]) {
                "\($0.text("number") ?? "")  \($0.text("title") ?? "")"
            }.id
        }
    }

    /// The release a person means by its id or the end of it.
    public func findRelease(_ text: String) throws -> RecordID {
        try read {
            try RecordFinder(reader: $0).find("blanket_release", text, by: []) { "\($0.text("quantity") ?? "") for \($0.text("needed_on") ?? "")" }.id
        }
    }

    /// The movement a person means by its id or the end of it.
    public func findMovement(_ text: String) throws -> RecordID {
        try read {
            try RecordFinder(reader: $0).find("blanket_movement", text, by: []) { "\($0.text("kind") ?? "") \($0.text("quantity") ?? "")" }.id
        }
    }

    /// Agrees on a blanket order.
    ///
    /// - Throws: ``DeviceProblem`` `value-unfit`.
    public func addBlanket(_ entry: BlanketEntry) throws -> Recorded {
        try act("blanket-order") { editor in
            _ = try editor.require("customer", entry.customer)
            try editor.require("part", entry.part).checkAmount(entry.total)
            let number = OrderNumber.text(series: editor.series, .blanket, editor.nextDocumentNumber())
            let list = { (numbers: [Int]) -> Value in numbers.isEmpty ? .null : .list(numbers.map { .integer(Int64($0)) }) }
            let id = try editor.create(
                "blanket_order",
                [
                    "customer": .reference(entry.customer), "number": .text(number), "title": .optional(entry.title), "part": .reference(entry.part),
                    "total": .text("\(entry.total)"), "valid_from": .text("\(entry.days.lowerBound)"),
                    "valid_until": .text("\(entry.days.upperBound)"),
                    "price": entry.price.map { .integer($0.minorUnits) } ?? .null, "currency": .optional(entry.price?.currency),
                    "approval_from": .optional(entry.approvalFrom?.description), "alert_percents": list(entry.alertPercents),
                    "alert_days": list(entry.alertDays), "made_by": .reference(editor.user),
                ])
            return (id, ["Its number is \(number)."])
        }
    }

    /// Calls something off. A lease that this device holds makes it certain at once; else the server answers with the next sync.
    ///
    /// - Throws: ``DeviceProblem`` `value-unfit` for a day outside the agreement's; `lease-unusable` where the lease does not cover it.
    public func release(
        _ quantity: Quantity, of blanket: RecordID, neededOn day: CalendarDate, lease: RecordID? = nil, order: RecordID? = nil, note: String? = nil
    ) throws -> Recorded {
        try act("blanket-release") { editor in
            let view = try editor.require("blanket_order", blanket)
            if let part = try view.reference("part").flatMap({ try editor.view("part", $0) }) { try part.checkAmount(quantity) }
            if let terms = BlanketTerms(view), !terms.days.contains(day) {
                throw DeviceProblem(
                    .valueUnfit, "The agreement is for \(terms.days.lowerBound) to \(terms.days.upperBound), not for \(day).",
                    next: "Call it off for another day, or agree on another one.")
            }
            if let lease { try editor.check(lease: lease, covers: quantity, of: blanket) }
            if let order { _ = try editor.require("service_order", order) }
            let id = try editor.create(
                "blanket_release",
                [
                    "blanket": .reference(blanket), "quantity": .text("\(quantity)"), "needed_on": .text("\(day)"),
                    "requested_by": .reference(editor.user), "requested_at": .time(editor.now), "lease": .optional(lease), "order": .optional(order),
                    "note": .optional(note),
                ])
            if lease != nil { return (id, ["It is taken from your lease: nothing can keep it from being granted."]) }
            let left = BlanketBalance(view).remaining
            return (id, quantity > left ? ["As last known only \(left) are left; the server answers with the next sync."] : [])
        }
    }

    /// Says what becomes of a release.
    ///
    /// - Throws: ``DeviceProblem`` `role` where another person has to say it; `value-unfit` where there is nothing to be said any more.
    public func decide(_ action: ReleaseAction, on release: RecordID, reason: String? = nil) throws -> Recorded {
        try act("release-\(action.rawValue)") { editor in
            let view = try editor.require("blanket_release", release)
            let role = try editor.view("user", editor.user)?.text("role").flatMap { Role(rawValue: $0) }
            let isOwn = view.reference("requested_by") == editor.user
            let isOthersToSay = action == .approve || action == .decline
            if isOthersToSay, isOwn || role == .technician {
                throw DeviceProblem(.role, "Another person of the office has to say so.", next: "Ask somebody of the office who did not call it off.")
            }
            if !isOthersToSay, !isOwn, role == .technician {
                throw DeviceProblem(.role, "It was called off by somebody else.", next: "Ask who called it off, or the office.")
            }
            if let state = view.text("state").flatMap({ ReleaseState(rawValue: $0) }), ![.pending, .granted].contains(state) {
                throw DeviceProblem(.valueUnfit, "It is \(state.rawValue) already.", next: "Look at it with `blanket show`.")
            }
            let id = try editor.create(
                "release_decision",
                [
                    "release": .reference(release), "blanket": view["blanket"], "action": .text(action.rawValue), "by": .reference(editor.user),
                    "at": .time(editor.now), "reason": .optional(reason),
                ])
            return (id, [])
        }
    }

    /// Records that something of a release was shipped, or came back.
    ///
    /// - Parameter former: the entry that it corrects.
    public func recordMovement(_ kind: String, _ quantity: Quantity, of release: RecordID, note: String? = nil, corrects former: RecordID? = nil)
        throws
        -> Recorded
    {
        try act("blanket-\(kind)") { editor in
            let view = try editor.require("blanket_release", release)
            if let former, try editor.view("blanket_movement", former)?.reference("release") != release {
                throw DeviceProblem(.valueUnfit, "The entry that is corrected is of another release.", next: "Look at both with `blanket show`.")
            }
            let id = try editor.create(
                "blanket_movement",
                [
                    "release": .reference(release), "blanket": view["blanket"], "kind": .text(kind), "quantity": .text("\(quantity)"),
                    "at": .time(editor.now), "by": .reference(editor.user), "note": .optional(note), "corrects": .optional(former),
                ])
            return (id, [])
        }
    }

    /// Asks for the right to call so much off while offline, for oneself or for somebody who has a device.
    public func leaseBlanket(_ blanket: RecordID, amount: Quantity, to user: RecordID? = nil) throws -> Recorded {
        try act("lease") { editor in
            let view = try editor.require("blanket_order", blanket)
            let id = try editor.create(
                "lease",
                [
                    "kind": .text("blanket"), "user": .reference(user ?? editor.user), "blanket": .reference(blanket), "part": view["part"],
                    "amount": .text("\(amount)"),
                ])
            return (id, [])
        }
    }

    /// The user's leases of blanket orders, with what is left of each as this device knows it.
    public func blanketLeases() throws -> [(lease: RecordView, blanket: String, left: Quantity)] {
        try screen { screen in
            try screen.reader.views("lease", where: "user", equals: .reference(screen.user)).filter { $0.text("kind") == "blanket" }.map { lease in
                let blanket = try lease.reference("blanket").flatMap { try screen.reader.view("blanket_order", $0) }
                let left =
                    lease.text("state") == "granted"
                    ? try lease.leftToCallOff(screen.reader.views("blanket_release", where: "lease", equals: .reference(lease.id))) : .zero
                return (lease, blanket?.text("number") ?? "", left)
            }
        }
    }
}

extension RecordView {
    /// What is left of a lease: what it was granted less what the server has counted and what has not reached it yet.
    fileprivate func leftToCallOff(_ releases: [RecordView]) -> Quantity {
        let unanswered = releases.filter { $0.text("state") == nil }.compactMap { $0.quantity("quantity") }.reduce(Quantity.zero) {
            $0.adding($1) ?? .greatest
        }
        return (quantity("granted") ?? .zero).remainder(after: quantity("used") ?? .zero).remainder(after: unanswered)
    }
}

extension LocalEditor {
    fileprivate func check(lease id: RecordID, covers quantity: Quantity, of blanket: RecordID) throws {
        let lease = try require("lease", id)
        let refuse = { (text: String) in
            DeviceProblem(.leaseUnusable, text, next: "Call it off without --lease; the server answers with the next sync.")
        }
        guard lease.text("state") == "granted", lease.reference("user") == user else {
            throw refuse("The lease is \(lease.text("state") ?? "not answered yet").")
        }
        guard lease.text("kind") == "blanket", lease.reference("blanket") == blanket else { throw refuse("The lease is of something else.") }
        if let expiry = lease.time("soft_expiry"), expiry.milliseconds <= now.milliseconds { throw refuse("The lease ran out at \(expiry).") }
        let left = lease.leftToCallOff(try views("blanket_release", where: "lease", equals: .reference(id)))
        guard quantity <= left else { throw refuse("The lease has \(left) left of \(lease.quantity("granted") ?? .zero).") }
    }
}
