import Testing
import TruckrollClient
import TruckrollCore
import TruckrollDomain

@testable import TruckrollClient
@testable import TruckrollSync

struct OverlapTests {
    private let desk: Desk

    init() throws { desk = try Desk() }

    /// Weber works on S-2 from 09:00 to 11:00.
    private func overlap(at time: String, minutes: Int64, technician: RecordID = Desk.weber, order: RecordID = Desk.ready) throws -> DispatchOverlap?
    {
        let starts = try desk.calendar.time(time, day: nil)
        let ends = DeviceTime(milliseconds: starts.milliseconds + minutes * 60_000, offsetMinutes: 60)
        return try desk.client.read { reader in
            try reader.dispatchOverlap(of: DispatchRequest(.assign, order: order, technician: technician, starts: starts, ends: ends))
        }
    }

    @Test(
        "what is too near to another appointment is named, with the first time that fits",
        arguments: [("08:00", 61), ("09:30", 30), ("11:00", 60), ("11:29", 10)] as [(String, Int64)])
    func near(time: String, minutes: Int64) throws {
        let found = try #require(try overlap(at: time, minutes: minutes))
        #expect(found.appointments.map(\.order) == [Desk.started])
        #expect(found.earliest.description == "2026-11-23T11:30:00+01:00")
    }

    @Test("what leaves time to travel is not in the way", arguments: [("08:00", 60), ("11:30", 60)] as [(String, Int64)])
    func free(time: String, minutes: Int64) throws { #expect(try overlap(at: time, minutes: minutes) == nil) }

    @Test("the order itself, another technician and closed orders hold nobody")
    func others() throws {
        #expect(try overlap(at: "09:00", minutes: 60, order: Desk.started) == nil)
        #expect(try overlap(at: "09:00", minutes: 60, technician: Desk.wolf) == nil)
        try desk.receive([Desk.appointment(Desk.closed, Desk.wolf, "2026-11-23T09:00:00+01:00", "2026-11-23T10:00:00+01:00", "active")])
        #expect(try overlap(at: "09:00", minutes: 60, technician: Desk.wolf) == nil)
    }

    @Test("an order that cannot be planned has nothing in its way")
    func unplannable() throws { #expect(try overlap(at: "09:00", minutes: 60, order: Desk.closed) == nil) }

    @Test("an order that cannot change hands has nothing in the way of its reassignment")
    func unreassignable() throws {
        try desk.receive([Desk.appointment(Desk.planned, Desk.wolf, "2026-11-23T09:00:00+01:00", "2026-11-23T10:00:00+01:00", "active")])
        let request = DispatchRequest(.reassign, order: Desk.started, technician: Desk.wolf, insteadOf: Desk.weber)
        #expect(try desk.client.read { try $0.dispatchOverlap(of: request) } == nil)
    }

    @Test("a gap that is too short is skipped")
    func gap() throws {
        try desk.receive([Desk.appointment(Desk.planned, Desk.weber, "2026-11-23T12:00:00+01:00", "2026-11-23T13:00:00+01:00", "active")])
        #expect(try overlap(at: "10:00", minutes: 30)?.earliest.description == "2026-11-23T11:30:00+01:00")
        #expect(try overlap(at: "10:00", minutes: 60)?.earliest.description == "2026-11-23T13:30:00+01:00")
    }

    @Test("the time for travel is the server's") func travel() { #expect(DispatchOverlap.travelSeconds == AssignmentEffects.travelSeconds) }
}
