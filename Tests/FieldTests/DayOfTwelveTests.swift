import Testing
import TruckrollClient
import TruckrollCore
import TruckrollDomain
import TruckrollSync

@Suite("A day without a network")
struct DayOfTwelveTests {
    /// Does a job from the way to it up to its certificate.
    private func work(_ device: DeviceClient, _ order: RecordID, _ place: Int) throws {
        for event in [OrderEvent.accept, .travel, .arrive] { _ = try device.record(event, on: order) }
        _ = try device.addLabour(.travel, on: order, seconds: 600)
        _ = try device.record(.start, on: order)
        try device.startLabour(.work, on: order)
        for (phase, zero, span) in [(CalibrationReading.Phase.asFound, "1", "47"), (.asLeft, "0", "50")] {
            let channel = Office.channel(place)
            _ = try device.recordReading(ReadingEntry(channel: channel, phase: phase, point: .zero, applied: "0", indicated: zero), on: order)
            _ = try device.recordReading(
                ReadingEntry(channel: channel, phase: phase, point: .span, applied: "50", indicated: span, cylinder: "CYL-50"), on: order)
        }
        for task in try device.job(order).tasks { _ = try device.setTask(task.fact.id, .done) }
        _ = try device.attach(photo(place), to: order, asset: Office.asset(place))
        _ = try device.stopLabour()
        _ = try device.record(.complete, on: order)
        _ = try device.sign(
            order, .accepted(name: "R. Meier", role: "shift leader", strokes: Bench.strokes), shown: try device.serviceReport(order))
        #expect(try device.certify(CertificateRequest(order: order, asset: Office.asset(place))).orderIsCertified)
    }

    private func photo(_ place: Int) -> LocalFile {
        LocalFile(
            bytes: [0xFF, 0xD8, 0xFF, UInt8(place)] + [UInt8](repeating: UInt8(place), count: 20_000), mediaType: "image/jpeg", caption: "The plate")
    }

    @Test("D21: a day of 12 jobs with photos needs no network after one sync, and one more brings all of it")
    func day() async throws {
        let office = try await Office()
        let orders = try await office.dispatch(12)
        let device = try await office.device("ana", of: office.world.ana)
        try await device.sync()

        office.setLine { $0.isForbidden = true }
        let packs = try device.packs(on: try device.today())
        #expect(packs.map(\.job.id) == orders)
        #expect(packs.flatMap(\.report.findings).map(\.text) == [])
        for (place, order) in orders.enumerated() {
            try work(device, order, place)
            let job = try device.job(order)
            #expect(job.line.state == .certified && job.line.place == .onDevice)
            #expect(job.tasks.map { $0.settled?.place } == [.onDevice, .onDevice])
            let facts = [
                job.labour.map(\.fact), job.readings.map(\.fact), job.attachments.map(\.fact), job.signatures.map(\.fact),
                job.certificates.map(\.fact), job.events.map(\.fact).filter { $0.by == "Ana Torres" },
            ]
            #expect(facts.map(\.count) == [2, 4, 2, 1, 1, 7])
            #expect(facts.joined().allSatisfy { $0.place == .onDevice })
            #expect(job.attachments.allSatisfy { $0.isHere && !$0.isUploaded })
        }
        let before = try device.standing()
        #expect(before.sent == 0 && before.stored == 0 && before.onDevice > 12 * 15 && before.attachmentsWaiting == 24)
        #expect(try orders.allSatisfy { try office.state(of: $0) == "dispatched" })

        office.setLine { $0.isForbidden = false }
        let report = try await device.sync()
        #expect(report.needAttention == 0 && report.attachmentsSent == 24)
        for (place, order) in orders.enumerated() {
            let state = try office.state(of: order)
            #expect(state == "closed", "job \(place)")
            #expect(office.file(photo(place).sha256) == photo(place).bytes)
        }
        let told = try office.records("exception").compactMap { $0.text("text") }
        #expect(told == [])
        let certificates = try office.records("certificate")
        #expect(certificates.count == 12 && certificates.allSatisfy { $0.text("state") == "registered" })
        #expect(try office.records("attachment").allSatisfy { $0.boolean("stored") })
        let after = try device.standing()
        #expect(after.onDevice == 0 && after.sent == 0 && after.stored == before.onDevice)
        #expect(after.attachmentsWaiting == 0 && after.waitsForUser == 0)
        try device.close()
    }
}
