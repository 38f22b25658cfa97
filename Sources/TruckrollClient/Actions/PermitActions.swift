import TruckrollCore
import TruckrollDomain
import TruckrollSync

/// A permit as somebody shows it.
public struct PermitEntry: Sendable {
    /// What it allows.
    public var kind: PermitKind
    /// Its issuer's number for it.
    public var number: String
    /// Who issued it, in words.
    public var issuer: String
    /// From when it holds; now when left out.
    public var from: DeviceTime?
    /// Until when it holds; `nil` where it has no end.
    public var to: DeviceTime?
    /// Where something is locked off.
    public var lockPoints: [String] = []
    /// Whether it is the user's alone, as an induction is.
    public var isPersonal = false
    /// Whether it holds for the whole site and not for this order alone.
    public var isForSite = false
    /// A remark, in words.
    public var note: String?

    public init(kind: PermitKind, number: String, issuer: String) { (self.kind, self.number, self.issuer) = (kind, number, issuer) }
}

/// A permit of a job, and whether it holds now.
public struct PermitLine: Sendable {
    /// The record.
    public let view: RecordView
    /// Why it does not hold, as the rest of a sentence; `nil` where it does.
    public let problem: String?
}

extension DeviceClient {
    /// Records a permit.
    ///
    /// - Throws: ``DeviceProblem`` `value-unfit` where it would end before it begins.
    public func addPermit(_ entry: PermitEntry, on order: RecordID) throws -> Recorded {
        try act("permit") { editor in
            guard let site = try editor.require("service_order", order).reference("site") else { throw DeviceProblem.unknown("site", order.short) }
            let from = entry.from ?? editor.now
            if let to = entry.to, to.milliseconds <= from.milliseconds {
                throw DeviceProblem(.valueUnfit, "It would end at \(to), before it begins.", next: "Compare the times with the permit.")
            }
            let entity = try editor.schema.entity("permit")
            let id = Permit.id(entity, site: site, kind: entry.kind.rawValue, number: entry.number)
            if let standing = try editor.view("permit", id), let problem = Permit.problem(standing, at: editor.now.milliseconds, for: editor.user) {
                throw DeviceProblem(
                    .valueUnfit, "\(entry.number) is recorded, and \(problem).",
                    next: "Ask who issued it, or record the new permit with its own number.")
            }
            try editor.create(
                "permit", id: id,
                [
                    "site": .reference(site), "order": entry.isForSite ? .null : .reference(order),
                    "person": entry.isPersonal ? .reference(editor.user) : .null, "kind": .text(entry.kind.rawValue), "number": .text(entry.number),
                    "issuer": .text(entry.issuer), "valid_from": .time(from), "valid_to": entry.to.map { .time($0) } ?? .null,
                    "state": .text("active"), "lock_points": entry.lockPoints.isEmpty ? .null : .list(entry.lockPoints.map { .text($0) }),
                    "note": .optional(entry.note),
                ])
            return (id, [])
        }
    }

    /// Suspends a permit. Work that goes on is stopped by whoever does it.
    public func suspendPermit(_ id: RecordID, note: String?) throws -> Recorded {
        try act("suspend-permit") { editor in
            _ = try editor.require("permit", id)
            var fields: [String: Value] = ["state": .text("suspended")]
            if let note { fields["note"] = .text(note) }
            try editor.patch("permit", id, fields)
            return (id, ["Whoever works under it has to stop. Only the office or quality lifts it again."])
        }
    }

    /// The permits that count for a job, and whether each holds now.
    public func permits(of order: RecordID) throws -> [PermitLine] {
        let now = try now()
        return try screen { screen in
            guard let site = try screen.reader.view("service_order", order)?.reference("site") else { return [] }
            let user = screen.user
            return try screen.reader.views("permit", where: "site", equals: .reference(site))
                .filter { $0.reference("order") == nil || $0.reference("order") == order }
                .sorted { ($0.text("kind") ?? "", $0.id) < ($1.text("kind") ?? "", $1.id) }
                .map { PermitLine(view: $0, problem: Permit.problem($0, at: now.milliseconds, for: user)) }
        }
    }
}
