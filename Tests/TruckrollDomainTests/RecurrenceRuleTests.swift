import Testing

@testable import TruckrollDomain

@Suite("Days that recur")
struct RecurrenceRuleTests {
    /// Days that another implementation, python-dateutil 2.9, names for the same rule and first day. Some are the examples of RFC 5545, 3.8.5.3.
    static let known: [(rule: String, start: String, days: String)] = [
        ("FREQ=DAILY;INTERVAL=10", "2026-12-25", "2026-12-25 2027-01-04 2027-01-14 2027-01-24 2027-02-03 2027-02-13"),
        ("FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,TH", "2026-11-25", "2026-11-26 2026-12-07 2026-12-10 2026-12-21 2026-12-24 2027-01-04"),
        ("FREQ=WEEKLY;INTERVAL=2;WKST=SU;BYDAY=TU,SU", "1997-08-05", "1997-08-05 1997-08-17 1997-08-19 1997-08-31 1997-09-02 1997-09-14"),
        ("FREQ=WEEKLY;INTERVAL=2;WKST=MO;BYDAY=TU,SU", "1997-08-05", "1997-08-05 1997-08-10 1997-08-19 1997-08-24 1997-09-02 1997-09-07"),
        ("FREQ=MONTHLY", "2027-01-31", "2027-01-31 2027-03-31 2027-05-31 2027-07-31 2027-08-31 2027-10-31"),
        ("FREQ=MONTHLY;BYMONTHDAY=-1", "2027-01-15", "2027-01-31 2027-02-28 2027-03-31 2027-04-30 2027-05-31 2027-06-30"),
        ("FREQ=MONTHLY;INTERVAL=6;BYDAY=-1FR", "2026-11-30", "2027-05-28 2027-11-26 2028-05-26 2028-11-24 2029-05-25 2029-11-30"),
        ("FREQ=MONTHLY;BYDAY=1MO", "2026-12-01", "2026-12-07 2027-01-04 2027-02-01 2027-03-01 2027-04-05 2027-05-03"),
        ("FREQ=MONTHLY;BYDAY=FR;BYMONTHDAY=13", "2026-01-01", "2026-02-13 2026-03-13 2026-11-13 2027-08-13 2028-10-13 2029-04-13"),
        ("FREQ=MONTHLY;BYMONTHDAY=15,30", "2027-01-01", "2027-01-15 2027-01-30 2027-02-15 2027-03-15 2027-03-30 2027-04-15"),
        ("FREQ=MONTHLY;INTERVAL=3;BYMONTHDAY=-2", "2026-01-01", "2026-01-30 2026-04-29 2026-07-30 2026-10-30 2027-01-30 2027-04-29"),
        ("FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1", "2026-12-01", "2026-12-31 2027-01-29 2027-02-26 2027-03-31 2027-04-30 2027-05-31"),
        ("FREQ=MONTHLY;BYDAY=TU,WE,TH;BYSETPOS=3", "1997-09-04", "1997-09-04 1997-10-07 1997-11-06 1997-12-04 1998-01-07 1998-02-05"),
        ("FREQ=YEARLY", "2024-02-29", "2024-02-29 2028-02-29 2032-02-29 2036-02-29 2040-02-29 2044-02-29"),
        ("FREQ=YEARLY", "2027-03-01", "2027-03-01 2028-03-01 2029-03-01 2030-03-01 2031-03-01 2032-03-01"),
        ("FREQ=YEARLY;INTERVAL=2;BYMONTH=1,7", "2026-06-10", "2026-07-10 2028-01-10 2028-07-10 2030-01-10 2030-07-10 2032-01-10"),
        ("FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU", "2026-11-30", "2027-03-28 2028-03-26 2029-03-25 2030-03-31 2031-03-30 2032-03-28"),
        ("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=-1", "2026-11-30", "2027-02-28 2028-02-29 2029-02-28 2030-02-28 2031-02-28 2032-02-29"),
        ("FREQ=YEARLY;BYDAY=20MO", "1997-05-19", "1997-05-19 1998-05-18 1999-05-17 2000-05-15 2001-05-14 2002-05-20"),
        (
            "FREQ=YEARLY;INTERVAL=4;BYMONTH=11;BYDAY=TU;BYMONTHDAY=2,3,4,5,6,7,8", "1996-11-05",
            "1996-11-05 2000-11-07 2004-11-02 2008-11-04 2012-11-06 2016-11-08"
        ),
        ("FREQ=MONTHLY;COUNT=3;BYMONTHDAY=10", "2026-12-01", "2026-12-10 2027-01-10 2027-02-10"),
        ("FREQ=WEEKLY;UNTIL=20261221;BYDAY=MO", "2026-12-01", "2026-12-07 2026-12-14 2026-12-21"),
        ("FREQ=MONTHLY;INTERVAL=18", "2026-08-31", "2026-08-31 2029-08-31 2032-08-31 2035-08-31 2038-08-31 2041-08-31"),
        ("FREQ=YEARLY;BYMONTH=6,7,8;BYDAY=TH", "1997-06-05", "1997-06-05 1997-06-12 1997-06-19 1997-06-26 1997-07-03 1997-07-10"),
    ]

    @Test("a rule falls on the days that RFC 5545 says", arguments: known)
    func days(_ known: (rule: String, start: String, days: String)) throws {
        let rule = try RecurrenceRule(known.rule)
        let start = try #require(CalendarDate(known.start))
        var days: [String] = []
        var last: CalendarDate?
        while days.count < 6, let day = rule.first(after: last, from: start) {
            days.append(day.description)
            last = day
        }
        #expect(days.joined(separator: " ") == known.days)
        // Asked from between two days, it names the later one.
        if days.count > 2, let second = CalendarDate(days[1]) {
            #expect(rule.first(after: second.adding(days: -1), from: start) == second)
        }
    }

    @Test(
        "work that was done on the last days of a month skips no month after it",
        arguments: [
            ("FREQ=MONTHLY;INTERVAL=6", "2027-08-31", "2028-02-29"), ("FREQ=YEARLY", "2028-02-29", "2029-02-28"),
            ("FREQ=MONTHLY", "2027-01-31", "2027-02-28"),
            ("FREQ=WEEKLY;INTERVAL=2", "2026-12-30", "2027-01-13"), ("FREQ=DAILY;INTERVAL=90", "2026-12-30", "2027-03-30"),
            ("FREQ=MONTHLY;BYDAY=1MO", "2026-12-30", "2027-01-04"),
        ])
    func afterDone(_ rule: String, _ done: String, _ next: String) throws {
        #expect(try RecurrenceRule(rule).next(afterDone: #require(CalendarDate(done)))?.description == next)
    }

    @Test("a rule that falls on no day says so, and ends")
    func never() throws {
        let start = try #require(CalendarDate("2026-12-01"))
        #expect(try RecurrenceRule("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30").first(after: nil, from: start) == nil)
        #expect(try RecurrenceRule("FREQ=DAILY;UNTIL=20261101").first(after: nil, from: start) == nil)
        #expect(try RecurrenceRule("FREQ=DAILY;COUNT=2").first(after: CalendarDate("2026-12-02"), from: start) == nil)
    }

    @Test(
        "what is no rule is refused with what may stand there",
        arguments: [
            "", "MONTHLY", "FREQ=HOURLY", "FREQ=MONTHLY;INTERVAL=0", "FREQ=MONTHLY;INTERVAL=x", "FREQ=WEEKLY;BYDAY=1MO", "FREQ=MONTHLY;BYDAY=XX",
            "FREQ=MONTHLY;BYMONTHDAY=32", "FREQ=MONTHLY;BYHOUR=3", "FREQ=MONTHLY;FREQ=DAILY", "FREQ=DAILY;COUNT=2;UNTIL=20270101",
            "FREQ=DAILY;UNTIL=soon",
            "FREQ=MONTHLY;BYMONTHDAY=0", "FREQ=YEARLY;BYWEEKNO=20", "FREQ=YEARLY;BYDAY=-9223372036854775808MO", "FREQ=YEARLY;BYDAY=54MO",
        ])
    func refused(_ text: String) {
        let problem = #expect(throws: RecurrenceProblem.self) { try RecurrenceRule(text) }
        #expect(problem?.description.hasSuffix(".") == true)
    }
}
