import Dispatch
import Synchronization
import Testing
import TruckrollCore
import TruckrollDomain
import TruckrollProtocol
import TruckrollSync

@Suite("Many who ask for the same stock at once")
struct ReservationRaceTests {
    private static let (devices, orders) = (10, 100)

    @Test("D16: a thousand who ask at once for a hundred pieces get exactly a hundred, and those who wait are served in the order of the log")
    func race() throws {
        let company = try Company()
        let world = company.world
        try receive("99", company)
        let entity = try world.schema.entity("reservation")
        let devices = try (0..<Self.devices).map { try world.device("desk \($0)", user: company.dora.user) }
        for (number, device) in devices.enumerated() {
            for order in (0..<Self.orders).map({ RecordID(high: 0xACE, low: UInt64(number * Self.orders + $0)) }) {
                try world.commit(device) { editor in
                    try editor.create(
                        "service_order", id: order,
                        [
                            "number": .text("R-\(order.low)"), "channel": .text("office"),
                            "customer": try editor.view("service_order", company.order)?["customer"] ?? .null, "site": .reference(company.site),
                            "kind": .text("repair"), "title": .text("Repair"), "requested_at": .text(editor.now.description),
                            "priority": .text("normal"),
                        ])
                    try editor.create(
                        "reservation",
                        id: RecordID.derived(type: entity.type, key: [order.bytes, company.part.bytes, company.depot.bytes]),
                        [
                            "order": .reference(order), "part": .reference(company.part), "location": .reference(company.depot),
                            "quantity": .text("1"), "requested_by": .reference(editor.user),
                        ])
                }
            }
        }
        let moment = world.moment
        let server = world.server
        let failures = Mutex<[String]>([])
        let sides = devices.map { (engine: $0.engine, replica: $0.replica) }
        DispatchQueue.concurrentPerform(iterations: sides.count) { index in
            do {
                var conversation = SyncConversation(sides[index].engine)
                while case .sync(let request)? = try conversation.next() {
                    let reply = try server.sync(request, replica: sides[index].replica, at: moment)
                    try conversation.receive(.sync(reply), sentAt: moment.milliseconds, receivedAt: moment.milliseconds)
                }
            } catch { failures.withLock { $0.append("\(error)") } }
        }
        #expect(failures.withLock { $0 } == [])
        func states() throws -> [String: Int] {
            Dictionary(grouping: try world.serverRecords("reservation"), by: { $0.text("state") ?? "" }).mapValues(\.count)
        }
        let balance = StockBook.balanceID(try world.schema.entity("balance"), location: company.depot, part: company.part)
        func balances() throws -> [String?] { try ["on_hand", "reserved", "backordered"].map { try world.serverValue("balance", balance, $0).text } }
        #expect(try states() == ["granted": 100, "backordered": 900])
        #expect(try balances() == ["100", "100", "900"])
        try receive("10", company)
        #expect(try states() == ["granted": 110, "backordered": 890])
        #expect(try balances() == ["110", "110", "890"])
        // Whoever was granted had asked before everybody who still waits.
        var asked: [String: [Position]] = [:]
        for view in try world.serverRecords("reservation") {
            let version = try #require(view.record.entries.first?.version.writeID)
            asked[view.text("state") ?? "", default: []].append(try #require(try server.store.read { try $0.admitted(version)?.position }))
        }
        #expect(try #require(asked["granted"]?.max()) < #require(asked["backordered"]?.min()))
    }

    private func receive(_ quantity: String, _ company: Company) throws {
        try company.world.commit(company.world.importer) { editor in
            try editor.create(
                "stock_entry",
                [
                    "part": .reference(company.part), "to": .reference(company.depot), "quantity": .text(quantity), "reason": .text("receipt"),
                    "at": .text(editor.now.description),
                ])
        }
        try company.world.sync(company.world.importer)
    }
}
