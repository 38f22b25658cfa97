import Testing
import TruckrollCore
import TruckrollDemoData
import TruckrollDomain

@Suite("The story")
struct StoryTests {
    @Test("is there in every size, for any seed", arguments: Fixture.all, [1, 2, 3] as [UInt64])
    func exists(_ fixture: Fixture, seed: UInt64) throws {
        let company = try fixture.company(seed: seed)
        let story = company.story
        let records = Array(company.records)
        let byID = Dictionary(uniqueKeysWithValues: records.map { ($0.id, $0) })
        let (first, second) = (story.technicians[0], story.technicians[1])
        let plans = Dictionary(uniqueKeysWithValues: company.plans.map { ($0.order, $0) })

        #expect(story.technicians == Array(company.technicians.prefix(2)) && story.dispatcher == company.dispatchers[0])
        for person in story.technicians + [story.dispatcher, story.quality] {
            #expect(byID[person.id]?.text("name") == person.name && byID[person.id]?.text("role") == person.role)
            #expect(byID[person.id]?.text("number") == person.number && byID[person.id]?.reference("home_depot") == person.depotID)
        }
        let vans = try story.technicians.map { try #require($0.vanID) }
        #expect(vans.map { byID[$0]?.reference("holder") } == [first.id, second.id])
        #expect(first.depotID == story.depot && second.depotID == story.depot)

        let expected = [(story.calibrationOrder, first.id), (story.reassignedOrder, first.id), (story.repairOrder, second.id)]
        for (order, technician) in expected {
            let plan = try #require(plans[order])
            #expect(plan.technician == technician && plan.progress == .dispatched)
            #expect(plan.startsAt?.hasPrefix(fixture.startDay) == true)
        }
        #expect(byID[story.calibrationOrder]?.text("kind") == "calibration" && byID[story.repairOrder]?.text("kind") == "repair")
        #expect(story.calibrationAssets.count == 4)
        #expect(byID[story.calibrationOrder]?.fields["assets"] == .list(story.calibrationAssets.map { .reference($0) }))
        let ofSecond = try company.plans.filter { $0.technician == second.id && $0.startsAt?.hasPrefix(fixture.startDay) == true }
            .map { try #require($0.endsAt) }
        let begin = try #require(plans[story.reassignedOrder]?.startsAt)
        #expect(ofSecond.allSatisfy { $0 < begin }, "the second technician is free")
    }

    @Test("has one piece left in the depot, a part in both vans and gas to calibrate with", arguments: Fixture.all, [1, 2, 3] as [UInt64])
    func stock(_ fixture: Fixture, seed: UInt64) throws {
        let company = try fixture.company(seed: seed)
        let story = company.story
        let records = Array(company.records)
        let last = records.of("stock_entry").filter { $0.reference("part") == story.lastPart }
        #expect(last.map { $0.reference("to") } == [story.depot] && last.map { $0.text("quantity") } == ["1"])
        let repaired = records.first { $0.id == story.repairAsset }
        #expect(
            records.of("part_approval").contains {
                $0.reference("part") == story.lastPart && $0.reference("model") == repaired?.reference("model")
            })
        for technician in story.technicians {
            let held = records.of("stock_entry").filter { $0.reference("part") == story.vanPart && $0.reference("to") == technician.vanID }
            #expect(held.map { $0.text("quantity") } == ["\(story.vanPartQuantity)"])
        }

        let channel = try #require(records.first { $0.id == story.channel })
        #expect(channel.reference("asset") == story.calibrationAssets[0])
        let span = try #require(records.first { $0.id == story.spanGas })
        #expect(span.text("cas") == channel.text("cas") && channel.text("lfl_percent") == "4.4" && span.text("concentration") == "2.2")
        let zero = try #require(records.first { $0.id == story.zeroGas })
        #expect(zero.text("cas") == "7727-37-9")
        for gas in [span, zero] {
            #expect(gas.reference("location") == story.technicians[0].vanID)
            let (certified, expires) = (try #require(gas.text("certified_on")), try #require(gas.text("expires_on")))
            #expect(certified < fixture.startDay && fixture.startDay < expires)
        }
    }
}
