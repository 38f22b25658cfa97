import Testing
import TruckrollClient
import TruckrollDomain
import TruckrollSync

struct OrderListTests {
    private let desk: Desk

    init() throws { desk = try Desk() }

    private func numbers(_ change: (inout DispatchOrderFilter) -> Void) throws -> [String] {
        var filter = DispatchOrderFilter()
        change(&filter)
        let calendar = desk.calendar
        return try desk.client.read { try $0.dispatchOrders(filter, calendar) }.map { $0.order.text("number") ?? "" }
    }

    @Test("without a wish the open orders, the most urgent first")
    func open() throws {
        #expect(try numbers { _ in } == ["S-2", "S-3", "S-1"])
        #expect(try numbers { $0.includesClosed = true } == ["S-2", "S-3", "S-1", "S-4"])
    }

    @Test("by state, technician, search and lack of a technician")
    func filters() throws {
        #expect(try numbers { $0.states = [.closed, .ready_to_plan] } == ["S-1", "S-4"])
        #expect(try numbers { $0.technician = Desk.weber } == ["S-2"])
        #expect(try numbers { $0.technician = Desk.wolf } == [])
        #expect(try numbers { $0.search = "PUMP" } == ["S-1"])
        #expect(try numbers { $0.search = "refinery" }.count == 3)
        #expect(try numbers { $0.isUnassigned = true } == ["S-1"])
    }

    @Test("a page begins as the whole list does, and tells how long that is", arguments: 1...4)
    func page(limit: Int) throws {
        var filter = DispatchOrderFilter()
        filter.includesClosed = true
        let calendar = desk.calendar
        let page = try desk.client.read { [filter] in try $0.dispatchOrders(filter, calendar, limit: limit) }
        #expect(page.lines.map { $0.order.text("number") ?? "" } == Array(["S-2", "S-3", "S-1", "S-4"].prefix(limit)))
        #expect(page.total == 4)
    }

    @Test("a day shows what touches it, and an appointment that ends at midnight does not")
    func day() throws {
        for (day, expected) in [("2026-11-23", ["S-2"]), ("2026-11-24", ["S-3"]), ("2026-11-25", ["S-3"]), ("2026-11-26", [])] {
            let date = try desk.calendar.day(day)
            #expect(try numbers { $0.day = date } == expected, "\(day)")
        }
    }

    @Test("the board has a row for everybody and reaches over midnight")
    func board() throws {
        let calendar = desk.calendar
        let day = try desk.client.read { try DispatchDay(try calendar.day("tomorrow"), $0, calendar) }
        #expect(day.rows.map { $0.technician.text("name") } == ["Anna Weber", "Anna Wölf", "Jan Novák"])
        #expect(day.rows[2].stops.map(\.minutes) == [1350..<1470])
        #expect(day.rows[2].plannedMinutes == 90)
    }
}
