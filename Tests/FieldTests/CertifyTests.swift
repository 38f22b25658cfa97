import Testing
import TruckrollClient
import TruckrollCore
import TruckrollDomain
import TruckrollSync

@Suite("Certificates made on the device")
struct CertifyTests {
    private func problem(_ bench: Bench, _ change: (inout CertificateRequest) -> Void = { _ in }) -> DeviceProblem? {
        var request = CertificateRequest(order: bench.world.order, asset: bench.world.asset)
        change(&request)
        do { _ = try bench.client.certify(request) } catch { return error as? DeviceProblem }
        return nil
    }

    @Test("a signed-off job with one asset is certified by its certificate, which is final, signed and numbered")
    func happy() throws {
        let bench = try Bench()
        try bench.workThrough()
        #expect(try bench.client.job(bench.world.order).line.state == .signed_off)
        let issued = try bench.client.certify(CertificateRequest(order: bench.world.order, asset: bench.world.asset))
        #expect(issued.number.hasPrefix("ACME-2026-D7-000001-"))
        #expect(issued.content.outcome == .pass || issued.content.outcome == .conditionalPass)
        #expect(issued.orderIsCertified)
        let job = try bench.client.job(bench.world.order)
        #expect(job.line.state == .certified)
        #expect(job.certificates.map(\.fact.place) == [.onDevice])
        let id = try #require(issued.recorded.record)
        #expect(try bench.client.certificate(id).isIntact)
        let view = try #require(try bench.client.read { try $0.view("certificate", id) })
        let content = try #require(view["content"].bytes)
        #expect(
            Signatures.isValid(
                try #require(view["device_signature"].bytes), of: CertificateSignature.message(for: content), algorithm: .p256,
                publicKey: bench.key.publicKey))
        #expect(try CertificateContent(canonicalBytes: content).hash.bytes == view["content_hash"].bytes)
    }

    @Test("a customer's acceptance is bound to the hash of what was shown")
    func accepted() throws {
        let bench = try Bench()
        try bench.workThrough()
        var request = CertificateRequest(order: bench.world.order, asset: bench.world.asset)
        request.acceptedBy = ("R. Meier", "shift leader", Bench.strokes)
        let issued = try bench.client.certify(request)
        #expect(issued.content.isAcceptanceBound)
        #expect(issued.content.acceptance?.strokes == Bench.strokes)
        #expect(try bench.client.job(bench.world.order).signatures.last?.documentHash == issued.content.acceptance?.shownHash.bytes)
    }

    @Test("an acceptance by word of mouth is no signature: the certificate says that none was taken")
    func unsigned() throws {
        let bench = try Bench(state: .in_progress)
        try bench.readAll()
        var request = CertificateRequest(order: bench.world.order, asset: bench.world.asset)
        request.acceptedBy = ("R. Meier", "shift leader", [])
        let issued = try bench.client.certify(request)
        #expect(issued.content.isAcceptanceBound)
        #expect(issued.content.acceptance?.words == "accepted by R. Meier, shift leader; no signature was taken")
        #expect(try bench.client.job(bench.world.order).signatures.isEmpty)
    }

    @Test("before the customer signed there is only the certificate")
    func early() throws {
        let bench = try Bench(state: .in_progress)
        try bench.readAll()
        let issued = try bench.client.certify(CertificateRequest(order: bench.world.order, asset: bench.world.asset))
        #expect(!issued.orderIsCertified)
        #expect(try bench.client.job(bench.world.order).line.state == .in_progress)
    }

    @Test("a next calibration before this one is refused, with what to do; what was agreed is in the content")
    func next() throws {
        let bench = try Bench(state: .in_progress)
        try bench.readAll()
        let refusal = problem(bench) { $0.agreedNext = "2020-01-01" }
        #expect(refusal?.code == "certificate" && refusal?.detail.contains("2020-01-01") == true)
        #expect(refusal?.detail.contains("leave the date out") == true)
        var request = CertificateRequest(order: bench.world.order, asset: bench.world.asset)
        request.agreedNext = "2027-11-23"
        #expect(try bench.client.certify(request).content.nextCalibration == "2027-11-23")
    }

    @Test("refused with everything that stands in the way, and no number is spent")
    func refusals() throws {
        let bench = try Bench(state: .in_progress)
        #expect(problem(bench)?.code == "certificate")
        #expect(problem(bench)?.detail.contains("no channels with readings") == true || problem(bench)?.detail.contains("as-left") == true)
        try bench.readAll(cylinder: "CYL-OLD")
        #expect(problem(bench)?.detail.contains("expired") == true)
        #expect(try bench.client.read { try $0.state().lastDocument } == 0)
        #expect(try bench.client.job(bench.world.order).certificates.isEmpty)
    }

    @Test("a reading with the wrong gas is named: where a result rests on it as a refusal, where it was repeated as a remark")
    func wrongGas() throws {
        let propane = World.id(60)
        let bench = try Bench(state: .in_progress) { drafts, world in
            drafts.append(
                RecordDraft(
                    "reference_gas", id: propane,
                    [
                        "cylinder": .text("CYL-C3H8"), "lot": .text("L8"), "maker": .text("Gasmaker"), "cas": .text("74-98-6"),
                        "gas_name": .text("Propane"), "concentration": .text("2.2"), "unit": .text("%vol"), "uncertainty": .text("0.02"),
                        "coverage_factor": .text("2"), "certificate": .text("GC-2"), "certified_on": .text("2025-06-01"),
                        "expires_on": .text("2027-06-30"), "withdrawn": .text("no"), "location": world.ref(world.van),
                    ]))
        }
        try bench.readAll()
        var entry = ReadingEntry(
            channel: bench.world.channel, phase: .asLeft, point: .span, applied: "50", indicated: "50", cylinder: "CYL-C3H8")
        _ = try bench.client.recordReading(entry, on: bench.world.order)
        #expect(problem(bench)?.detail.contains("CYL-C3H8 (Propane) is not certified for Methane") == true)
        #expect(problem(bench)?.detail.contains("as-left span of channel 1") == true)
        entry.cylinder = "CYL-50"
        _ = try bench.client.recordReading(entry, on: bench.world.order)
        let issued = try bench.client.certify(CertificateRequest(order: bench.world.order, asset: bench.world.asset))
        #expect(issued.recorded.notices.contains { $0.contains("CYL-C3H8 (Propane)") && $0.contains("No result rests on it") })
    }

    @Test("a correction takes the wrong gas off the list")
    func correctedGas() throws {
        let bench = try Bench(state: .in_progress)
        var entry = ReadingEntry(
            channel: bench.world.channel, phase: .asFound, point: .span, applied: "50", indicated: "47", cylinder: "CYL-OLD")
        entry.corrects = try bench.client.recordReading(entry, on: bench.world.order).record
        #expect(problem(bench)?.detail.contains("CYL-OLD (Methane) expired on 2026-06-30") == true)
        entry.cylinder = "CYL-50"
        _ = try bench.client.recordReading(entry, on: bench.world.order)
        try bench.readAll()
        let issued = try bench.client.certify(CertificateRequest(order: bench.world.order, asset: bench.world.asset))
        #expect(!issued.recorded.notices.contains { $0.contains("CYL-OLD") })
    }

    @Test("a failed item left in service is refused, and one out of service certified as failed")
    func failed() throws {
        let bench = try Bench(state: .in_progress)
        try bench.readAll(spanLeft: "30")
        #expect(problem(bench)?.code == "certificate")
        _ = try bench.client.setFitness(bench.world.asset, "quarantined", reason: "does not hold its tolerance", order: bench.world.order)
        let issued = try bench.client.certify(CertificateRequest(order: bench.world.order, asset: bench.world.asset))
        #expect(issued.content.outcome == .fail)
        #expect(!issued.content.leftInService)
    }

    @Test("nothing is certified without a qualification that was valid that day", arguments: [nil, "2026-01-31"])
    func qualification(validTo: String?) throws {
        let bench = try Bench(state: .in_progress) { drafts, world in
            drafts.removeAll { $0.entity == "qualification" }
            if let validTo { drafts.append(world.qualification(validTo)) }
        }
        try bench.readAll()
        #expect(problem(bench)?.detail.contains("qualification") == true)
    }

    @Test("a second certificate of the asset needs a reason and names the first")
    func superseding() throws {
        let bench = try Bench(state: .in_progress)
        try bench.readAll()
        #expect(problem(bench) { $0.supersedeReason = "typo" }?.code == "certificate")
        let first = try bench.client.certify(CertificateRequest(order: bench.world.order, asset: bench.world.asset))
        #expect(problem(bench)?.code == "already-certified")
        var request = CertificateRequest(order: bench.world.order, asset: bench.world.asset)
        request.supersedeReason = "wrong condition"
        request.condition = "clean"
        let second = try bench.client.certify(request)
        #expect(second.content.revision == 1)
        #expect(second.content.supersedes?.number == first.number)
        let (old, new) = (try #require(first.recorded.record), try #require(second.recorded.record))
        #expect(try bench.client.certificate(old).line.isSuperseded && !bench.client.certificate(new).line.isSuperseded)
        #expect(try bench.client.job(bench.world.order).certificates.map(\.isSuperseded) == [true, false])
    }
}
