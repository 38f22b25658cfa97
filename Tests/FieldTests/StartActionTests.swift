import Testing
import TruckrollClient
import TruckrollCore
import TruckrollDomain
import TruckrollSync

@Suite("Starting, permits and orders that follow others")
struct StartActionTests {
    private func bench() throws -> Bench {
        try Bench(state: .on_site) { all, world in
            all = all.map { draft in
                draft.entity == "site"
                    ? RecordDraft("site", id: world.site, draft.fields.merging(["permits_needed": .list([.text("hot_work")])]) { $1 }) : draft
            }
        }
    }

    private func problem(_ body: () throws -> Recorded) -> DeviceProblem? {
        do { _ = try body() } catch { return error as? DeviceProblem }
        return nil
    }

    @Test("129: without a permit the start is refused offline, recorded it goes on, and a reason goes on without one")
    func permit() throws {
        let bench = try bench()
        let order = bench.world.order
        let refused = try #require(problem { try bench.client.record(.start, on: order) })
        #expect(refused.code == "start-unfit" && refused.isRefusal && refused.detail.contains("asks for a permit (hot work), and none is recorded"))
        #expect(refused.next.contains("--reason"))
        let added = try bench.client.addPermit(PermitEntry(kind: .hot_work, number: "HW-7", issuer: "R. Meier"), on: order)
        #expect(try bench.client.permits(of: order).map(\.problem) == [nil])
        let id = try #require(added.record)
        _ = try bench.client.suspendPermit(id, note: "Gas alarm")
        #expect(try bench.client.permits(of: order).map(\.problem) == ["is suspended"])
        #expect(problem { try bench.client.record(.start, on: order) }?.detail.contains("HW-7 is suspended") == true)
        let started = try bench.client.record(.start, on: order, reason: "The shift leader stands beside me.")
        #expect(started.notices.last == "Quality is told.")
    }

    @Test("a permit that would end before it begins is refused")
    func backwards() throws {
        let bench = try bench()
        var entry = PermitEntry(kind: .hot_work, number: "HW-7", issuer: "R. Meier")
        entry.to = DeviceTime("2026-11-22T08:00:00+01:00")
        #expect(problem { try bench.client.addPermit(entry, on: bench.world.order) }?.code == "value-unfit")
    }

    @Test("5: a warranty order names the first one, and each shows the other")
    func links() throws {
        let bench = try Bench(state: .in_progress)
        var job = NewJob(site: bench.world.site, kind: "repair", title: "It has failed again")
        (job.followUpOf, job.relation) = (bench.world.order, .warranty)
        let id = try #require(try bench.client.createJob(job).record)
        let later = try #require(try bench.client.job(id).links.first)
        #expect(later.number == "2026-0042" && later.relation == .warranty && later.isEarlier)
        let earlier = try #require(try bench.client.job(bench.world.order).links.first)
        #expect(earlier.id == id && earlier.relation == .warranty && !earlier.isEarlier)
    }
}
