import TruckrollCore
import TruckrollDomain
import TruckrollSync

/// What people record about assets as a whole, and the maintenance that comes round for them.
struct AssetActs {
    let context: ActContext
    private var editor: LocalEditor { context.editor }
    private var how: UInt32 { context.how }
    private var calendar: TenantCalendar { StartingWorld.calendar }
    private var asset: RecordID? { get throws { context.one(try context.shown(.asset), context.pick) } }

    // MARK: Places and lives

    /// Now, some hours ago, or some hours ahead; now and then by a client that knows no placements, and now and then a slip is put right.
    func move() throws {
        guard let asset = try asset, let site = context.one(try context.shown(.site), how >> 3) else { return }
        guard how % 5 != 0 else { return try editor.patch("asset", asset, ["mounting": .text("by field \(how % 9)")]) }
        let stands: [String: Value] = [
            "owner": .null, "site": .reference(site), "area": .null, "mounting": .text("place \(how % 9)"), "parent": .null,
        ]
        let hours = [0, 0, -3, -30, 2][Int(how >> 8) % 5]
        let since = DeviceTime(milliseconds: editor.now.milliseconds + Int64(hours) * 3_600_000, offsetMinutes: editor.now.offsetMinutes)
        let former = try editor.views("asset_placement", where: "asset", equals: .reference(asset))
        let slip = how % 4 == 0 ? context.one(former.map(\.id), how >> 12) : nil
        try editor.place(asset, stands, since: since, ["corrects": .optional(slip)])
    }

    /// What its device thinks possible; now and then what is not.
    func live() throws {
        guard let asset = try asset, let view = try editor.view("asset", asset) else { return }
        let stage = try AssetStage(of: view, events: editor.views("asset_event", where: "asset", equals: .reference(asset)))
        let possible =
            how % 8 == 0 ? AssetEvent.allCases : AssetLifecycle.events(at: stage).filter { ![.scrap, .lose].contains($0) || how % 11 == 0 }
        guard !possible.isEmpty else { return }
        try editor.create(
            "asset_event",
            [
                "asset": .reference(asset), "event": .text(possible[Int(how >> 4) % possible.count].rawValue), "on": .text("\(editor.now.date)"),
                "at": context.now, "by": context.me,
            ])
    }

    // MARK: Meters and alerts

    /// One meter an asset, which goes up, begins again at zero, is replaced, and is misread and put right.
    func read() throws {
        guard let asset = try asset else { return }
        let meter = MeterCount.id(try editor.schema.entity("meter"), asset: asset, name: "hours")
        let limit = Quantity(millionths: 1_000_000_000)
        if try editor.view("meter", meter) == nil {
            try editor.create(
                "meter", id: meter, ["asset": .reference(asset), "name": .text("hours"), "unit": .text("h"), "rolls_over_at": .text("\(limit)")])
        }
        let readings = try editor.views("meter_reading", where: "meter", equals: .reference(meter))
        let count = MeterCount(readings, rollsOverAt: limit)
        let slip = how % 6 == 0 ? context.one(readings.map(\.id), how >> 10) : nil
        let begins: MeterCount.Beginning? = how % 5 == 0 && count != nil && slip == nil ? (how % 10 == 0 ? .rollover : .replacement) : nil
        let step = Int64(how >> 4) % 90
        let value = begins == nil ? min(999, (count?.value.millionths ?? 0) / 1_000_000 + step) : step
        let former = try slip.flatMap { try editor.view("meter_reading", $0) }
        try editor.create(
            "meter_reading",
            [
                "meter": .reference(meter), "asset": .reference(asset),
                "life": former?["life"] ?? .integer(Int64(count?.life ?? 1) + (begins == nil ? 0 : 1)), "value": .text("\(value)"),
                "begun_by": begins.map { .text($0.rawValue) } ?? former?["begun_by"] ?? .null,
                "begun_at": begins == .replacement ? .text("\(value / 2)") : former?["begun_at"] ?? .null, "at": context.now, "by": context.me,
                "corrects": .optional(slip),
            ])
    }

    func tell() throws {
        guard let asset = try asset else { return }
        try editor.create(
            "alert",
            ["asset": .reference(asset), "kind": .text("alarms"), "value": .text("\((how >> 4) % 20)"), "at": context.now, "by": context.me])
    }

    // MARK: Plans

    func plan() throws {
        guard let asset = try asset else { return }
        let meter = MeterCount.id(try editor.schema.entity("meter"), asset: asset, name: "hours")
        let isFloating = how % 2 == 0
        var fields: [String: Value] = [
            "asset": .reference(asset), "number": .text("\(editor.series)-M\(editor.nextDocumentNumber())"), "title": .text("plan \(how % 9)"),
            "status": .text("active"), "kind": .text("inspection"), "priority": .text("normal"), "made_by": context.me,
            "basis": .text(isFloating ? "floating" : "fixed"), "lead_days": .integer(Int64(how >> 6) % 3), "tasks": .list([.text("look")]),
        ]
        switch (how >> 3) % 3 {
        case 0:
            let start = editor.now.date.adding(days: Int(how >> 9) % 3)
            fields.merge(["trigger": .text("calendar"), "rule": .text("FREQ=DAILY"), "starts_on": .text("\(start)")]) { $1 }
        case 1 where try editor.view("meter", meter) != nil:
            fields.merge(["trigger": .text("meter"), "meter": .reference(meter), "step": .text("100"), "starts_at": .text("0")]) { $1 }
        default:
            fields.merge(["trigger": .text("condition"), "alert": .text("alarms"), "trips_at": .text("15"), "clears_at": .text("5")]) { $1 }
        }
        try editor.create("maintenance_plan", fields)
    }

    /// Makes what a plan asks for by what the device knows, and lets one rest or go on.
    func order() throws {
        guard let id = context.one(try editor.views("maintenance_plan").map(\.id), context.pick) else { return }
        if how % 4 == 0 { return try editor.patch("maintenance_plan", id, ["status": .text(how % 8 == 0 ? "paused" : "active")]) }
        let book = editor.plans(calendar)
        guard let plan = try book.plan(id), let due = try book.due(plan, on: calendar.local(editor.now.milliseconds).date).first,
            let (order, drafts) = try book.drafts(for: due, of: plan), try editor.view("service_order", order) == nil
        else { return }
        for draft in drafts { try editor.create(draft.entity, id: draft.id, draft.fields) }
        for event in [OrderEvent.create, .submit] { try editor.event(event, id: book.eventID(event, of: order), order: order) }
    }
}
