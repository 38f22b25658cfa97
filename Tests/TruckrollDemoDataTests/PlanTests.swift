import Foundation
import Testing
import TruckrollCore
import TruckrollDemoData
import TruckrollDomain

@Suite("Plans")
struct PlanTests {
    @Test("a technician has half an hour between appointments and is never planned outside working hours", arguments: Fixture.all)
    func fits(_ fixture: Fixture) throws {
        let company = try fixture.company()
        let hours = Dictionary(uniqueKeysWithValues: company.records.of("user").map { ($0.id, $0.text("working_hours") ?? "") })
        var days: [RecordID: [(DeviceTime, DeviceTime)]] = [:]
        for plan in company.plans {
            guard let technician = plan.technician else { continue }
            let begin = try #require(plan.startsAt.flatMap { DeviceTime($0) })
            let end = try #require(plan.endsAt.flatMap { DeviceTime($0) })
            days[technician, default: []].append((begin, end))
            let words = try #require(hours[technician]).split(separator: " ")
            let range = words[1].split(separator: "-").map(String.init)
            #expect(range[0] < begin.clock && begin.clock < end.clock && end.clock <= range[1])
            let weekday = (begin.date.daysSince1970 + 3) % 7
            #expect(begin.date == end.date && (words[0] == "Mo-Su" || weekday < 5))
        }
        for appointments in days.values.map({ $0.sorted { $0.0.milliseconds < $1.0.milliseconds } }) {
            for (earlier, later) in zip(appointments, appointments.dropFirst()) {
                #expect(later.0.milliseconds - earlier.1.milliseconds >= 30 * 60_000)
            }
        }
    }

    @Test("offsets are those of Europe/Berlin", arguments: Fixture.all)
    func offsets(_ fixture: Fixture) throws {
        let zone = try #require(TimeZone(identifier: "Europe/Berlin"))
        for text in try fixture.company().plans.flatMap({ [$0.startsAt, $0.endsAt].compactMap { $0 } }) {
            let time = try #require(DeviceTime(text))
            let date = Date(timeIntervalSince1970: Double(time.milliseconds) / 1000)
            #expect(time.offsetMinutes * 60 == zone.secondsFromGMT(for: date), "\(text)")
        }
    }

    @Test("what was planned before the start day is done, the rest is sent out, and some wait for a technician", arguments: Fixture.all)
    func progress(_ fixture: Fixture) throws {
        let company = try fixture.company()
        #expect(Set(company.plans.map(\.progress)) == [.ready, .dispatched, .completed])
        for plan in company.plans {
            let day = plan.startsAt.map { String($0.prefix(10)) } ?? ""
            switch plan.progress {
            case .ready: #expect(plan.technician == nil && plan.startsAt == nil && plan.endsAt == nil)
            case .dispatched: #expect(plan.technician != nil && day >= fixture.startDay)
            case .completed: #expect(plan.technician != nil && day < fixture.startDay)
            }
        }
    }

    @Test("plans are of the orders, and an order was asked for before it begins and is due after it ends", arguments: Fixture.all)
    func orders(_ fixture: Fixture) throws {
        let company = try fixture.company()
        let orders = company.records.of("service_order")
        #expect(orders.map(\.id) == company.plans.map(\.order))
        #expect(Set(orders.map { $0.text("kind") }) == ["calibration", "inspection", "repair", "emergency"])
        let now = try #require(DeviceTime("\(fixture.startDay)T12:00:00+01:00")).milliseconds
        for (order, plan) in zip(orders, company.plans) {
            let requested = try #require(order.text("requested_at").flatMap { DeviceTime($0) }).milliseconds
            let due = try #require(order.text("due_at").flatMap { DeviceTime($0) }).milliseconds
            #expect(order.text("number") == plan.number && requested < due)
            #expect(requested < now + 5 * 3_600_000)
            guard let begin = plan.startsAt.flatMap({ DeviceTime($0) }), let end = plan.endsAt.flatMap({ DeviceTime($0) }) else { continue }
            #expect(requested < begin.milliseconds && end.milliseconds <= due)
        }
    }
}
