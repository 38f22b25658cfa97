import Testing
import TruckrollCore

@testable import TruckrollDomain

@Suite("Maintenance plans")
struct MaintenancePlanTests {
    let schema: Schema
    let calendar = TenantCalendar(timeZone: "Europe/Berlin")

    init() throws { schema = try Schema.load() }

    /// 2026-12-01T08:00:00+01:00.
    private static let made: Int64 = 1_796_108_400_000

    /// Made then.
    private func plan(_ fields: [String: Value]) throws -> MaintenancePlan {
        let entity = try schema.entity("maintenance_plan")
        let version = Version(stamp: Stamp(milliseconds: UInt64(Self.made), counter: 0, replica: ReplicaID(rawValue: 9)), sequence: 1)
        var record = Record(key: RecordKey(type: entity.type, id: RecordID(high: 7, low: 7)))
        let whole: [String: Value] = [
            "asset": .reference(RecordID(high: 1, low: 1)), "number": .text("M-1"), "status": .text("active"),
            "made_by": .reference(RecordID(high: 2, low: 2)), "title": .text("T"), "kind": .text("inspection"),
        ]
        for (name, value) in whole.merging(fields, uniquingKeysWith: { $1 }) where value != .null {
            let field = try #require(entity[name])
            record.set(FieldEntry(field: field.id, version: version, value: FieldState.single(value, notes: []).encoded(rule: field.rule)))
        }
        return try #require(MaintenancePlan(RecordView(record, entity), calendar: calendar))
    }

    private func monthly(_ fields: [String: Value] = [:]) throws -> MaintenancePlan {
        let rule: [String: Value] = [
            "trigger": .text("calendar"), "rule": .text("FREQ=MONTHLY"), "starts_on": .text("2027-01-10"), "lead_days": .integer(7),
        ]
        return try plan(rule.merging(fields) { $1 })
    }

    private func day(_ text: String) throws -> CalendarDate { try #require(CalendarDate(text)) }
    private func quantity(_ text: String) -> Quantity { Quantity(text) ?? .zero }

    @Test("137: a fixed plan asks so many days before each of its days, and on the day before that does not")
    func fixed() throws {
        let plan = try monthly()
        #expect(try plan.due(on: day("2027-01-02"), isOpen: false).isEmpty)
        #expect(try plan.due(on: day("2027-01-03"), isOpen: false).map(\.period) == ["2027-01-10"])
        // Whether the last is done does not matter to it.
        let second = try monthly(["last_period": .text("2027-01-10")])
        #expect(try second.due(on: day("2027-02-02"), isOpen: true).isEmpty)
        #expect(try second.due(on: day("2027-02-03"), isOpen: true).map(\.on.description) == ["2027-02-10"])
    }

    @Test(
        "137: days that passed while nobody could make orders are made up for, each once, the newest twelve; days before the plan are nobody's debt")
    func missed() throws {
        let plan = try monthly()
        #expect(try plan.due(on: day("2027-03-20"), isOpen: false).map(\.period) == ["2027-01-10", "2027-02-10", "2027-03-10"])
        let late = try plan.due(on: day("2029-06-20"), isOpen: false)
        #expect(late.count == 12 && late.first?.period == "2028-07-10" && late.last?.period == "2029-06-10")
        let old = try monthly(["starts_on": .text("2020-01-10")])
        #expect(try old.due(on: day("2026-12-04"), isOpen: false).map(\.period) == ["2026-12-10"])
    }

    @Test("137: a floating plan counts from when the work was done, one at a time")
    func floating() throws {
        let fresh = try monthly(["basis": .text("floating")])
        #expect(try fresh.due(on: day("2027-01-03"), isOpen: false) == [.init(period: "1", on: day("2027-01-10"))])
        #expect(try monthly(["basis": .text("floating"), "last_period": .text("1")]).due(on: day("2027-05-01"), isOpen: true).isEmpty)
        let done = try monthly(["basis": .text("floating"), "last_period": .text("1"), "done_period": .text("1"), "done_on": .text("2027-02-20")])
        #expect(try done.due(on: day("2027-03-12"), isOpen: false).isEmpty)
        #expect(try done.due(on: day("2027-03-13"), isOpen: false) == [.init(period: "2", on: day("2027-03-20"))])
    }

    @Test("136: a meter asks at its step less its lead, once a cycle; several steps at once ask once")
    func meter() throws {
        let rule: [String: Value] = [
            "trigger": .text("meter"), "meter": .reference(RecordID(high: 3, low: 3)), "step": .text("500"), "starts_at": .text("1200"),
            "lead": .text("50"),
        ]
        let today = try day("2027-01-01")
        let plan = try plan(rule)
        #expect(plan.nextTotal(after: quantity("1200")) == quantity("1650"))
        #expect(plan.due(at: quantity("1649.999999"), on: today, isOpen: false) == nil)
        #expect(plan.due(at: quantity("1650"), on: today, isOpen: true)?.period == "1")
        #expect(plan.due(at: quantity("2900"), on: today, isOpen: true)?.period == "3" && plan.nextTotal(after: quantity("2900")) == quantity("3150"))
        let floating = try self.plan(rule.merging(["basis": .text("floating"), "last_period": .text("3"), "base": .text("3000")]) { $1 })
        #expect(floating.due(at: quantity("3449"), on: today, isOpen: false) == nil)
        #expect(floating.due(at: quantity("3450"), on: today, isOpen: false)?.period == "4")
        #expect(floating.due(at: quantity("3450"), on: today, isOpen: true) == nil)
        // What was counted when the work was done was mistyped, and put right.
        #expect(floating.nextTotal(after: quantity("2500")) == quantity("2950"))
    }

    @Test("138: a value asks when it reaches its limit, and not again before it has come back; an older one changes nothing")
    func condition() throws {
        let rule: [String: Value] = [
            "trigger": .text("condition"), "alert": .text("drift"), "direction": .text("above"), "trips_at": .text("10"), "clears_at": .text("5"),
        ]
        let today = try day("2027-01-01")
        var (isTripped, orders, state) = (false, 0, rule)
        for (moment, value) in ["9.99", "10", "9", "10.5", "5.01", "5", "9.9", "10", "4"].enumerated() {
            let heard = try #require(plan(state).hearing(quantity(value), at: Self.made + Int64(moment) * 1000, on: today))
            isTripped = heard.isTripped
            orders += heard.due == nil ? 0 : 1
            state["tripped"] = .boolean(isTripped)
            state["heard_at"] = .text(DeviceTime(milliseconds: Self.made + Int64(moment) * 1000, offsetMinutes: 0).description)
            if let due = heard.due { state["last_period"] = .text(due.period) }
        }
        #expect(orders == 2 && !isTripped && state["last_period"] == .text("2"))
        #expect(try plan(state).hearing(quantity("99"), at: Self.made + 7000, on: today) == nil)
        // Of one second is not older; while it rests it hears, and asks for nothing.
        #expect(try plan(state).hearing(quantity("99"), at: Self.made + 8000, on: today)?.due?.period == "3")
        let resting = try plan(state.merging(["tripped": .boolean(true), "status": .text("paused")]) { $1 })
        #expect(resting.hearing(quantity("1"), at: Self.made + 9000, on: today).map { !$0.isTripped && $0.due == nil } == true)
        #expect(try plan(rule).hearing(quantity("99"), at: Self.made - 1000, on: today) == nil)
        let below = try plan(rule.merging(["direction": .text("below"), "trips_at": .text("5"), "clears_at": .text("10")]) { $1 })
        #expect(
            below.hearing(quantity("5"), at: Self.made, on: today)?.due != nil
                && below.hearing(quantity("5.01"), at: Self.made, on: today)?.due == nil)
    }

    @Test("a plan that rests asks for nothing, whatever it goes by")
    func paused() throws {
        #expect(try monthly(["status": .text("paused")]).due(on: day("2027-03-20"), isOpen: false).isEmpty)
        let ended = try plan(["trigger": .text("condition"), "alert": .text("a"), "trips_at": .text("1"), "status": .text("ended")])
        #expect(ended.hearing(quantity("5"), at: Self.made, on: try day("2027-03-20"))?.due == nil)
    }
}
