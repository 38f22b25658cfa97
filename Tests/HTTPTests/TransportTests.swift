import Foundation
import Synchronization
import Testing
import TruckrollClient
import TruckrollCore
import TruckrollCryptography
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
                let replica = try await transport.enrol(request).replica
                #expect(replica == 5)
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
            let durable = try await transport.sync(sync).durablePosition
            #expect(durable == 5)
            #expect(server.tenant.state.withLock { $0.syncs } == [sync])
            var audit = PBAuditRequest()
            audit.checkpoint.position = 9
            let audited = try await transport.audit(audit).checkpoint.position
            #expect(audited == 9)
            var repair = PBRepairRequest()
            repair.scopes = ["x"]
            let repaired = try await transport.repair(repair).commit.dropped
            #expect(repaired == ["x"])
            var question = PBAvailabilityRequest()
            question.day = "2026-12-01"
            let answered = try await transport.availability(question).day
            #expect(answered == "2026-12-01")
            let devices = try await transport.devices(PBDevicesRequest()).position
            #expect(devices == 5)
            var carry = PBCarryRequest()
            carry.sets = [PBSignedSet(), PBSignedSet()]
            let carried = try await transport.carry(carry).pushProblem.expected
            #expect(carried == 2)
            let renumbered = try await transport.newReplica(PBReplicaRequest()).replica
            #expect(renumbered == 5)
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

    @Test("signs in again by itself when the server's clock jumps by a day, and when it is set right", arguments: [86_400, -86_400])
    func serverClockJumps(by seconds: Int) async throws {
        try await TestServer.run { server in
            let transport = server.transport()
            _ = try await transport.sync(PBSyncRequest())
            server.clock.advance(seconds: seconds)
            _ = try await transport.sync(PBSyncRequest())
            server.clock.advance(seconds: -seconds)
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
            let code = try await problem { _ = try await transport.sync(PBSyncRequest()) }.code
            #expect(code == "proof-invalid")
        }
    }

    @Test("a revoked device is refused at its next request")
    func revoked() async throws {
        try await TestServer.run { server in
            let transport = server.transport()
            _ = try await transport.sync(PBSyncRequest())
            server.tenant.revoke()
            let code = try await problem { _ = try await transport.sync(PBSyncRequest()) }.code
            #expect(code == "device-revoked")
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
            let again = try await problem { _ = try await transport.signIn(proof) }.code
            #expect(again == "nonce-replayed")

            var other = try await server.proof(transport)
            other.device = data(DeviceID(high: 9, low: 9).bytes)
            let stolen = other
            let stolenCode = try await problem { _ = try await transport.signIn(stolen) }.code
            #expect(stolenCode == "challenge-invalid")

            let late = try await server.proof(transport)
            server.clock.advance(seconds: 60)
            let lateCode = try await problem { _ = try await transport.signIn(late) }.code
            #expect(lateCode == "challenge-invalid")

            var invented = try await server.proof(transport)
            invented.nonce[55] ^= 1
            let forged = invented
            let forgedCode = try await problem { _ = try await transport.signIn(forged) }.code
            #expect(forgedCode == "challenge-invalid")
        }
    }

    @Test("the mirrored form of a device's signature is refused")
    func highS() async throws {
        try await TestServer.run { server in
            let transport = server.transport()
            var proof = try await server.proof(transport)
            proof.signature = data(Mirror.highS(Array(proof.signature)))
            let mirrored = proof
            let code = try await problem { _ = try await transport.signIn(mirrored) }.code
            #expect(code == "proof-invalid")
        }
    }

    @Test("a sign-in reaches the tenant once its signature holds, and not before")
    func provenFirst() async throws {
        try await TestServer.run { server in
            let transport = server.transport()
            var proof = try await server.proof(transport)
            proof.signature = data([UInt8](repeating: 7, count: 64))
            let garbage = proof
            let code = try await problem { _ = try await transport.signIn(garbage) }.code
            #expect(code == "proof-invalid")
            #expect(server.tenant.state.withLock { $0.signedIn } == [])
            _ = try await transport.signIn(try await server.proof(transport))
            #expect(server.tenant.state.withLock { $0.signedIn } == [server.tenant.replica])
        }
    }

    @Test("nobody listening is being offline")
    func offline() async throws {
        let transport = HTTPTransport(serverURL: "http://127.0.0.1:1", tenant: nil, credentials: nil)
        let error = await #expect(throws: TransportProblem.self) { _ = try await transport.enrol(PBEnrolRequest()) }
        #expect(error?.code == "offline")
        #expect(error?.description == "offline: no server runs at that address")
        #expect(error?.technicalDescription.contains("111") == true || error?.technicalDescription.contains("refused") == true)
    }

    @Test("the page of a captive portal is no server")
    func portal() async throws {
        let portal = try Portal()
        let transport = HTTPTransport(serverURL: "http://127.0.0.1:\(portal.port)", tenant: nil, credentials: nil)
        let error = await #expect(throws: TransportProblem.self) { _ = try await transport.enrol(PBEnrolRequest()) }
        #expect(error?.code == "not-truckroll")
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
