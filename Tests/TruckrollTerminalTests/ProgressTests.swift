import Synchronization
import Testing
import TruckrollTerminal

/// A clock that stands still until a test moves it.
private final class StillClock: Sendable {
    private let time = Mutex(Duration.zero)
    var now: Duration { time.withLock { $0 } }
    func move(_ step: Duration) { time.withLock { $0 += step } }
}

@Suite("Progress") struct ProgressTests {
    private let clock = StillClock()
    private let transcript = Transcript()

    private func progress(total: Int, on terminal: Terminal, isQuiet: Bool = false) -> Progress {
        Progress("Importing", total: total, on: terminal, isQuiet: isQuiet) { [clock] in clock.now }
    }

    @Test("without a terminal there is one line for each quarter")
    func quarters() {
        var progress = progress(total: 1000, on: transcript.terminal())
        for _ in 0..<1000 {
            clock.move(.milliseconds(10))
            progress.advance()
        }
        progress.finish()
        #expect(
            transcript.text == """
                Importing: 25 % (250/1000, 100/s)
                Importing: 50 % (500/1000, 100/s)
                Importing: 75 % (750/1000, 100/s)
                Importing: 100 % (1000/1000, 100/s)

                """)
    }

    @Test("without a terminal slow work tells now and then where it is")
    func slow() {
        var progress = progress(total: 1000, on: transcript.terminal())
        for _ in 0..<5 {
            clock.move(.seconds(4))
            progress.advance()
        }
        #expect(transcript.text == "Importing: 0 % (3/1000, 0.3/s)\n")
    }

    @Test("percentages are exact where a Double would round down")
    func exact() {
        var progress = progress(total: 100, on: transcript.terminal())
        progress.advance(by: 29)
        progress.finish()  // has nothing new to tell
        #expect(transcript.text == "Importing: 29 % (29/100)\n")
    }

    @Test("work that ends early tells where it ended")
    func endsEarly() {
        var progress = progress(total: 10, on: transcript.terminal())
        progress.advance()
        progress.finish()
        progress.finish()
        #expect(transcript.text == "Importing: 10 % (1/10)\n")
    }

    @Test("on a terminal the bar is redrawn in place, at most ten times a second")
    func bar() {
        var progress = progress(total: 4, on: transcript.terminal(isTerminal: true, width: 80))
        progress.advance()
        progress.advance()  // too soon to draw
        clock.move(.seconds(1))
        progress.advance()
        progress.finish()
        let drawn = transcript.text.split(separator: "\r")
        #expect(drawn.count == 3)
        #expect(drawn[0] == "Importing ██████░░░░░░░░░░░░░░░░░░ 1/4")
        #expect(drawn[1] == "Importing ██████████████████░░░░░░ 3/4, 3.0/s")
        #expect(transcript.text.hasSuffix("\n"))
        #expect(!transcript.text.contains("\u{1B}"))
    }

    @Test("no drawing reaches the last column", arguments: 2...60)
    func narrow(width: Int) {
        var progress = progress(total: 1_000_000, on: transcript.terminal(isTerminal: true, width: width))
        progress.advance(by: 500_000)
        progress.finish()
        let drawn = transcript.text.split { $0 == "\r" || $0 == "\n" }
        #expect(drawn.allSatisfy { String($0).displayWidth < width })
    }

    @Test("quiet progress is silent")
    func quiet() {
        var progress = progress(total: 2, on: transcript.terminal(), isQuiet: true)
        progress.advance(by: 2)
        progress.finish()
        #expect(transcript.text.isEmpty)
        #expect(progress.done == 2)
    }

    @Test("work without items is done at once, and counts never pass the total")
    func bounds() {
        var empty = progress(total: 0, on: transcript.terminal())
        empty.finish()
        #expect(transcript.text == "Importing: 100 % (0/0)\n")
        var progress = progress(total: 5, on: transcript.terminal())
        progress.advance(by: Int.max)
        progress.advance(by: -3)
        #expect(progress.done == 5)
    }
}
