import Testing
import TruckrollStorePostgres

@testable import TruckrollServer

@Suite("The branches that tenants have lived in")
struct TimelineFileTests {
    private static func line(_ number: UInt32, _ branch: String, system: String = "7") -> PostgresTimeline {
        PostgresTimeline(system: system, number: number, branch: branch)
    }

    @Test("the last one is present, those before it are left, and what was passed over is left as well")
    func standings() {
        let lines = [Self.line(1, "a"), Self.line(3, "c")]
        for (timeline, standing) in [
            (Self.line(3, "c"), TimelineFile.Standing.present),
            (Self.line(1, "a"), .left),
            // Promoted and lost before anybody came to it; and a copy of the first that was put back as it was.
            (Self.line(2, "a"), .left), (Self.line(1, ""), .left),
            // Promoted beside the present one, from the first or from a copy that knows no name; promoted after it; another server.
            (Self.line(3, "a"), .new), (Self.line(3, ""), .new), (Self.line(4, "c"), .new), (Self.line(1, "a", system: "8"), .new),
        ] { #expect(TimelineFile.standing(of: timeline, in: lines) == standing, "\(timeline)") }
        #expect(TimelineFile.standing(of: Self.line(1, ""), in: []) == .new)
    }

    @Test("lines of before there were names hold, and one that an older program adds beside a name means nothing")
    func nameless() {
        #expect(TimelineFile.standing(of: Self.line(2, ""), in: [Self.line(1, ""), Self.line(2, "")]) == .present)
        #expect(TimelineFile.standing(of: Self.line(3, ""), in: [Self.line(2, "")]) == .new)
        #expect(TimelineFile.standing(of: Self.line(4, "b"), in: [Self.line(2, ""), Self.line(4, "b"), Self.line(4, "")]) == .present)
    }
}
