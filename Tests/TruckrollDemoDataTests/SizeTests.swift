import Testing
import TruckrollCore
import TruckrollDemoData
import TruckrollDomain

@Suite("Sizes")
struct SizeTests {
    @Test("the counts are those asked for", arguments: Fixture.all)
    func counts(_ fixture: Fixture) throws {
        let company = try fixture.company()
        var counts: [String: Int] = [:]
        for draft in company.records { counts[draft.entity, default: 0] += 1 }
        let size = company.size
        #expect(counts["tenant"] == 1)
        #expect(counts["user"] == size.technicians + size.dispatchers + 1)
        #expect(counts["stock_location"] == size.depots + size.technicians)
        #expect(counts["customer"] == size.customers)
        #expect(counts["site"] == size.sites)
        #expect(counts["asset"] == size.assets)
        #expect(counts["part"] == size.parts)
        #expect(counts["service_order"] == size.orders && company.plans.count == size.orders)
        #expect(company.technicians.count == size.technicians && company.dispatchers.count == size.dispatchers)
    }

    @Test("the named sizes are as documented", arguments: [("small", [6, 20, 150, 80, 40]), ("medium", [25, 300, 4000, 1500, 600])])
    func named(name: String, counts: [Int]) throws {
        let size = try #require(DemoSize(name: name))
        #expect([size.technicians, size.sites, size.assets, size.parts, size.orders] == counts)
    }

    @Test("large is 500 technicians, 200,000 assets, 50,000 orders")
    func large() {
        #expect([DemoSize.large.technicians, DemoSize.large.assets, DemoSize.large.orders] == [500, 200_000, 50_000])
    }

    @Test("an unknown size and a day that does not exist are refused")
    func refused() {
        #expect(DemoSize(name: "huge") == nil)
        #expect(DemoSize(name: "Small") == nil)
        #expect(DemoCompany(seed: 1, size: .small, startDay: "2026-02-29") == nil)
        #expect(DemoCompany(seed: 1, size: .small, startDay: "1.2.2026") == nil)
    }

    @Test("the first records of a large company come without the others being made", .timeLimit(.minutes(1)))
    func lazy() throws {
        let company = try #require(DemoCompany(seed: 1, size: .large, startDay: "2026-11-23"))
        let clock = ContinuousClock()
        var count = 0
        let time = clock.measure { count = company.records.prefix(10_000).reduce(0) { count, _ in count + 1 } }
        #expect(count == 10_000)
        #expect(time < .seconds(20))
        #expect(company.plans.prefix(10).count == 10)
    }
}
