import CommandSupport
import Testing

@Suite("When a site may be entered")
struct AccessWindowTests {
    @Test(
        "days are told in words, and a rule that says more stays as it is",
        arguments: [
            ("FREQ=DAILY 06:00-20:00", "every day 06:00–20:00"), ("FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR 07:00-17:00", "Mon–Fri 07:00–17:00"),
            ("FREQ=WEEKLY;BYDAY=TU,WE 22:00-05:00", "Tue, Wed 22:00–05:00"), ("FREQ=WEEKLY;BYDAY=SA,MO,WE 08:00-09:00", "Mon, Wed, Sat 08:00–09:00"),
            ("FREQ=MONTHLY;BYDAY=1SA 08:00-12:00", "first Sat of the month 08:00–12:00"),
            ("FREQ=MONTHLY;BYDAY=-1SU 08:00-12:00", "last Sun of the month 08:00–12:00"),
        ])
    func words(window: String, words: String) { #expect(AccessWindow.words(window) == words) }

    @Test(
        "what is no such rule stays as it is",
        arguments: [
            "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO 07:00-17:00", "FREQ=WEEKLY;BYDAY=MO,XX 07:00-17:00", "FREQ=MONTHLY;BYDAY=9SA 08:00-12:00",
            "FREQ=MONTHLY;BYDAY=S 08:00-12:00", "FREQ=DAILY;FREQ=DAILY 06:00-20:00", "FREQ=WEEKLY 06:00-20:00", "ask the gate", "", ";= -",
        ])
    func others(window: String) { #expect(AccessWindow.words(window) == window) }
}
