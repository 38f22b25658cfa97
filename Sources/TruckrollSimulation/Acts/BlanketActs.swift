import TruckrollCore
import TruckrollDomain
import TruckrollSync

/// What people call off a blanket order, decide about it, ship and take back.
struct BlanketActs {
    let context: ActContext
    private var editor: LocalEditor { context.editor }
    private var how: UInt32 { context.how }
    private var blanket: RecordView? { get throws { try editor.views("blanket_order").first } }

    /// For today, and now and then for a day outside the agreement; from a lease where there is one, now and then beyond it.
    func callOff() throws {
        guard let blanket = try blanket else { return }
        let leases = try editor.views("lease", where: "user", equals: .reference(editor.user)).filter {
            $0.text("kind") == "blanket" && $0.text("state") == "granted"
        }
        let day = how % 12 == 0 ? CalendarDate(daysSince1970: 0) : editor.now.date
        try editor.create(
            "blanket_release",
            [
                "blanket": .reference(blanket.id), "quantity": .text("\(1 + (how >> 3) % 4)"), "needed_on": .text("\(day)"),
                "requested_by": context.me,
                "requested_at": context.now, "lease": .optional(how % 3 == 0 ? nil : context.one(leases.map(\.id), how >> 6)),
            ])
    }

    /// For oneself or, by the office, for somebody else.
    func lease() throws {
        guard let blanket = try blanket else { return }
        let role = try editor.view("user", editor.user)?.text("role")
        let other = role == "technician" ? nil : context.one(try context.shown(.technician), how >> 4)
        try editor.create(
            "lease",
            [
                "kind": .text("blanket"), "user": .reference(other ?? editor.user), "blanket": .reference(blanket.id), "part": blanket["part"],
                "amount": .text("\(1 + (how >> 8) % 3)"),
            ])
    }

    func decide() throws {
        let releases = try editor.views("blanket_release").filter { $0.text("state") != ReleaseState.shipped.rawValue }
        guard let release = context.one(releases.map(\.id), context.pick), let view = releases.first(where: { $0.id == release }) else { return }
        let action = ReleaseAction.allCases[Int(how >> 4) % ReleaseAction.allCases.count]
        try editor.create(
            "release_decision",
            [
                "release": .reference(release), "blanket": view["blanket"], "action": .text(action.rawValue), "by": context.me, "at": context.now,
            ])
    }

    /// Now and then more than was granted, or what corrects an entry before.
    func move() throws {
        let releases = try editor.views("blanket_release").filter { ["granted", "shipped"].contains($0.text("state")) || how % 16 == 0 }
        guard let release = context.one(releases.map(\.id), context.pick), let view = releases.first(where: { $0.id == release }) else { return }
        let former = try editor.views("blanket_movement", where: "release", equals: .reference(release))
        try editor.create(
            "blanket_movement",
            [
                "release": .reference(release), "blanket": view["blanket"], "kind": .text(how % 3 == 0 ? "returned" : "shipped"),
                "quantity": .text("\(1 + (how >> 5) % 3)"), "at": context.now, "by": context.me,
                "corrects": .optional(how % 5 == 0 ? context.one(former.map(\.id), how >> 9) : nil),
            ])
    }
}
