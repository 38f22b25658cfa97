import CommandSupport
import Synchronization
import Testing
import TruckrollSync
import TruckrollTerminal

@Suite("What a long sync tells")
struct ArrivalsTests {
    @Test("what begins is told at once; then a line now and then, on a terminal in place", arguments: [false, true])
    func told(isTerminal: Bool) {
        let transcript = Transcript()
        let time = Mutex(Duration.zero)
        let clock: @Sendable () -> Duration = { time.withLock { $0 } }
        let arrivals = Arrivals("Enrolled.", on: transcript.terminal(isTerminal: isTerminal, width: isTerminal ? 80 : nil), now: clock)
        #expect(transcript.text == "Enrolled.\n")
        var report = SyncReport()
        for step in 1...3 {
            time.withLock { $0 += .seconds(3) }
            report.recordsChanged = 1000 * step
            arrivals.show(report)
        }
        arrivals.finish()
        let lines = isTerminal ? "\r1000 records so far\r2000 records so far\r3000 records so far\n" : "2000 records so far\n"
        #expect(transcript.text == "Enrolled.\n" + lines)
    }

    @Test("a sync that is over in its first second says nothing")
    func brief() {
        let transcript = Transcript()
        let time = Mutex(Duration.zero)
        let arrivals = Arrivals(nil, on: transcript.terminal(isTerminal: true, width: 80), now: { time.withLock { $0 } })
        time.withLock { $0 = .milliseconds(900) }
        arrivals.show(SyncReport())
        #expect(transcript.text.isEmpty)
        time.withLock { $0 = .milliseconds(1200) }
        arrivals.show(SyncReport())
        arrivals.finish()
        #expect(transcript.text == "\r0 records so far\n")
    }
}
