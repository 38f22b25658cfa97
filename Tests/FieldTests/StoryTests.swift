import Foundation
import Testing
import TruckrollClient
import TruckrollCore
import TruckrollDomain
import TruckrollSync

/// What users of other products complain of, each complaint played through here with a device's own actions. `D9` is the ninth of them.
@Suite("Stories that users of other products tell")
struct StoryTests {
    private func notes(_ office: Office) throws -> [String] { try office.records("note").compactMap { $0.text("text") }.sorted() }

    @Test("D9: a change that failed asks for no new installation, and what a broken device holds goes to the server as a file")
    func thrownAway() async throws {
        let office = try await Office()
        let order = try #require(try await office.dispatch(1).first)
        let device = try await office.device("ana", of: office.world.ana)
        let desk = try await office.device("desk", of: office.world.ben)
        try await device.sync()
        try await desk.sync()
        let number = try #require(try device.read { try $0.identity() }).replica

        try desk.commit("edit") { try $0.patch("service_order", order, ["po_reference": .text("PO of the office")]) }
        try await desk.sync()
        try device.commit("edit") { editor in
            try editor.guardUnchanged("service_order", order, "po_reference")
            try editor.patch("service_order", order, ["po_reference": .text("PO of the field")])
        }
        _ = try device.addNote("behind it", to: order)
        try await device.sync()
        let failed = try device.attention().sets
        #expect(failed.count == 1 && failed.first?.written.map(\.value) == ["PO of the field"])
        #expect(try notes(office) == ["behind it"])
        // Dealt with by a word, and the device is the same as before.
        _ = try device.resolveAttention("\(try #require(failed.first).id.sequence)")
        #expect(try device.attention().isEmpty && device.read { try $0.identity() }?.replica == number)

        for text in ["unsent 1", "unsent 2"] { _ = try device.addNote(text, to: order) }
        _ = try device.record(.accept, on: order)
        let file = try device.exportOutbox()
        #expect(file.waiting == 3)
        try device.close()
        try FileManager.default.removeItem(at: office.directory.appendingPathComponent("ana"))
        let carried = try await desk.carryOutbox(file.bytes)
        #expect(carried.answered - carried.known == 3)
        #expect(try notes(office) == ["behind it", "unsent 1", "unsent 2"] && office.state(of: order) == "accepted")
        // Who brings the file twice brings nothing twice.
        #expect(try await desk.carryOutbox(file.bytes).known == carried.answered)
        #expect(try notes(office).count == 3)
        // On a new device the job is where it was left.
        let next = try await office.device("ana's next", of: office.world.ana)
        try await next.sync()
        #expect(try next.job(order).notes.count == 3 && next.job(order).line.state == .accepted)
        for client in [desk, next] { try client.close() }
    }

    @Test("D10: as long as something has not come the device says so before it leaves, and then it has all that its jobs refer to")
    func incomplete() async throws {
        let office = try await Office(partSize: PartSize(records: 1, bytes: 100_000))
        let orders = try await office.dispatch(2)
        let device = try await office.device("ana", of: office.world.ana)
        var isWarned = false
        var isWhole = false
        while !isWhole {
            // Each time the line breaks after the first answer.
            office.setLine { $0.messagesLeft = 2 }
            isWhole = (try? await device.sync()) != nil
            guard !isWhole else { break }
            #expect(try device.standing().filling != nil)
            for pack in try device.packs(on: try device.today()) {
                #expect(pack.report.verdict == .error && pack.report.findings.contains { $0.code == "pack-view" })
                isWarned = true
            }
        }
        #expect(isWarned)
        office.setLine { $0.messagesLeft = nil }
        let packs = try device.packs(on: try device.today())
        #expect(packs.map(\.job.id) == orders && packs.flatMap(\.report.findings).isEmpty)
        for (place, order) in orders.enumerated() {
            let job = try device.job(order)
            #expect(job.site?.name == "Works 2" && job.customer?.name == "Plant AG")
            #expect(job.assets.map(\.tag) == ["GD-2\(place)"] && job.assets.first?.model == "Sensorik FX-4")
            #expect(job.assets.first?.channels.map(\.gas) == ["Methane"])
        }
        // What a job comes to refer to later comes with it; nobody has to name it in a filter.
        let desk = try await office.device("desk", of: office.world.ben)
        try await desk.sync()
        try desk.commit("edit") {
            try $0.change("service_order", orders[0], "assets", element: .reference(office.world.otherAsset), op: .add)
        }
        try await desk.sync()
        try await device.sync()
        #expect(try device.job(orders[0]).assets.map(\.tag).sorted { ($0 ?? "") < ($1 ?? "") } == ["GD-102", "GD-20"])
        for client in [desk, device] { try client.close() }
    }

    @Test("D11: there is no fixed number of orders: 250 are held and listed, and 40 more are made offline and brought")
    func many() async throws {
        let office = try await Office()
        let desk = try await office.device("desk", of: office.world.ben)
        try await desk.sync()
        for batch in 0..<10 {
            try desk.commit("create") { editor in
                for number in batch * 25..<batch * 25 + 25 {
                    // A minute each, half an hour apart.
                    let (order, starts) = (World.id(UInt64(1000 + number)), Bench.morning + Int64(number) * 31 * 60_000)
                    try editor.create(
                        "service_order", id: order,
                        [
                            "number": .text("L-\(1000 + number)"), "channel": .text("office"), "customer": .reference(office.world.customer),
                            "site": .reference(office.world.site), "kind": .text("repair"), "title": .text("Repair \(number)"),
                            "requested_at": .text(editor.now.description),
                        ])
                    try editor.event(.create, order: order)
                    try editor.event(.submit, order: order)
                    try editor.create(
                        "assignment_request",
                        [
                            "order": .reference(order), "action": .text("assign"), "technician": .reference(office.world.ana),
                            "starts_at": .text(DeviceTime(milliseconds: starts, offsetMinutes: 60).description),
                            "ends_at": .text(DeviceTime(milliseconds: starts + 60_000, offsetMinutes: 60).description),
                        ])
                }
            }
        }
        try await desk.sync()
        let device = try await office.device("ana", of: office.world.ana)
        try await device.sync()
        let held = Set((0..<250).map { "L-\(1000 + $0)" })
        let listed = try device.allJobs()
        #expect(Set(listed.map(\.number)) == held)
        #expect(try device.allJobs(limit: 10).total == 250)
        #expect(try device.job(World.id(1249)).line.title == "Repair 249")
        for number in 0..<40 { _ = try device.createJob(NewJob(site: office.world.site, kind: "repair", title: "Found \(number)")) }
        #expect(try device.allJobs().count == 290 && device.standing().onDevice == 40)
        try await device.sync()
        #expect(try office.records("service_order").count == 290 && device.standing().onDevice == 0 && device.attention().isEmpty)
        for client in [desk, device] { try client.close() }
    }

    @Test("D12: a photo and a signature outlive the end of the app and a broken upload, and the job closes with their bytes, not before")
    func photo() async throws {
        let office = try await Office()
        let order = try #require(try await office.dispatch(1, documents: ["customer_signature"]).first)
        let device = try await office.device("ana", of: office.world.ana)
        try await device.sync()
        let photo = LocalFile(bytes: [0xFF, 0xD8, 0xFF] + [UInt8](repeating: 5, count: 11 << 20), mediaType: "image/jpeg")
        for event in [OrderEvent.accept, .travel, .arrive, .start] { _ = try device.record(event, on: order) }
        for task in try device.job(order).tasks { _ = try device.setTask(task.fact.id, .done) }
        _ = try device.attach(photo, to: order)
        _ = try device.record(.complete, on: order)
        _ = try device.sign(order, .accepted(name: "R. Meier", role: nil, strokes: Bench.strokes), shown: try device.serviceReport(order))
        try device.close()

        let again = try office.open("ana")
        office.setLine { $0.refusesFiles = true }
        await #expect(throws: TransportProblem.self) { try await again.sync() }
        // The facts are there, and what they name is not: the job says which bytes it waits for.
        #expect(try office.state(of: order) == "signed_off" && office.file(photo.sha256) == nil)
        let named = try office.records("attachment").filter { $0.reference("order") == order }
        #expect(named.count == 2 && named.contains { $0["sha256"].bytes == photo.sha256 } && named.allSatisfy { !$0.boolean("stored") })
        #expect(try office.records("signature").map { $0["strokes"] != .null } == [true])
        #expect(try again.standing().attachmentsWaiting == 2 && again.standing().onDevice == 0)
        #expect(try again.job(order).attachments.map(\.isUploaded) == [false, false])

        office.setLine { $0.refusesFiles = false }
        try await again.sync()
        let state = try office.state(of: order)
        #expect(state == "closed")
        let told = try office.records("exception").compactMap { $0.text("text") }
        #expect(told == [])
        #expect(office.file(photo.sha256) == photo.bytes)
        #expect(try again.standing().attachmentsWaiting == 0)
        try again.close()
    }

    @Test("D23: what lies in the van is promised to nobody else and counted at once, and what still lies in the depot is told before the way")
    func van() async throws {
        let office = try await Office()
        let world = office.world
        let order = try #require(try await office.dispatch(1).first)
        let desk = try await office.device("desk", of: world.ben)
        try await desk.sync()
        func reserve(_ quantity: String, at place: RecordID) async throws -> String? {
            let id = RecordID.derived(type: try desk.schema.entity("reservation").type, key: [order.bytes, world.part.bytes, place.bytes])
            try desk.commit("reserve") { editor in
                try editor.create(
                    "reservation", id: id,
                    [
                        "order": .reference(order), "part": .reference(world.part), "location": .reference(place), "quantity": .text(quantity),
                        "requested_by": .reference(editor.user),
                    ])
            }
            try await desk.sync()
            return try office.record("reservation", id)?.text("state")
        }
        #expect(try await reserve("1", at: world.van) == "refused")
        #expect(try await reserve("2", at: world.depot) == "granted")
        let device = try await office.device("ana", of: world.ana)
        try await device.sync()
        let packs = try device.packs(on: try device.today())
        #expect(packs.flatMap(\.report.findings).map(\.text) == ["2 of FILTER-9 lie ready in Depot North."])
        func stock() throws -> [String] {
            let line = try #require(try device.vanStock().first { $0.part == world.part })
            return ["\(line.confirmed)", "\(line.predicted)", "\(line.place)"]
        }
        for event in [OrderEvent.accept, .travel, .arrive, .start] { _ = try device.record(event, on: order) }
        _ = try device.usePart(PartEntry(part: world.part, quantity: try #require(Quantity("2"))), on: order)
        #expect(try stock() == ["5", "3", "onDevice"])
        try await device.sync()
        #expect(try stock() == ["3", "3", "stored"])
        let balance = StockBook.balanceID(try desk.schema.entity("balance"), location: world.van, part: world.part)
        #expect(try office.record("balance", balance)?.text("on_hand") == "3")
        let told = try office.records("exception").compactMap { $0.text("text") }
        #expect(told == [])
        for client in [desk, device] { try client.close() }
    }
}
