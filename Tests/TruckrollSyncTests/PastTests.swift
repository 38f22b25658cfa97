import Testing
import TruckrollCore
import TruckrollDomain
import TruckrollProtocol
import TruckrollSync

@Suite("How an order stood at a moment")
struct PastTests {
    @Test("3: at every moment of a day the state, the owner and the next step are those that were recorded then, on every device")
    func wholeDay() throws {
        let company = try Company()
        let world = company.world
        var recorded: [(at: Int64, state: String?, technician: RecordID?)] = []
        func note() throws {
            world.milliseconds += 1000
            let active = try world.serverRecords("appointment").filter {
                $0.reference("order") == company.order && $0.text("state") == "active"
            }
            recorded.append((world.milliseconds, try company.state(), active.first?.reference("technician")))
            world.milliseconds += 60_000
        }
        try note()
        for event in [OrderEvent.accept, .travel, .arrive] {
            try company.event(company.anna, event)
            try world.sync(company.anna)
            try note()
        }
        try company.reassign(from: company.annaUser, to: company.benUser)
        try note()
        try world.sync(company.ben)
        for event in [OrderEvent.accept, .travel, .arrive, .start, .pause, .resume] {
            try world.commit(company.ben) { try $0.event(event, order: company.order, reason: event == .pause ? "lunch" : nil) }
            try world.sync(company.ben)
            try note()
        }
        try company.finishTask(company.ben)
        try company.event(company.ben, .complete, .customer_absent)
        try world.sync(company.ben)
        try note()
        for device in [company.ben, company.dora] { try world.sync(device) }

        for device in [company.ben, company.dora] {
            for moment in recorded {
                let past = try device.engine.read {
                    try $0.past(of: company.order, at: DeviceTime(milliseconds: moment.at, offsetMinutes: 0))
                }
                #expect(past.state?.rawValue == moment.state)
                #expect(past.technicians == [moment.technician].compactMap(\.self))
                #expect(past.next.map(\.event) == OrderWorkflow.events(in: try #require(past.state)))
                let isOver = past.state?.isClosed ?? true
                #expect(past.owner == (isOver ? .nobody : .technicians(past.technicians)))
            }
        }
        let before = try company.dora.engine.read { try $0.past(of: company.order, at: DeviceTime(milliseconds: 0, offsetMinutes: 0)) }
        #expect(before.state == nil && before.technicians.isEmpty && before.owner == .nobody && before.next.map(\.event) == [.create])
    }

    @Test("what a technician did without a network counts from when it was done, and not from when it was told")
    func offline() throws {
        let company = try Company()
        let world = company.world
        world.milliseconds += 3_600_000
        let done = world.milliseconds
        try company.event(company.anna, .accept, .travel)
        world.milliseconds += 8 * 3_600_000
        try world.sync(company.anna)
        try world.sync(company.dora)
        func state(_ at: Int64) throws -> OrderState? {
            try company.dora.engine.read { try $0.past(of: company.order, at: DeviceTime(milliseconds: at, offsetMinutes: 0)).state }
        }
        #expect(try state(done - 1) == .dispatched)
        #expect(try state(done + 60_000) == .en_route)
    }
}
