import Testing
import TruckrollStoreSQL
import TruckrollStoreSQLite

@Suite("A store's problems")
struct StoreProblemTests {
    private static let all: [(StoreProblem, String, String)] = [
        (.inUse(path: "a", process: nil), "store-in-use", "another process"),
        (.corrupt(path: "a", detail: "d"), "store-corrupt", "backup"),
        (.foreign(path: "a", detail: "d"), "store-foreign", "right file"),
        (.newer(path: "a", version: 2, newestKnown: 1), "store-newer", "Upgrade"),
        (.diskFull(path: "a"), "store-disk-full", "free disk space"),
        (.io(path: "a", detail: "d"), "store-io", "check the disk"),
        (.removed(path: "a"), "store-removed", "newest copy"),
        (.cannotOpen(path: "a", detail: "d"), "store-cannot-open", "folder"),
        (.readOnly(path: "a"), "store-read-only", "right to write"),
        (.busy(path: "a"), "store-busy", "End it"),
        (.closed(path: "a"), "store-closed", "Open the store again"),
        (.notDurable(path: "a", synchronous: 1), "store-not-durable", "power loss"),
        (.taken(detail: "d"), "store-taken", "Read what is there"),
        (.unstorable(detail: "d"), "store-unstorable", "Refuse"),
        (.failed(path: "a", detail: "d"), "store-failed", "report"),
        (.unreachable(place: "a", detail: "d"), "store-unreachable", "repeat it"),
        (.outcomeUnknown(place: "a"), "store-outcome-unknown", "not done twice"),
        (.standby(place: "a"), "store-standby", "Name the primary"),
        (.contended(place: "a", detail: "d"), "store-contended", "repeat it"),
        (.serverNotDurable(place: "a", setting: "fsync"), "store-not-durable", "Set it to on"),
        (.fenced(place: "a", timeline: "7 1"), "store-fenced", "make it a standby"),
        (.newTimeline(place: "a", timeline: "7 2"), "store-new-timeline", "Repeat the step"),
        (.addressUnreadable, "store-address-unreadable", "postgres://"),
        (.corruptRow(place: "a", detail: "d"), "store-corrupt", "newest backup"),
    ]

    @Test("have stable codes and say what to do next", arguments: all.indices)
    func codes(index: Int) {
        let (problem, code, advice) = Self.all[index]
        #expect(problem.code == code)
        #expect(problem.description.contains(advice))
    }
}
