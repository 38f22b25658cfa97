import Testing
import TruckrollClient
import TruckrollCore
import TruckrollDomain
import TruckrollSync

struct LookupTests {
    private let desk: Desk

    init() throws { desk = try Desk() }

    private func code(_ body: (DispatchLookup) throws -> RecordView) throws -> String {
        try desk.client.read { reader in
            do { return "\(try body(DispatchLookup(reader)).id.low)" } catch let problem as DeviceProblem { return problem.code }
        }
    }

    @Test(
        "a technician is found by number, name or part, and never guessed",
        arguments: [
            ("T1", "11"), ("t1", "11"), ("T10", "13"), ("Anna Weber", "11"), ("weber", "11"), ("NOVAK", "13"), ("wolf", "12"), (" Novák ", "13"),
            ("anna", "ambiguous"), ("nobody", "not-found"), ("Dora", "not-found"), ("", "not-found"),
            ("  ", "not-found"),
        ])
    func technicians(text: String, expected: String) throws {
        #expect(try code { try $0.technician(text) } == expected)
    }

    @Test(
        "an order is found by number, a part of it, or id",
        arguments: [("S-1", "41"), ("s-1", "41"), ("-4", "44"), ("S-", "ambiguous"), ("9", "not-found")])
    func orders(text: String, expected: String) throws {
        #expect(try code { try $0.order(text) } == expected)
        #expect(try code { try $0.order("\(Desk.started)") } == "42")
    }

    @Test("customer, site and asset")
    func places() throws {
        let customer = try desk.client.read { try DispatchLookup($0).customer("refinery") }
        #expect(customer.id == Desk.customer)
        #expect(try code { try $0.site("graz", of: customer) } == "32")
        #expect(try code { try $0.site(nil, of: customer) } == "site-ambiguous")
        #expect(try code { try $0.asset("at-1", at: Desk.site) } == "51")
        #expect(try code { try $0.asset("at-1", at: Desk.otherSite) } == "not-found")
    }
}
