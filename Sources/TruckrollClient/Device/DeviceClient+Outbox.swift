import Foundation
import TruckrollCore
import TruckrollProtocol
import TruckrollSync

extension DeviceClient {
    private static var outboxMagic: [UInt8] { Array("TRKOUTBOX1\n".utf8) }

    /// The outbox as a file that any enrolled device, or the operator, can bring to the server. It stays in the outbox until answered.
    public func exportOutbox() throws -> (bytes: [UInt8], sets: Int) {
        try read { reader in
            guard let identity = try reader.identity() else {
                throw DeviceProblem("not-enrolled", "This device is not enrolled.", next: "Enrol it with a code from the office.")
            }
            var file = PBOutboxFile()
            file.tenant = data(identity.tenant.bytes)
            file.device = data(identity.device.bytes)
            file.replica = identity.replica.rawValue
            file.sets = try reader.outbox().map { PBSignedSet($0.set, device: identity.device) }
            return (Self.outboxMagic + (try Wire.encode(file)), file.sets.count)
        }
    }

    /// Brings another device's outbox file to the server. The sets are checked there by their own signatures.
    ///
    /// - Returns: how many sets the server answered, and how many of them it had before.
    public func carryOutbox(_ bytes: [UInt8]) async throws -> (answered: Int, known: Int) {
        guard bytes.starts(with: Self.outboxMagic), let file = try? Wire.decode(PBOutboxFile.self, bytes.dropFirst(Self.outboxMagic.count)) else {
            throw DeviceProblem("outbox-unreadable", "The file is no outbox of a device.", next: "Export it again with `outbox export`.")
        }
        return try await withTransport { transport, _ in
            var answered = 0
            var known = 0
            var rest = file.sets[...]
            while !rest.isEmpty {
                var request = PBCarryRequest()
                request.sets = Array(rest.prefix(Limits.setsInPush))
                rest = rest.dropFirst(Limits.setsInPush)
                let reply = try await transport.carry(request)
                answered += reply.receipts.count
                known += reply.receipts.filter(\.duplicate).count
                if reply.hasPushProblem {
                    throw DeviceProblem(
                        reply.pushProblem.code, reply.pushProblem.text, next: "\(answered) set(s) were taken. Bring the device itself to the server.")
                }
            }
            return (answered, known)
        }
    }
}
