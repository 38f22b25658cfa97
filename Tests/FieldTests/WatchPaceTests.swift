import Testing
import TruckrollClient
import TruckrollProtocol

@Suite("How often a device that watches tries")
struct WatchPaceTests {
    private struct Other: Error {}

    private static func refusal(_ status: Int, retryAfter: Int? = nil) -> TransportProblem {
        .problem(ProblemDocument(status: status, code: "a", detail: "", next: "", retryAfter: retryAfter))
    }

    @Test("pauses double to twenty seconds, less by luck, and begin anew once the server was heard", arguments: [0, 0.5, 1])
    func grows(luck: Double) {
        var pace = WatchPace(poll: .seconds(60))
        for _ in 0..<2 {
            for seconds in [2, 4, 8, 16, 20, 20, 20] {
                #expect(pace.pause(after: TransportProblem.timeout, luck: luck) == .seconds(seconds) * (1 - luck / 4))
            }
            pace.goOn()
        }
        for _ in 0..<1000 { #expect(pace.pause(after: nil, luck: luck) <= WatchPace.longest) }
    }

    @Test("a wish of the server is heeded, within reason", arguments: [(30, 30), (-1, 0), (Int.max, 3600)])
    func wish(seconds: Int, heeded: Int) {
        var pace = WatchPace(poll: .seconds(60))
        for pause in [2, 4, 8] {
            #expect(pace.pause(after: Self.refusal(503, retryAfter: seconds), luck: 0) == .seconds(heeded + pause))
        }
    }

    @Test("what trying again does not mend is looked at again with the next poll", arguments: [refusal(403), Other()] as [any Error])
    func refused(error: any Error) {
        var pace = WatchPace(poll: .seconds(60))
        for _ in 0..<3 { #expect(pace.pause(after: error, luck: 0.3) == .seconds(60)) }
    }

    @Test("no pause is longer than the time between two polls")
    func quick() {
        var pace = WatchPace(poll: .seconds(1))
        for _ in 0..<3 { #expect(pace.pause(after: nil, luck: 0) == .seconds(1)) }
    }
}
