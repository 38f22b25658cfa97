import Foundation
import TruckrollCore
import TruckrollProtocol
import TruckrollSync

extension DeviceClient {
    private static var outboxMagic: [UInt8] { Array("TRKOUTBOX1\n".utf8) }
    /// What a carry counts for the envelope of a set, and for a receipt with its remarks, beside the set's body.
    private static let envelopeBytes = 128
    private static let receiptBytes = 512

    /// A device's work as a file.
    public struct OutboxExport: Sendable {
        public let bytes: [UInt8]
        /// Sets that no server has answered.
        public let waiting: Int
        /// Sets that were answered and are still kept: a server that was put back to an older copy lacks them.
        public let answered: Int
    }

    /// The outbox as a file that any enrolled device, or the operator, can bring to the server. It stays in the outbox until answered.
    ///
    /// The answered sets that are still kept go along: a device that may not sync any more could not give them back otherwise.
    public func exportOutbox() throws -> OutboxExport {
        try read { reader in
            guard let identity = try reader.identity() else {
                throw DeviceProblem("not-enrolled", "This device is not enrolled.", next: "Enrol it with a code from the office.")
            }
            let sets = try reader.ownSets().filter { $0.set.hash == $0.hash }
            var file = PBOutboxFile()
            file.tenant = data(identity.tenant.bytes)
            file.device = data(identity.device.bytes)
            file.replica = identity.replica.rawValue
            file.sets = sets.map { PBSignedSet($0.set, device: identity.device) }
            file.shown = sets.filter { $0.standing == .answered }.compactMap { $0.receipt.map { PBReceipt($0) } }
            return OutboxExport(
                bytes: Self.outboxMagic + (try Wire.encode(file)), waiting: sets.count - file.shown.count, answered: file.shown.count)
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
            let receipts = Dictionary(file.shown.map { ($0.setHash, $0) }, uniquingKeysWith: { first, _ in first })
            var rest = file.sets[...]
            while !rest.isEmpty {
                var request = PBCarryRequest()
                var bytes = 0
                while let set = rest.first, request.sets.count < Limits.setsInPush {
                    let receipt = (try? SignedSet(set)).flatMap { receipts[data($0.hash.bytes)] }
                    bytes += set.body.count + (receipt == nil ? 0 : Self.receiptBytes) + Self.envelopeBytes
                    guard bytes <= Limits.pushBytes || request.sets.isEmpty else { break }
                    request.sets.append(set)
                    if let receipt { request.shown.append(receipt) }
                    rest = rest.dropFirst()
                }
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
