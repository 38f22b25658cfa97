import Testing
import TruckrollCore
import TruckrollDomain
import TruckrollSync

@Suite("What a reservation keeps, it keeps until a moment")
struct ReservationExpiryTests {
    @Test("what nobody has come for is free again at the moment and not before, and goes to who waits")
    func expires() throws {
        let company = try Company()
        let world = company.world
        let until = DeviceTime(milliseconds: (world.milliseconds / 1000 + 3_600) * 1000, offsetMinutes: 60)
        let kept = try company.ask(2, "1", ["expires_at": .text(until.description)]).reservation
        let waits = try company.ask(3, "1").reservation
        let states = { try [kept, waits].map { try world.serverValue("reservation", $0, "state").text ?? "" } }
        #expect(try states() == ["granted", "backordered"])
        world.milliseconds = until.milliseconds - 1
        #expect(try !world.server.tick(at: world.moment))
        #expect(try states() == ["granted", "backordered"])
        world.milliseconds = until.milliseconds
        #expect(try world.server.tick(at: world.moment))
        #expect(try states() == ["expired", "granted"])
        #expect(try !world.server.tick(at: world.moment))
        // Of one that was granted in part, the grant and the wait end at the same moment.
        let later = DeviceTime(milliseconds: (world.milliseconds / 1000 + 3_600) * 1000, offsetMinutes: 60)
        try company.receive("1")
        let partly = try company.ask(4, "3", ["expires_at": .text(later.description), "partial": .boolean(true)]).reservation
        #expect(try world.serverValue("reservation", partly, "state").text == "backordered")
        world.milliseconds = later.milliseconds
        _ = try world.server.tick(at: world.moment)
        #expect(try world.serverValue("reservation", partly, "state").text == "expired")
        let shortage = try #require(try world.serverRecords("exception").first { $0.reference("subject") == partly })
        #expect(shortage.text("state") == "resolved")
        // Asked for when the moment has passed, nothing is kept.
        let late = try company.ask(5, "1", ["expires_at": .text(until.description)]).reservation
        #expect(try world.serverValue("reservation", late, "state").text == "expired")
    }
}
