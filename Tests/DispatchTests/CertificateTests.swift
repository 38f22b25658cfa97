import ArgumentParser
import Foundation
import Testing
import TruckrollCertificates
import TruckrollClient
import TruckrollCore
import TruckrollDomain
import TruckrollProtocol
import TruckrollSync

@testable import CertificateCommands

struct CertificateTests {
    private let desk: Desk
    private let technician = SigningKey()
    private let technicianDevice = DeviceID(high: 8, low: 8)
    private let out: URL

    init() throws {
        desk = try Desk(role: "quality")
        out = desk.folder.appendingPathComponent("out")
        let enrolment = try desk.enrolment(of: technicianDevice, key: technician, replica: 4)
        try desk.receive([
            RecordDraft(
                "device", id: Desk.id(71),
                [
                    "device": .bytes(technicianDevice.bytes), "user": .reference(Desk.weber), "replica": .integer(4),
                    "statement": .bytes(Array(enrolment.statement)), "signature": .bytes(Array(enrolment.signature)),
                    "enrolled_at": .text("2026-11-20T10:00:00Z"),
                ]),
            try certificate(Desk.id(81), state: "registered"),
        ])
    }

    private func certificate(_ id: RecordID, state: String?, by key: SigningKey? = nil) throws -> RecordDraft {
        let sealed = try SealedCertificate(sealing: try SampleCertificate.content(), device: technicianDevice.bytes) {
            try (key ?? technician).signature(over: $0)
        }
        return RecordDraft(
            "certificate", id: id,
            [
                "number": .text(sealed.printedNumber), "kind": .text("calibration_certificate"), "revision": .integer(0),
                "order": .reference(Desk.closed),
                "content": .bytes(sealed.contentBytes), "content_hash": .bytes(sealed.contentHash.bytes),
                "device_signature": .bytes(sealed.signature ?? []), "device": .bytes(technicianDevice.bytes),
                "issued_at": .text("2026-11-20T11:40:00+01:00"), "by": .reference(Desk.weber), "state": state.map { .text($0) } ?? .null,
            ].filter { $0.value != .null })
    }

    private func job() throws -> ExportJob {
        ExportJob(
            client: desk.client, identity: try #require(try desk.client.read { try $0.identity() }),
            enrolments: DeviceEnrolments(client: desk.client), folder: out)
    }

    private func exportAll(again: Bool = false) async throws -> [ExportJob.Exported] {
        let job = try job()
        var exported: [ExportJob.Exported] = []
        for item in try job.items(order: nil, all: false, again: again) { exported.append(try await job.export(item)) }
        return exported
    }

    @Test("a certificate is exported once, and again only byte for byte")
    func export() async throws {
        let first = try #require(try await exportAll().first)
        #expect(first.isNew)
        let pdf = try CertificateFiles.read(first.file)
        #expect(try await exportAll().isEmpty)
        try FileManager.default.removeItem(atPath: first.file)
        let second = try #require(try await exportAll(again: true).first)
        #expect(!second.isNew)
        #expect(try CertificateFiles.read(second.file) == pdf)
        #expect(try desk.client.read { try $0.outbox() }.map(\.intent) == ["export-certificate"])
        #expect(try FileManager.default.contentsOfDirectory(atPath: out.path).count == 2)
    }

    @Test("a certificate whose signature nobody vouches for is named and not exported")
    func foreign() async throws {
        try desk.receive([try certificate(Desk.id(82), state: "registered", by: SigningKey())])
        let job = try job()
        let item = try #require(try job.items(order: nil, all: false, again: false).first { $0.certificate.id == Desk.id(82) })
        await #expect(throws: DeviceProblem.self) { try await job.export(item) }
        #expect(try desk.client.read { try $0.outbox() }.isEmpty)
    }

    @Test("what the server has not registered is not exported")
    func unregistered() throws {
        try desk.receive([try certificate(Desk.id(83), state: nil)])
        #expect(try job().items(order: nil, all: true, again: true).map(\.certificate.id) == [Desk.id(81)])
    }

    // MARK: Verify

    private func status(_ arguments: [String]) async -> Int32 {
        do {
            var command = try VerifyCommand.parse(arguments)
            try await command.run()
            return 0
        } catch { return VerifyCommand.exitCode(for: error).rawValue }
    }

    @Test("verify ends with 0 for what was exported, with 2 for any change, and with 1 for what it cannot read")
    func verify() async throws {
        let exported = try #require(try await exportAll().first)
        let key = out.appendingPathComponent("company.pub").path
        try CertificateFiles.write(Array(TenantKeyFile.text(desk.tenantKey.publicKey).utf8), to: URL(fileURLWithPath: key))
        #expect(await status([exported.file, "--key", key]) == 0)
        #expect(await status([exported.file, "--key", key, "--json"]) == 0)

        let (pdf, proof) = (exported.file, String(exported.file.dropLast(4)) + ".proof.json")
        for path in [pdf, proof] {
            let bytes = try CertificateFiles.read(path)
            for index in [0, bytes.count / 2, bytes.count - 1] {
                var changed = bytes
                changed[index] ^= 1
                try CertificateFiles.write(changed, to: URL(fileURLWithPath: path))
                #expect(await status([pdf, "--key", key]) == 2, "\(path) at \(index)")
            }
            try CertificateFiles.write([], to: URL(fileURLWithPath: path))
            #expect(await status([pdf, "--key", key]) == 2, "\(path) empty")
            try CertificateFiles.write(bytes, to: URL(fileURLWithPath: path))
        }
        let other = out.appendingPathComponent("other.pub").path
        try CertificateFiles.write(Array(TenantKeyFile.text(SigningKey().publicKey).utf8), to: URL(fileURLWithPath: other))
        #expect(await status([pdf, "--key", other]) == 2)
        #expect(await status([pdf, "--key", pdf]) == 1)
        #expect(await status([pdf, "--key", "/nonexistent"]) == 1)
        #expect(await status([pdf, "--proof", out.path, "--key", key]) == 1)
        #expect(await status(["/nonexistent.pdf", "--key", key]) == 1)
        #expect(await status([pdf]) == 64)
    }

    @Test("the key file is read as written, in capitals, and as bytes, and nothing else is a key")
    func keyFile() throws {
        let bytes = desk.tenantKey.publicKey
        let url = desk.folder.appendingPathComponent("key.pub")
        for content in [Array(TenantKeyFile.text(bytes).utf8), Array(bytes.hexadecimal.uppercased().utf8), bytes] {
            try CertificateFiles.write(content, to: url)
            #expect(try TenantKeyFile.read(url.path) == bytes)
        }
        for content in [[], Array("04".utf8), Array(repeating: UInt8(ascii: "g"), count: 130), Array(repeating: 0, count: 70_000)] {
            try CertificateFiles.write(content, to: url)
            #expect(throws: FileProblem.self) { try TenantKeyFile.read(url.path) }
        }
    }
}
