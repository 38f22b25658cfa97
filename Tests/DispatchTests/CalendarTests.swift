import Testing
import TruckrollClient
import TruckrollDomain
import TruckrollSync

struct CalendarTests {
    private let calendar = DispatchCalendar(timeZone: "Europe/Vienna", now: Desk.now)

    @Test(
        "times are read in the company's zone",
        arguments: [
            ("09:30", nil, "2026-11-23T09:30:00+01:00"), ("9:30", "tomorrow", "2026-11-24T09:30:00+01:00"),
            ("00:00", "2026-07-01", "2026-07-01T00:00:00+02:00"), ("23:59", "today", "2026-11-23T23:59:00+01:00"),
            ("2026-11-25T06:00:00Z", nil, "2026-11-25T07:00:00+01:00"), ("2026-11-25T23:30:00Z", "2026-11-26", "2026-11-26T00:30:00+01:00"),
            ("03:00", "2026-03-29", "2026-03-29T03:00:00+02:00"),
        ] as [(String, String?, String)])
    func times(text: String, day: String?, expected: String) throws {
        #expect(try calendar.time(text, day: day).description == expected)
    }

    @Test(
        "what is no time, no day, or skipped by the clocks is refused",
        arguments: [
            ("24:00", nil), ("9.30", nil), ("9:3", nil), ("+9:30", nil), ("", nil), ("09:30:00", nil), ("٠٩:٣٠", nil), ("2026-11-25T06:00:00", nil),
            ("02:30", "2026-03-29"), ("09:30", "2026-02-30"), ("09:30", "someday"), ("2026-11-25T06:00:00Z", "2026-11-26"),
        ] as [(String, String?)])
    func refusals(text: String, day: String?) {
        #expect(throws: DeviceProblem.self) { try calendar.time(text, day: day) }
    }

    @Test("a day is spoken and counted in the zone")
    func days() throws {
        #expect(calendar.today.description == "2026-11-23")
        #expect(try calendar.day("yesterday").description == "2026-11-22")
        #expect(calendar.spoken("2026-11-23T23:30:00Z") == "2026-11-24 00:30")
        #expect(calendar.spoken("no time") == "no time")
    }

    @Test(
        "a day alone is due at the end of its working hours",
        arguments: [
            ("2026-12-01", "2026-12-01T18:00:00+01:00"), ("tomorrow", "2026-11-24T18:00:00+01:00"), ("14:00", "2026-11-23T14:00:00+01:00"),
            ("2026-12-01T09:00:00Z", "2026-12-01T10:00:00+01:00"), ("2026-12-01 16:00", "2026-12-01T16:00:00+01:00"),
            ("tomorrow 7:05", "2026-11-24T07:05:00+01:00"),
        ])
    func due(text: String, expected: String) throws { #expect(try calendar.due(text).description == expected) }

    @Test("what is no due time is told how one is written")
    func dueUnreadable() {
        let problem = #expect(throws: DeviceProblem.self) { try calendar.due("next week") }
        #expect(problem?.next.contains("YYYY-MM-DD for the end of that working day") == true)
    }
}
