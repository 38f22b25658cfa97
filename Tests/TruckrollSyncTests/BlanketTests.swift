import Foundation
import Testing
import TruckrollCore
import TruckrollDomain
import TruckrollSync

@Suite("Blanket orders: nothing is called off twice, offline too")
struct BlanketTests {
    let company: Company
    var world: World { company.world }

    init() throws {
        company = try Company()
        // Both technicians visit the customer, so both hold what he has agreed on.
        try company.assign(company.benUser)
    }

    private func state(_ release: RecordID) throws -> String? { try world.serverValue("blanket_release", release, "state").text }

    private func balance(_ blanket: RecordID) throws -> BlanketBalance {
        BlanketBalance(try #require(try world.serverRecords("blanket_order").first { $0.id == blanket }))
    }

    private func alerts() throws -> [String] {
        try world.serverRecords("exception").filter { $0.text("kind") == "blanket_alert" }.compactMap { $0.text("text") }.sorted()
    }

    private func decide(_ action: ReleaseAction, _ release: RecordID, by device: World.Device) throws -> RecordID {
        let id = world.id()
        try world.commit(device) { editor in
            let view = try #require(try editor.view("blanket_release", release))
            try editor.create(
                "release_decision", id: id,
                [
                    "release": .reference(release), "blanket": view["blanket"], "action": .text(action.rawValue), "by": .reference(editor.user),
                    "at": .text(editor.now.description),
                ])
        }
        try world.sync(device)
        return id
    }

    private func move(_ kind: String, _ quantity: String, _ release: RecordID, by device: World.Device, corrects: RecordID? = nil) throws -> RecordID
    {
        let id = world.id()
        try world.commit(device) { editor in
            let view = try #require(try editor.view("blanket_release", release))
            try editor.create(
                "blanket_movement", id: id,
                [
                    "release": .reference(release), "blanket": view["blanket"], "kind": .text(kind), "quantity": .text(quantity),
                    "at": .text(editor.now.description), "by": .reference(editor.user), "corrects": .optional(corrects),
                ])
        }
        try world.sync(device)
        return id
    }

    private func lease(_ amount: String, of blanket: RecordID, to user: RecordID, by device: World.Device) throws -> RecordID {
        let id = world.id()
        try world.commit(device) { editor in
            let part = try #require(try editor.view("blanket_order", blanket))["part"]
            try editor.create(
                "lease", id: id,
                [
                    "kind": .text("blanket"), "user": .reference(user), "blanket": .reference(blanket), "part": part, "amount": .text(amount),
                ])
        }
        try world.sync(device)
        return id
    }

    // MARK: 114, 115

    @Test("114: what is called off for a day outside the agreement is refused, on its first and last day it is not")
    func days() throws {
        let today = company.today
        let blanket = try company.agree("10", ["valid_from": .text("\(today)"), "valid_until": .text("\(today.adding(days: 5))")])
        for (day, state) in [(-1, "refused"), (0, "granted"), (5, "granted"), (6, "refused")] {
            let release = try company.callOff("1", of: blanket, on: today.adding(days: day), by: company.dora)
            try world.sync(company.dora)
            #expect(try self.state(release) == state, "day \(day)")
        }
        #expect(try balance(blanket).released == Quantity("2"))
    }

    @Test("114: price and currency are told to who may see prices, and to nobody else")
    func price() throws {
        let blanket = try company.agree("10", ["price": .integer(8_900), "currency": .text("EUR")])
        try world.sync(company.anna)
        #expect(try world.value(company.anna, "blanket_order", blanket, "total") == .text("10"))
        let entity = try world.schema.entity("blanket_order")
        let key = RecordKey(type: entity.type, id: blanket, facet: .commercial)
        #expect(try company.anna.engine.read { try $0.record(key) } == nil)
    }

    @Test("115: a release that needs an approval waits for another person of the office, and for nobody else")
    func approval() throws {
        let otto = try company.secondDispatcher()
        let blanket = try company.agree("10", ["approval_from": .text("5")])
        try world.sync(company.anna)
        try world.sync(otto)
        let (small, large) = (try company.callOff("4.999999", of: blanket, by: company.anna), try company.callOff("5", of: blanket, by: company.dora))
        try world.sync(company.anna)
        try world.sync(company.dora)
        #expect(try state(small) == "granted" && state(large) == "pending")
        #expect(try world.serverValue("blanket_release", large, "waits_for") == .text("approval"))
        for device in [company.dora, company.anna] {
            try world.sync(device)
            let void = try decide(.approve, large, by: device)
            #expect(try world.serverValue("release_decision", void, "effective") == .boolean(false))
            #expect(try state(large) == "pending")
        }
        try world.sync(otto)
        _ = try decide(.approve, large, by: otto)
        #expect(try state(large) == "granted")
        #expect(try world.serverValue("blanket_release", large, "approved_by") == .reference(otto.user))
        // Without a limit technicians are asked about and the office is not; what is declined takes nothing.
        let open = try company.agree("10")
        try world.sync(company.anna)
        let (hers, office) = (try company.callOff("1", of: open, by: company.anna), try company.callOff("1", of: open, by: company.dora))
        for device in [company.anna, company.dora, otto] { try world.sync(device) }
        #expect(try state(hers) == "pending" && state(office) == "granted")
        _ = try decide(.decline, hers, by: otto)
        #expect(try state(hers) == "refused" && balance(open).released == .one)
    }

    // MARK: 116

    @Test("116: shipped, returned and left follow the entries, what comes back serves who waits, and a slip is put right")
    func movements() throws {
        let blanket = try company.agree("10")
        let release = try company.callOff("8", of: blanket, by: company.dora)
        let waits = try company.callOff("5", of: blanket, by: company.dora)
        try world.sync(company.dora)
        #expect(try state(waits) == "pending")
        let slip = try move("shipped", "9", release, by: company.dora)
        #expect(try world.serverRecords("exception").contains { $0.text("kind") == "blanket_overrun" && $0.text("state") == "open" })
        #expect(try balance(blanket).remaining == Quantity("2"))
        _ = try move("shipped", "8", release, by: company.dora, corrects: slip)
        #expect(try state(release) == "shipped" && balance(blanket).shipped == Quantity("8"))
        let back = try move("returned", "3", release, by: company.dora)
        #expect(try balance(blanket).returned == Quantity("3") && state(waits) == "granted" && balance(blanket).remaining == .zero)
        // What has been called off again cannot be taken back from whoever has it: the office is told.
        _ = try move("returned", "1", release, by: company.dora, corrects: back)
        #expect(try balance(blanket).isOverrun && balance(blanket).remaining == .zero)
        #expect(try world.audit(company.dora).isEmpty)
    }

    @Test("116: what is withdrawn is free again but for what was shipped of it")
    func withdraw() throws {
        let blanket = try company.agree("10")
        let release = try company.callOff("8", of: blanket, by: company.dora)
        let waits = try company.callOff("6", of: blanket, by: company.dora)
        try world.sync(company.dora)
        _ = try move("shipped", "3", release, by: company.dora)
        _ = try decide(.withdraw, release, by: company.dora)
        #expect(try state(release) == "withdrawn" && state(waits) == "granted")
        #expect(
            try balance(blanket)
                == BlanketBalance(
                    total: Quantity(millionths: 10_000_000), released: Quantity(millionths: 9_000_000), shipped: Quantity(millionths: 3_000_000)))
    }

    @Test("116: what was shipped on a release that was never granted makes no balance; slips are put right after a withdrawal and before a grant too")
    func invented() throws {
        let blanket = try company.agree("10")
        let granted = try company.callOff("10", of: blanket, by: company.dora)
        let large = try company.callOff("12", of: blanket, by: company.dora)
        try world.sync(company.dora)
        #expect(try state(large) == "pending" && state(granted) == "granted")
        _ = try move("shipped", "3", large, by: company.dora)
        _ = try decide(.withdraw, large, by: company.dora)
        _ = try move("returned", "3", large, by: company.dora)
        #expect(try balance(blanket).remaining == .zero && balance(blanket).released == Quantity("10"))
        // Withdrawn with six shipped, of which four were a slip.
        let slip = try move("shipped", "6", granted, by: company.dora)
        _ = try decide(.withdraw, granted, by: company.dora)
        #expect(try balance(blanket).remaining == Quantity("4"))
        _ = try move("shipped", "2", granted, by: company.dora, corrects: slip)
        #expect(try balance(blanket).remaining == Quantity("8") && balance(blanket).shipped == Quantity("5"))
        // Shipped before it was granted: all of it is counted then.
        let next = try company.callOff("9", of: blanket, by: company.dora)
        try world.sync(company.dora)
        #expect(try state(next) == "pending")
        _ = try move("shipped", "8", next, by: company.dora)
        _ = try decide(.accept, next, by: company.dora)
        #expect(try state(next) == "shipped" && balance(blanket).remaining == .zero)
        _ = try move("returned", "8", next, by: company.dora)
        #expect(try balance(blanket).remaining == Quantity("8") && !balance(blanket).isOverrun)
    }

    // MARK: 117

    @Test("117: of many who call off at once no more is granted than was agreed, whatever the order", arguments: 0..<6)
    func race(round: Int) throws {
        let seed = UInt64.random(in: 0 ... .max)
        var random = SeededGenerator(seed: seed)
        let blanket = try company.agree("20", ["approval_from": .text("100")])
        var leases: [RecordID: RecordID] = [:]
        for (device, user) in [(company.anna, company.annaUser), (company.ben, company.benUser)] {
            try world.sync(device)
            leases[user] = try lease("\(1 + random.next() % 5)", of: blanket, to: user, by: company.dora)
            try world.sync(device)
        }
        var certain: [RecordID] = []
        for device in [company.anna, company.ben] {
            let held = try #require(leases[device.user])
            var left = try #require(try device.engine.read { try $0.view("lease", held)?.quantity("granted") })
            for _ in 0..<6 {
                let quantity = Quantity(millionths: Int64(1 + random.next() % 3) * 1_000_000)
                let isCovered = quantity <= left && random.next() % 2 == 0
                let release = try company.callOff("\(quantity)", of: blanket, by: device, lease: isCovered ? held : nil)
                if isCovered {
                    left = left.remainder(after: quantity)
                    certain.append(release)
                }
            }
        }
        let devices = [company.anna, company.ben, company.dora]
        for device in devices.shuffled(using: &random) { try world.sync(device) }
        let now = try balance(blanket)
        #expect(!now.isOverrun && now.released.millionths + now.leased.millionths <= now.total.millionths, "seed \(seed)")
        // What a device was promised ahead held, whoever came before it.
        for release in certain { #expect(try state(release) == "granted", "seed \(seed)") }
        let granted = try world.serverRecords("blanket_release").filter { $0.reference("blanket") == blanket }.compactMap { $0.quantity("granted") }
        #expect(granted.reduce(.zero) { $0.adding($1) ?? $0 } == now.released, "seed \(seed)")
    }

    @Test("117: of two that want the last one exactly one wins; the other may take what is left, or waits for what comes back")
    func last() throws {
        let blanket = try company.agree("5", ["approval_from": .text("100")])
        for device in [company.anna, company.ben] { try world.sync(device) }
        let (first, second) = (try company.callOff("3", of: blanket, by: company.anna), try company.callOff("3", of: blanket, by: company.ben))
        for device in [company.anna, company.ben, company.anna, company.dora] { try world.sync(device) }
        #expect(try state(first) == "granted" && state(second) == "pending")
        #expect(try world.value(company.ben, "blanket_release", second, "offered") == .text("2"))
        // Somebody else's is nobody's to accept.
        try world.sync(company.anna)
        let void = try decide(.accept, second, by: company.anna)
        #expect(try world.serverValue("release_decision", void, "effective") == .boolean(false))
        _ = try decide(.accept, second, by: company.ben)
        #expect(try world.serverValue("blanket_release", second, "granted") == .text("2") && balance(blanket).remaining == .zero)
    }

    @Test("117: what is left of a lease is free when it ends, and serves who waits; a technician gets none that would need an approval")
    func leases() throws {
        let blanket = try company.agree("5", ["approval_from": .text("3")])
        try world.sync(company.anna)
        let (refused, given) = (
            try lease("3", of: blanket, to: company.annaUser, by: company.anna), try lease("2.5", of: blanket, to: company.annaUser, by: company.anna)
        )
        #expect(try world.serverValue("lease", refused, "state") == .text("refused"))
        #expect(try world.serverValue("lease", given, "state") == .text("granted"))
        #expect(try balance(blanket).leased == Quantity("2.5"))
        let release = try company.callOff("1", of: blanket, by: company.anna, lease: given)
        let waits = try company.callOff("2.9", of: blanket, by: company.dora)
        for device in [company.anna, company.dora] { try world.sync(device) }
        #expect(try state(release) == "granted" && state(waits) == "pending" && balance(blanket).leased == Quantity("1.5"))
        world.milliseconds += 73 * 3_600_000
        _ = try world.server.tick(at: world.moment)
        #expect(try world.serverValue("lease", given, "state") == .text("expired"))
        #expect(try state(waits) == "granted" && balance(blanket).leased == .zero && balance(blanket).released == Quantity("3.9"))
        // Beyond its lease, or after it, a release is asked for like any other.
        let late = try company.callOff("1", of: blanket, by: company.anna, lease: given)
        try world.sync(company.anna)
        #expect(try state(late) == "granted" && balance(blanket).remaining == Quantity("0.1"))
    }

    // MARK: 118

    @Test("118: the office is told once for each mark: exactly at the percent, and at midnight of the day; after the end nothing is served")
    func marks() throws {
        let today = company.today
        let blanket = try company.agree(
            "10",
            [
                "valid_from": .text("\(today)"), "valid_until": .text("\(today.adding(days: 40))"), "alert_days": .list([.integer(30), .integer(7)]),
                "alert_percents": .list([.integer(80)]),
            ])
        _ = try company.callOff("7.999999", of: blanket, by: company.dora)
        try world.sync(company.dora)
        #expect(try alerts().isEmpty)
        let last = try company.callOff("0.000001", of: blanket, by: company.dora)
        try world.sync(company.dora)
        #expect(try alerts().count == 1)
        // Once, however often the mark is passed.
        _ = try decide(.withdraw, last, by: company.dora)
        _ = try company.callOff("1", of: blanket, by: company.dora)
        try world.sync(company.dora)
        #expect(try alerts().count == 1)
        let waits = try company.callOff("5", of: blanket, by: company.dora)
        try world.sync(company.dora)
        for (day, told) in [(10, 2), (33, 3)] {
            let midnight = company.calendar.instant(today.adding(days: day), minute: 0)
            world.milliseconds = midnight - 1
            _ = try world.server.tick(at: world.moment)
            #expect(try alerts().count == told - 1, "before day \(day)")
            world.milliseconds = midnight
            for _ in 0..<2 { _ = try world.server.tick(at: world.moment) }
            #expect(try alerts().count == told, "day \(day)")
        }
        world.milliseconds = company.calendar.instant(today.adding(days: 41), minute: 0)
        _ = try world.server.tick(at: world.moment)
        #expect(try state(waits) == "refused" && world.serverValue("blanket_order", blanket, "status") == .text("ended"))
    }

    // MARK: 120

    @Test("120: 500 detectors over six months: 26 weekly releases, one beyond the rest waits, and 80 % is told in the week that reaches it")
    func halfYear() throws {
        let today = company.today
        let blanket = try company.agree(
            "500",
            ["valid_from": .text("\(today)"), "valid_until": .text("\(today.adding(days: 181))"), "alert_percents": .list([.integer(80)])])
        // 19 a week and 25 in the last.
        for week in 0..<26 {
            world.milliseconds = company.calendar.instant(today.adding(days: week * 7), minute: 8 * 60)
            if week == 20 {
                let tooMuch = try company.callOff("121", of: blanket, by: company.dora)
                try world.sync(company.dora)
                #expect(try state(tooMuch) == "pending")
                #expect(try world.serverValue("blanket_release", tooMuch, "offered") == .text("120"))
                _ = try decide(.withdraw, tooMuch, by: company.dora)
            }
            let release = try company.callOff(week == 25 ? "25" : "19", of: blanket, by: company.dora)
            try world.sync(company.dora)
            #expect(try state(release) == "granted", "week \(week)")
            // 21 weeks make 399, 22 make 418 of 500.
            #expect(try alerts().count == (week < 21 ? 0 : 1), "week \(week)")
        }
        #expect(try balance(blanket).remaining == .zero && balance(blanket).percent == 100)
        #expect(try world.serverRecords("blanket_release").count { $0.text("state") == "granted" } == 26)
    }
}

extension Company {
    var calendar: TenantCalendar { world.moment.calendar }

    /// The company's day.
    var today: CalendarDate { calendar.local(world.milliseconds).date }

    /// A blanket order of the customer, for a year from today.
    func agree(_ total: String, _ fields: [String: Value] = [:]) throws -> RecordID {
        let id = world.id()
        try world.commit(dora, "blanket-order") { editor in
            let customer = try editor.view("service_order", order)?["customer"] ?? .null
            try editor.create(
                "blanket_order", id: id,
                [
                    "customer": customer, "number": .text("B-\(id.short)"), "part": .reference(part), "total": .text(total),
                    "valid_from": .text("\(today)"), "valid_until": .text("\(today.adding(days: 365))"),
                ].merging(fields) { $1 })
        }
        try world.sync(dora)
        return id
    }

    func callOff(
        _ quantity: String, of blanket: RecordID, on day: CalendarDate? = nil, by device: World.Device, lease: RecordID? = nil
    ) throws -> RecordID {
        let id = world.id()
        try world.commit(device, "blanket-release") { editor in
            try editor.create(
                "blanket_release", id: id,
                [
                    "blanket": .reference(blanket), "quantity": .text(quantity), "needed_on": .text("\(day ?? editor.now.date)"),
                    "requested_by": .reference(editor.user), "requested_at": .text(editor.now.description), "lease": .optional(lease),
                ])
        }
        return id
    }

    /// Another person of the office.
    func secondDispatcher() throws -> World.Device {
        let user = world.id()
        try world.commit(world.importer) { editor in
            try editor.create("user", id: user, ["number": .text("D2"), "name": .text("Otto Oden"), "role": .text("dispatcher")])
        }
        try world.sync(world.importer)
        let device = try world.device("otto", user: user)
        try world.sync(device)
        return device
    }
}
