import Testing
import TruckrollClient
import TruckrollCore
import TruckrollDomain
import TruckrollSync

@Suite("Readings and their corrections")
struct ReadingTests {
    private func entry(
        _ bench: Bench, _ phase: CalibrationReading.Phase, _ indicated: String, corrects: RecordID? = nil, point: CalibrationPoint = .span
    ) -> ReadingEntry {
        var entry = ReadingEntry(
            channel: bench.world.channel, phase: phase, point: point, applied: point == .zero ? "0" : "50", indicated: indicated,
            cylinder: corrects == nil && point == .span ? "CYL-50" : nil)
        entry.corrects = corrects
        return entry
    }

    private func record(_ bench: Bench, _ entry: ReadingEntry) throws -> RecordID {
        try #require(try bench.client.recordReading(entry, on: bench.world.order).record)
    }

    private func problem(_ bench: Bench, _ entry: ReadingEntry) -> DeviceProblem? {
        do { _ = try bench.client.recordReading(entry, on: bench.world.order) } catch { return error as? DeviceProblem }
        return nil
    }

    @Test("a slip corrected after the adjustment keeps its time and its cylinder, and the certificate takes the corrected value")
    func corrected() throws {
        let bench = try Bench(state: .in_progress)
        let slip = try record(bench, entry(bench, .asFound, "74"))
        _ = try record(bench, entry(bench, .adjusted, "50"))
        _ = try record(bench, entry(bench, .asLeft, "50"))
        _ = try record(bench, entry(bench, .asFound, "1", point: .zero))
        _ = try record(bench, entry(bench, .asLeft, "0", point: .zero))
        // The zero's as found was read after the adjustment, by mistake; nothing but a time of its own mends that.
        var late = entry(bench, .asFound, "1", corrects: try bench.client.job(bench.world.order).readings[3].fact.id, point: .zero)
        late.at = try bench.client.job(bench.world.order).readings[0].fact.at
        _ = try record(bench, late)
        let recorded = try bench.client.recordReading(entry(bench, .asFound, "47", corrects: slip), on: bench.world.order)
        #expect(!recorded.notices.contains { $0.contains("proves nothing") })

        let readings = try bench.client.job(bench.world.order).readings
        let (old, new) = (
            try #require(readings.first { $0.fact.id == slip }), try #require(readings.first { $0.fact.id == recorded.record })
        )
        #expect(old.isCorrected && old.indicated == "74")
        #expect(!new.isCorrected && new.corrects == slip && new.cylinder == "CYL-50")
        #expect(new.fact.at == old.fact.at)
        let issued = try bench.client.certify(CertificateRequest(order: bench.world.order, asset: bench.world.asset))
        #expect(issued.content.channels.first?.points.first { $0.point == .span }?.asFound?.indicated == "47")
        #expect(try bench.client.job(bench.world.order).history.count { $0.kind == "reading" } == 7)
    }

    @Test("a correction names a reading of this job that stands")
    func refusals() throws {
        let bench = try Bench(state: .in_progress)
        let slip = try record(bench, entry(bench, .asFound, "74"))
        let second = try record(bench, entry(bench, .asFound, "47", corrects: slip))
        let again = problem(bench, entry(bench, .asFound, "48", corrects: slip))
        #expect(again?.code == "value-unfit" && again?.next.contains("--corrects \(second.short)") == true)
        var elsewhere = entry(bench, .asFound, "48", corrects: second)
        #expect(problem(bench, elsewhere) == nil)
        elsewhere.corrects = try bench.client.recordReading(entry(bench, .asFound, "48"), on: bench.world.secondOrder).record
        #expect(problem(bench, elsewhere)?.code == "value-unfit")
        var future = entry(bench, .asFound, "47")
        future.at = DeviceTime("2026-11-24T08:00:00+01:00")
        #expect(problem(bench, future)?.code == "value-unfit")
    }

    @Test("a second reading of a point says that both stand and how to replace the first")
    func duplicate() throws {
        let bench = try Bench(state: .in_progress)
        let first = try record(bench, entry(bench, .asFound, "74"))
        let second = try bench.client.recordReading(entry(bench, .asFound, "47"), on: bench.world.order)
        #expect(second.notices.contains { $0.contains("both stand") && $0.contains("--corrects \(first.short)") })
        #expect(try !bench.client.job(bench.world.order).readings.contains(where: \.isCorrected))
    }

    @Test("readings of one second follow one another as they were written down, a correction in the place of what it corrects")
    func oneSecond() throws {
        let bench = try Bench(state: .in_progress)
        let second = DeviceTime("2026-11-23T08:00:00+01:00")
        func take(_ phase: CalibrationReading.Phase, _ indicated: String, _ point: CalibrationPoint, corrects: RecordID? = nil) throws -> RecordID {
            var entry = entry(bench, phase, indicated, corrects: corrects, point: point)
            entry.at = second
            return try record(bench, entry)
        }
        let slip = try take(.asFound, "74", .span)
        _ = try take(.asFound, "1", .zero)
        _ = try take(.adjusted, "50", .span)
        _ = try take(.asLeft, "0", .zero)
        _ = try take(.asLeft, "50", .span)
        _ = try take(.asFound, "47", .span, corrects: slip)
        let issued = try bench.client.certify(CertificateRequest(order: bench.world.order, asset: bench.world.asset))
        #expect(issued.content.channels.first?.points.first { $0.point == .span }?.asFound?.indicated == "47")
    }

    @Test(
        "a value far outside the channel's range is asked about, and recorded when it is meant",
        arguments: [("1000000000", true), ("201", true), ("-101", true), ("200", false), ("-100", false), ("-1", false)])
    func doubtful(indicated: String, isDoubtful: Bool) throws {
        let bench = try Bench(state: .in_progress)
        var entry = entry(bench, .asFound, indicated)
        #expect((problem(bench, entry)?.code == "doubtful") == isDoubtful)
        entry.isCertain = true
        #expect(problem(bench, entry) == nil)
    }

    @Test("a correction of time, parts or a finding keeps the time of what it corrects")
    func otherFacts() throws {
        let bench = try Bench(state: .in_progress)
        let order = bench.world.order
        let labour = try #require(try bench.client.addLabour(.work, on: order, seconds: 600).record)
        _ = try bench.client.addLabour(.work, on: order, seconds: 900, corrects: labour)
        var part = PartEntry(part: bench.world.part, quantity: Quantity(millionths: 2_000_000))
        part.corrects = try bench.client.usePart(part, on: order).record
        _ = try bench.client.usePart(part, on: order)
        let finding = try #require(try bench.client.recordFinding("Filter dirty", severity: .minor, on: order).record)
        _ = try bench.client.recordFinding("Filter torn", severity: .major, on: order, corrects: finding)
        let job = try bench.client.job(order)
        for times in [job.labour.map(\.fact.at), job.parts.map(\.fact.at), job.findings.map(\.fact.at)] {
            #expect(times.count == 2 && times[0] == times[1])
        }
        #expect(job.labour.map(\.isCorrected) == [true, false])
    }
}
