import Crypto
import Foundation
import Synchronization
import Testing
import TruckrollClient
import TruckrollCore
import TruckrollProtocol
import TruckrollServer

@Suite("Transport against a real server")
struct TransportTests {
    @Test("enrols by code, and tells a refusal with what to do next")
    func enrol() async throws {
        try await TestServer.run { server in
            var request = PBEnrolRequest()
            request.code = "let-me-in"
            for tenant in [server.tenant.tenant, nil] {
                let transport = HTTPTransport(serverURL: "http://127.0.0.1:\(server.port)/", tenant: tenant, credentials: nil)
                let answer1 = try await transport.enrol(request).replica
                #expect(answer1 == 5)
            }
            request.code = "guess"
            let refused = request
            let document = try await problem { _ = try await server.transport().enrol(refused) }
            #expect(document.code == "code-refused")
            #expect(document.status == 403)
            #expect(document.next == "Ask for a new one.")
        }
    }

    @Test("signs in by itself and carries every message")
    func messages() async throws {
        try await TestServer.run { server in
            let transport = server.transport()
            var sync = PBSyncRequest()
            sync.pull = true
            let answer2 = try await transport.sync(sync).durablePosition
            #expect(answer2 == 5)
            #expect(server.tenant.state.withLock { $0.syncs } == [sync])
            var audit = PBAuditRequest()
            audit.checkpoint.position = 9
            let answer3 = try await transport.audit(audit).checkpoint.position
            #expect(answer3 == 9)
            var repair = PBRepairRequest()
            repair.scopes = ["x"]
            let answer4 = try await transport.repair(repair).commit.dropped
            #expect(answer4 == ["x"])
            var carry = PBCarryRequest()
            carry.sets = [PBSignedSet(), PBSignedSet()]
            let answer5 = try await transport.carry(carry).pushProblem.expected
            #expect(answer5 == 2)
            let answer6 = try await transport.newReplica(PBReplicaRequest()).replica
            #expect(answer6 == 5)
        }
    }

    @Test("signs in again when its token is over, and when its clock was moved by hours")
    func signsInAgain() async throws {
        try await TestServer.run { server in
            let deviceClock = ManualClock()
            deviceClock.advance(seconds: 5 * 3600)
            let transport = server.transport(clock: deviceClock)
            _ = try await transport.sync(PBSyncRequest())
            server.clock.advance(seconds: 601)
            _ = try await transport.sync(PBSyncRequest())
            deviceClock.advance(seconds: 3600)
            _ = try await transport.sync(PBSyncRequest())
            #expect(server.tenant.state.withLock { $0.syncs.count } == 3)
        }
    }

    @Test("many calls at once share one sign-in")
    func concurrent() async throws {
        try await TestServer.run { server in
            let transport = server.transport()
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<40 { group.addTask { _ = try await transport.sync(PBSyncRequest()) } }
                try await group.waitForAll()
            }
            #expect(server.tenant.state.withLock { $0.syncs.count } == 40)
        }
    }

    @Test("a key that did not enrol does not get in")
    func otherKey() async throws {
        try await TestServer.run { server in
            let transport = server.transport(key: P256.Signing.PrivateKey())
            let answer7 = try await problem { _ = try await transport.sync(PBSyncRequest()) }.code
            #expect(answer7 == "proof-invalid")
        }
    }

    @Test("a revoked device is refused at its next request")
    func revoked() async throws {
        try await TestServer.run { server in
            let transport = server.transport()
            _ = try await transport.sync(PBSyncRequest())
            server.tenant.revoke()
            let answer8 = try await problem { _ = try await transport.sync(PBSyncRequest()) }.code
            #expect(answer8 == "device-revoked")
        }
    }

    @Test("a fault of the service is told without its words")
    func fault() async throws {
        struct Secret: Error { let path = "/var/secret" }
        try await TestServer.run { server in
            server.tenant.state.withLock { $0.fault = Secret() }
            let document = try await problem { _ = try await server.transport().sync(PBSyncRequest()) }
            #expect(document.code == "internal")
            #expect(!"\(document)".contains("secret"))
        }
    }

    @Test("a signed nonce is good once, for one device, for a minute")
    func challenge() async throws {
        try await TestServer.run { server in
            let transport = server.transport()
            let proof = try await server.proof(transport)
            _ = try await transport.signIn(proof)
            let answer9 = try await problem { _ = try await transport.signIn(proof) }.code
            #expect(answer9 == "nonce-replayed")

            var other = try await server.proof(transport)
            other.device = data(DeviceID(high: 9, low: 9).bytes)
            let stolen = other
            let answer10 = try await problem { _ = try await transport.signIn(stolen) }.code
            #expect(answer10 == "challenge-invalid")

            let late = try await server.proof(transport)
            server.clock.advance(seconds: 60)
            let answer11 = try await problem { _ = try await transport.signIn(late) }.code
            #expect(answer11 == "challenge-invalid")

            var invented = try await server.proof(transport)
            invented.nonce[55] ^= 1
            let forged = invented
            let answer12 = try await problem { _ = try await transport.signIn(forged) }.code
            #expect(answer12 == "challenge-invalid")
        }
    }

    @Test("the mirrored form of a device's signature is refused")
    func highS() async throws {
        try await TestServer.run { server in
            let transport = server.transport()
            var proof = try await server.proof(transport)
            proof.signature = data(Mirror.highS(Array(proof.signature)))
            let mirrored = proof
            let answer13 = try await problem { _ = try await transport.signIn(mirrored) }.code
            #expect(answer13 == "proof-invalid")
        }
    }

    @Test("nobody listening is being offline; a page is no server")
    func offline() async throws {
        let transport = HTTPTransport(serverURL: "http://127.0.0.1:1", tenant: nil, credentials: nil)
        let error = await #expect(throws: TransportProblem.self) { _ = try await transport.enrol(PBEnrolRequest()) }
        #expect(error?.code == "offline")
        // The health page is JSON and not the message asked for: as a captive portal's page would be.
        try await TestServer.run { server in
            let portal = HTTPTransport(serverURL: "http://127.0.0.1:\(server.port)/healthz?", tenant: nil, credentials: nil)
            let error = await #expect(throws: TransportProblem.self) { _ = try await portal.enrol(PBEnrolRequest()) }
            #expect(error?.code == "method-not-allowed")
            let head = try await portalAnswer(port: server.port)
            #expect(head == "not-truckroll")
        }
    }

    private func portalAnswer(port: Int) async throws -> String? {
        let portal = try Portal()
        let transport = HTTPTransport(serverURL: "http://127.0.0.1:\(portal.port)", tenant: nil, credentials: nil)
        async let served: Void = portal.serveOnce()
        let error = await #expect(throws: TransportProblem.self) { _ = try await transport.enrol(PBEnrolRequest()) }
        await served
        return error?.code
    }
}

enum Mirror {
    /// (r, n − s): the other signature that verifies.
    static func highS(_ signature: [UInt8]) -> [UInt8] {
        let order: [UInt8] = [
            0xFF, 0xFF, 0xFF, 0xFF, 0x00, 0x00, 0x00, 0x00, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF,
            0xBC, 0xE6, 0xFA, 0xAD, 0xA7, 0x17, 0x9E, 0x84, 0xF3, 0xB9, 0xCA, 0xC2, 0xFC, 0x63, 0x25, 0x51,
        ]
        var (result, borrow) = (signature, 0)
        for index in (0..<32).reversed() {
            let difference = Int(order[index]) - Int(signature[32 + index]) - borrow
            borrow = difference < 0 ? 1 : 0
            result[32 + index] = UInt8(truncatingIfNeeded: difference)
        }
        return result
    }
}
