import Testing
import TruckrollCore
import TruckrollDomain

@Suite("Hours of work")
struct WorkCalendarTests {
    /// Berlin; Monday to Friday with a break at noon, Saturday morning; Christmas Day of 2026, a Friday, off.
    private let office: WorkCalendar

    init() throws {
        var hours = Array(repeating: [480..<720, 780..<1020], count: 5) + [[540..<720], []]
        hours[4] = [480..<720]
        office = WorkCalendar(
            hours: hours, holidays: [try #require(CalendarDate("2026-12-25"))], zone: TenantCalendar(timeZone: "Europe/Berlin"))
    }

    private func add(_ minutes: Int, to start: String, _ calendar: WorkCalendar? = nil) throws -> String? {
        let zone = TenantCalendar(timeZone: "Europe/Berlin")
        return try (calendar ?? office).instant(minutes, after: #require(DeviceTime(start)).milliseconds).map { zone.local($0).description }
    }

    @Test(
        "minutes count in the hours alone, over breaks, nights, Sundays and holidays",
        arguments: [
            (60, "2026-11-23T09:00:00+01:00", "2026-11-23T10:00:00+01:00"), (240, "2026-11-23T09:00:00+01:00", "2026-11-23T14:00:00+01:00"),
            (180, "2026-11-23T09:00:00+01:00", "2026-11-23T12:00:00+01:00"), (181, "2026-11-23T09:00:00+01:00", "2026-11-23T13:01:00+01:00"),
            (60, "2026-11-23T03:00:00+01:00", "2026-11-23T09:00:00+01:00"), (60, "2026-11-23T12:30:00+01:00", "2026-11-23T14:00:00+01:00"),
            (60, "2026-11-23T16:30:00+01:00", "2026-11-24T08:30:00+01:00"), (60, "2026-11-27T12:00:00+01:00", "2026-11-28T10:00:00+01:00"),
            (300, "2026-11-28T09:00:00+01:00", "2026-11-30T10:00:00+01:00"), (60, "2026-12-24T16:30:00+01:00", "2026-12-26T09:30:00+01:00"),
            (0, "2026-11-22T10:00:00+01:00", "2026-11-23T08:00:00+01:00"), (60, "2026-11-23T08:00:00Z", "2026-11-23T10:00:00+01:00"),
            (60, "1960-01-04T08:00:00+01:00", "1960-01-04T09:00:00+01:00"),
        ])
    func counted(_ minutes: Int, _ start: String, _ end: String) throws {
        #expect(try add(minutes, to: start) == end)
    }

    @Test("day and night count by the hour that has passed, whatever the clocks show")
    func always() throws {
        #expect(try add(1440, to: "2026-03-28T12:00:00+01:00", .always) == "2026-03-29T13:00:00+02:00")
        #expect(try add(1440, to: "2026-10-24T12:00:00+02:00", .always) == "2026-10-25T11:00:00+01:00")
    }

    @Test("on the days on which clocks change, hours of the night are as long as they were")
    func changes() throws {
        let night = WorkCalendar(
            hours: Array(repeating: [60..<240], count: 7), holidays: [], zone: TenantCalendar(timeZone: "Europe/Berlin"))
        // 01:00 to 04:00 is two hours long in spring, four in autumn.
        #expect(try add(120, to: "2026-03-29T00:00:00+01:00", night) == "2026-03-29T04:00:00+02:00")
        #expect(try add(121, to: "2026-03-29T00:00:00+01:00", night) == "2026-03-30T01:01:00+02:00")
        #expect(try add(240, to: "2026-10-25T00:00:00+02:00", night) == "2026-10-25T04:00:00+01:00")
        let gap = WorkCalendar(hours: Array(repeating: [150..<240], count: 7), holidays: [], zone: TenantCalendar(timeZone: "Europe/Berlin"))
        // 02:30 is left out in spring: work begins when clocks go forward.
        #expect(try add(60, to: "2026-03-29T00:00:00+01:00", gap) == "2026-03-29T04:00:00+02:00")
        #expect(try add(30, to: "2026-03-29T00:00:00+01:00", gap) == "2026-03-29T03:30:00+02:00")
    }

    @Test("where nobody works, nothing is ever due")
    func never() throws {
        let none = WorkCalendar(hours: Array(repeating: [], count: 7), holidays: [], zone: TenantCalendar(timeZone: "UTC"))
        #expect(try add(1, to: "2026-11-23T09:00:00Z", none) == nil)
    }

    @Test(
        "hours are read as people write them, and nothing else is",
        arguments: [
            ("MO-FR 08:00-17:00", "0...4 480..<1020"), ("sa 09:00-24:00", "5...5 540..<1440"), (" SU 00:00-00:01 ", "6...6 0..<1"),
            ("FR-MO 08:00-17:00", nil), ("XX 08:00-17:00", nil), ("MO 17:00-08:00", nil), ("MO 08:00-08:00", nil), ("MO 08:00-24:01", nil),
            ("MO 08:60-17:00", nil), ("MO 8-17", nil), ("", nil),
        ])
    func read(_ text: String, _ expected: String?) {
        #expect(WorkCalendar.read(text).map { "\($0.days) \($0.span)" } == expected)
    }
}
