import Foundation
import Testing
import TruckrollCore
import TruckrollDomain
import TruckrollSync

@Suite("The register of certificates")
struct CertificateRegisterTests {
    let company: Company
    var world: World { company.world }

    init() throws {
        company = try Company()
        try company.assign(company.benUser)
        for device in [company.anna, company.ben] { try world.sync(device) }
    }

    @discardableResult
    private func issue(_ number: String, _ content: [UInt8], hash: [UInt8]? = nil, revision: Int64 = 0, by device: World.Device) throws -> RecordID {
        let id = world.id()
        try world.commit(device) { editor in
            try editor.create(
                "certificate", id: id,
                [
                    "number": .text(number), "kind": .text("calibration_certificate"), "revision": .integer(revision),
                    "order": .reference(company.order), "asset": .reference(company.asset), "content": .bytes(content),
                    "content_hash": .bytes(hash ?? ContentDigest.sha256(content)), "device_signature": .bytes([UInt8](repeating: 0, count: 64)),
                    "device": .bytes([UInt8](repeating: 0, count: 16)), "issued_at": .text(editor.now.description),
                    "by": .reference(editor.user),
                ])
        }
        try world.sync(device)
        return id
    }

    private func state(_ id: RecordID) throws -> String? { try world.serverValue("certificate", id, "state").text }
    private func conflicts() throws -> [RecordView] {
        try world.serverRecords("exception").filter { $0.text("kind") == "series_conflict" }
    }

    @Test("a number and revision stand for the first content; another one is kept, not registered, and quality is told")
    func twoContents() throws {
        let first = try issue("ACME-D07-000001-K7QX", [1], by: company.anna)
        let second = try issue("ACME-D07-000001-K7QX", [2], by: company.ben)
        #expect(try state(first) == "registered")
        #expect(try state(second) == "unregistered")
        #expect(try world.serverValue("certificate", second, "content") == .bytes([2]))
        let conflict = try #require(try conflicts().first)
        #expect(try conflicts().count == 1)
        #expect(conflict.text("owner") == "quality")
        #expect(conflict.reference("about") == company.benUser)
        // The device that issued it learns it, and nothing of it is taken away there.
        #expect(try world.value(company.ben, "certificate", second, "state") == .text("unregistered"))
        #expect(try world.value(company.ben, "certificate", second, "content") == .bytes([2]))
    }

    @Test(
        "an instrument that was left out of tolerance is told to quality, one within it is not",
        arguments: ["pass", "conditionalPass", "conditionalFail", "fail"])
    func leftOutOfTolerance(outcome: String) throws {
        let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../Protocol/vectors/certificate-contents.json")
        let vectors = try #require(try JSONSerialization.jsonObject(with: Data(contentsOf: file)) as? [[String: Any]])
        let whole = try #require(vectors.first { $0["name"] as? String == "whole" }?["content"] as? String)
        let content = Array(whole.replacing("\"outcome\":\"pass\"", with: "\"outcome\":\"\(outcome)\"").utf8)
        try #require(try CertificateContent(canonicalBytes: content).outcome.rawValue == outcome)
        try issue("ACME-D07-000001-K7QX", content, by: company.anna)
        let told = try world.serverRecords("exception").filter { $0.text("kind") == "failed_calibration" }
        #expect(told.map { $0.text("owner") } == (outcome.hasSuffix("ail") ? ["quality"] : []))
        #expect(told.allSatisfy { $0.reference("subject") == company.asset })
    }

    @Test("two that differ in their check characters alone, as of a copied device, are both registered, and quality is told")
    func copiedDevice() throws {
        let first = try issue("ACME-D07-000001-K7QX", [1], by: company.anna)
        let second = try issue("ACME-D07-000001-9ABC", [2], by: company.ben)
        #expect(try state(first) == "registered")
        #expect(try state(second) == "registered")
        #expect(try conflicts().count == 1)
    }

    @Test("the same content once more, or a further revision of the number, is no conflict")
    func again() throws {
        for revision in [Int64(0), 0, 1] {
            let id = try issue("ACME-D07-000001-K7QX", [UInt8(revision)], revision: revision, by: company.anna)
            #expect(try state(id) == "registered")
        }
        #expect(try conflicts().isEmpty)
    }

    @Test("what is not registered is replaced by nothing, whichever comes first", arguments: [true, false])
    func replacement(isLater: Bool) throws {
        let taken = try issue("ACME-D07-000001-K7QX", [1], by: company.anna)
        let (former, next) = (world.id(), world.id())
        func replace(_ id: RecordID, _ number: String, _ content: [UInt8], supersedes: RecordID?) throws {
            try world.commit(company.ben) { editor in
                var fields = try #require(try editor.view("certificate", taken)).fields(["kind", "order", "asset", "device_signature", "device"])
                fields["number"] = .text(number)
                fields["revision"] = .integer(supersedes == nil ? 0 : 1)
                fields["content"] = .bytes(content)
                fields["content_hash"] = .bytes(ContentDigest.sha256(content))
                fields["issued_at"] = .text(editor.now.description)
                fields["by"] = .reference(editor.user)
                fields["supersedes"] = supersedes.map { .reference($0) }
                try editor.create("certificate", id: id, fields)
            }
        }
        try world.sync(company.ben)
        if isLater { try replace(former, "ACME-D07-000001-K7QX", [2], supersedes: nil) }
        try replace(next, "ACME-D09-000001-AAAA", [3], supersedes: former)
        if !isLater { try replace(former, "ACME-D07-000001-K7QX", [2], supersedes: nil) }
        try world.sync(company.ben)
        #expect(try state(taken) == "registered")
        #expect(try state(former) == "unregistered")
        #expect(try state(next) == "registered")
    }

    @Test("a content that is not what its hash says is kept and not registered, and certifies nothing")
    func otherContent() throws {
        let id = try issue("ACME-D07-000001-K7QX", [1], hash: ContentDigest.sha256([2]), by: company.anna)
        #expect(try state(id) == "unregistered")
        try company.event(company.anna, .accept, .travel, .arrive, .start)
        try company.finishTask(company.anna)
        try world.commit(company.dora) {
            try $0.change("service_order", company.order, "required_documents", element: .text("calibration_certificate"), op: .add)
        }
        try world.sync(company.dora)
        try world.sync(company.anna)
        try company.event(company.anna, .complete, .customer_sign, .certify)
        try world.sync(company.anna)
        #expect(try company.state() == "signed_off")
    }
}

extension RecordView {
    fileprivate func fields(_ names: [String]) -> [String: Value] { Dictionary(uniqueKeysWithValues: names.map { ($0, self[$0]) }) }
}
