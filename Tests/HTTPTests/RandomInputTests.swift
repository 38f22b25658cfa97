import Foundation
import Testing
import TruckrollCore
import TruckrollProtocol
import TruckrollServer

/// SplitMix64 (Steele, Lea, Flood 2014).
private struct SeededGenerator: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}

@Suite("Random input over HTTP")
struct RandomInputTests {
    /// What a well-behaved device sends, to be damaged.
    private func messages() throws -> [(endpoint: String, isSigned: Bool, body: [UInt8])] {
        var enrol = PBEnrolRequest()
        (enrol.code, enrol.device, enrol.publicKey) = ("guess", data([UInt8](repeating: 1, count: 16)), data([UInt8](repeating: 4, count: 65)))
        var signIn = PBSignInRequest()
        (signIn.device, signIn.replica, signIn.nonce) = (enrol.device, 5, data([UInt8](repeating: 2, count: 56)))
        var challenge = PBChallengeRequest()
        challenge.device = enrol.device
        var set = PBSignedSet()
        (set.replica, set.sequence, set.body, set.signature) = (5, 1, data([8, 1, 16, 1]), data([UInt8](repeating: 3, count: 64)))
        var sync = PBSyncRequest()
        (sync.push, sync.pull) = ([set], true)
        var carry = PBCarryRequest()
        carry.sets = [set]
        var repair = PBRepairRequest()
        (repair.scopes, repair.keys) = (["office"], [data([UInt8](repeating: 0, count: 19))])
        return [
            ("enrol", false, try enrol.wire(.protobuf)), ("session", false, try signIn.wire(.protobuf)),
            ("session/challenge", false, try challenge.wire(.protobuf)), ("sync", true, try sync.wire(.protobuf)),
            ("carry", true, try carry.wire(.protobuf)), ("repair", true, try repair.wire(.protobuf)),
        ]
    }

    @Test("damaged messages get an answer that is no fault of the server, and it goes on", arguments: [1, 2, 3, 4] as [UInt64])
    func damaged(seed: UInt64) async throws {
        try await TestServer.run { server in
            var random = SeededGenerator(state: seed)
            let session = try await server.signIn()
            for (endpoint, isSigned, whole) in try messages() {
                for _ in 0..<12 {
                    var body = whole
                    for _ in 0..<Int.random(in: 1...4, using: &random) where !body.isEmpty {
                        let place = Int.random(in: 0..<body.count, using: &random)
                        switch UInt8.random(in: 0...3, using: &random) {
                        case 0: body[place] = .random(in: 0...255, using: &random)
                        case 1: body.removeSubrange(place...)
                        case 2: body.insert(contentsOf: (0..<9).map { _ in UInt8.random(in: 0...255, using: &random) }, at: place)
                        default: body.remove(at: place)
                        }
                    }
                    let type = Bool.random(using: &random) ? "application/x-protobuf" : "application/json"
                    let request = RawRequest("POST", server.path(endpoint), type: type, body: body)
                    let answer = try await (isSigned ? request.signed(session, at: server.clock.now) : request).send(to: server)
                    #expect((200..<500).contains(answer.status), "repeat with seed \(seed): \(endpoint) \(body.hexadecimal) as \(type)")
                    if answer.status != 200 { #expect(answer.problem != nil, "repeat with seed \(seed): \(endpoint) \(body.hexadecimal)") }
                }
            }
            let alive = try await RawRequest("GET", "/healthz", type: nil).send(to: server).status
            #expect(alive == 200)
        }
    }
}
