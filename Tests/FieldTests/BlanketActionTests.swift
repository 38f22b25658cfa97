import Testing
import TruckrollClient
import TruckrollCore
import TruckrollDomain
import TruckrollSync

@Suite("Blanket orders on the device")
struct BlanketActionTests {
    private let blanket = World.id(950), own = World.id(951), other = World.id(952)

    private func bench(_ role: String) throws -> Bench {
        let bench = try Bench()
        let world = bench.world
        try bench.confirm([RecordDraft("user", id: world.ana, ["number": .text("P1"), "name": .text("Ana Torres"), "role": .text(role)])])
        func release(_ id: RecordID, by user: RecordID, _ waits: String) -> RecordDraft {
            RecordDraft(
                "blanket_release", id: id,
                [
                    "blanket": .reference(blanket), "quantity": .text("5"), "needed_on": .text("2026-12-01"), "requested_by": .reference(user),
                    "requested_at": .text("2026-11-23T08:00:00+01:00"), "state": .text("pending"), "waits_for": .text(waits),
                ])
        }
        try bench.confirm([
            RecordDraft(
                "blanket_order", id: blanket,
                [
                    "customer": .reference(world.customer), "number": .text("B-1"), "part": .reference(world.part), "total": .text("10"),
                    "valid_from": .text("2026-11-01"), "valid_until": .text("2026-12-31"), "status": .text("open"),
                ]), release(own, by: world.ana, "balance"), release(other, by: world.ben, "approval"),
        ])
        return bench
    }

    private func code(_ action: ReleaseAction, _ release: RecordID, _ bench: Bench) -> String? {
        do { _ = try bench.client.decide(action, on: release) } catch let problem as DeviceProblem { return problem.code } catch { return "\(error)" }
        return nil
    }

    @Test("115: the office approves and declines what others called off and not its own; who called it off, or the office, accepts and withdraws")
    func decide() throws {
        for (role, mayDecide) in [("dispatcher", true), ("technician", false)] {
            for action in [ReleaseAction.approve, .decline] {
                #expect(code(action, other, try bench(role)) == (mayDecide ? nil : "role"), "\(role) \(action)")
                #expect(code(action, own, try bench(role)) == "role", "\(role) \(action)")
            }
            for action in [ReleaseAction.accept, .withdraw] {
                #expect(code(action, own, try bench(role)) == nil, "\(role) \(action)")
                #expect(code(action, other, try bench(role)) == (mayDecide ? nil : "role"), "\(role) \(action)")
            }
        }
    }

    @Test("a release is for a day of the agreement, and a lease covers what is taken from it, with what has not been sent yet")
    func release() throws {
        let bench = try bench("technician")
        let lease = World.id(953)
        try bench.confirm([
            RecordDraft(
                "lease", id: lease,
                [
                    "kind": .text("blanket"), "user": .reference(bench.world.ana), "blanket": .reference(blanket),
                    "part": .reference(bench.world.part),
                    "amount": .text("3"), "state": .text("granted"), "granted": .text("3"), "used": .text("1"),
                    "soft_expiry": .text("2026-11-24T08:00:00+01:00"), "hard_expiry": .text("2026-11-25T08:00:00+01:00"),
                ])
        ])
        func ask(_ quantity: Int64, _ day: String, _ lease: RecordID?) -> String? {
            do {
                _ = try bench.client.release(
                    Quantity(millionths: quantity * 1_000_000), of: blanket, neededOn: try #require(CalendarDate(day)), lease: lease)
            } catch let problem as DeviceProblem { return problem.code } catch { return "\(error)" }
            return nil
        }
        #expect(ask(1, "2027-01-01", nil) == "value-unfit")
        #expect(ask(3, "2026-12-01", lease) == "lease-unusable")
        #expect(ask(1, "2026-12-01", lease) == nil)
        #expect(ask(1, "2026-12-01", lease) == nil)
        #expect(ask(1, "2026-12-01", lease) == "lease-unusable")
        #expect(ask(1, "2026-12-01", nil) == nil)
        let shown = try bench.client.blanket(blanket).releases
        #expect(shown.count == 5 && shown.count { $0.isCertain } == 2)
        #expect(try bench.client.blanketLeases().map(\.left) == [.zero])
    }
}
