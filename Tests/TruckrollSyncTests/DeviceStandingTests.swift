import Testing
import TruckrollCore
import TruckrollDomain
import TruckrollProtocol
import TruckrollSync

@Suite("How devices stand")
struct DeviceStandingTests {
    let company: Company
    var world: World { company.world }

    init() throws { company = try Company() }

    private func standing(_ device: World.Device) throws -> PBDeviceStanding {
        let reply = try world.server.devices(for: company.dora.replica, at: world.moment)
        return try #require(reply.devices.first { $0.replica == device.replica.rawValue })
    }

    /// A request as a device makes it that does not send all it has.
    private func ask(_ device: World.Device, holding unsent: UInt32, _ change: (inout PBSyncRequest) -> Void = { _ in }) throws {
        var request = try device.engine.nextRequest()
        request.push = []
        request.unsent = unsent
        change(&request)
        _ = try world.server.sync(request, replica: device.replica, at: world.moment)
    }

    @Test("93: the office sees up to which moment a device has everything, and whether anything it shows has changed since")
    func age() throws {
        try world.sync(company.anna)
        try world.sync(company.anna)
        let before = try standing(company.anna)
        #expect(before.current && before.heardAt == UInt64(world.milliseconds) && before.orders == 1)
        // Of another's concern nothing has to come.
        try world.commit(company.dora) { try $0.patch("user", company.dora.user, ["phone": .text("1")]) }
        world.milliseconds += 3_600_000
        let changed = UInt64(world.milliseconds)
        try world.commit(company.dora) { try $0.patch("service_order", company.order, ["title": .text("Calibrate twice")]) }
        try world.sync(company.dora)
        world.milliseconds += 3_600_000
        let stale = try standing(company.anna)
        #expect(!stale.current && stale.heardAt == before.heardAt && stale.asOf <= before.heardAt && stale.asOf > 0)
        try world.sync(company.anna)
        try world.sync(company.anna)
        let after = try standing(company.anna)
        #expect(after.current && after.asOf > changed)
    }

    @Test("D20: what a device has told that it still holds is there for the office until it has come, and since when")
    func held() throws {
        try ask(company.anna, holding: 0)
        #expect(try standing(company.anna).unsent == 0)
        let since = UInt64(world.milliseconds)
        try ask(company.anna, holding: 3) {
            $0.report.oldestUnsent = since - 60_000
            ($0.report.files, $0.report.fileBytes, $0.report.software, $0.report.clock) = (2, 3_000, "field 1\u{7}", since + 600_000)
        }
        world.milliseconds += 5_000
        try ask(company.anna, holding: 1)
        let told = try standing(company.anna)
        #expect(told.unsent == 1 && told.heldSince == since)
        try ask(company.anna, holding: 1) {
            ($0.report.files, $0.report.clock, $0.report.software) = (2, UInt64(world.milliseconds) - 90_000, "field 1\u{7}")
        }
        let files = try standing(company.anna)
        #expect(files.files == 2 && files.skew == -90_000 && files.software == "field 1")
        try ask(company.anna, holding: 0)
        let over = try standing(company.anna)
        #expect(over.unsent == 0 && over.heldSince == 0 && over.files == 0)
    }

    @Test("a device tells by itself since when it holds something")
    func oldest() throws {
        try world.sync(company.anna)
        try world.commit(company.anna) { editor in
            try editor.create(
                "note", ["order": .reference(company.order), "text": .text("A"), "at": .text(editor.now.description), "by": .reference(editor.user)])
        }
        let request = try company.anna.engine.nextRequest(pushBytes: 0)
        #expect(request.push.count == 1 && request.report.oldestUnsent == 0)
        let made = world.milliseconds
        for _ in 0..<2 {
            try world.commit(company.anna) { editor in
                try editor.create(
                    "note",
                    ["order": .reference(company.order), "text": .text("B"), "at": .text(editor.now.description), "by": .reference(editor.user)])
            }
        }
        let later = try company.anna.engine.nextRequest(pushBytes: 0)
        #expect(later.unsent == 2 && later.report.oldestUnsent == UInt64(made + 1000))
    }

    @Test("what arrives of a device's files is taken off what it holds")
    func arrives() throws {
        let hash = [UInt8](repeating: 7, count: 32)
        try world.commit(company.anna) { editor in
            try editor.create(
                "attachment",
                [
                    "sha256": .bytes(hash), "media_type": .text("image/jpeg"), "size": .integer(1_000), "order": .reference(company.order),
                    "taken_at": .text(editor.now.description), "by": .reference(editor.user),
                ])
        }
        try world.sync(company.anna)
        try ask(company.anna, holding: 0) { ($0.report.files, $0.report.fileBytes) = (2, 1_500) }
        try world.server.attachmentStored(hash, by: company.anna.replica, at: world.moment)
        let left = try standing(company.anna)
        #expect(left.files == 1 && left.fileBytes == 500)
    }

    @Test("how others' devices stand is not for technicians")
    func office() throws {
        #expect(throws: EngineProblem("not-allowed", "How devices stand is for the office.", next: "Ask the dispatcher.")) {
            try world.server.devices(for: company.anna.replica, at: world.moment)
        }
    }
}
