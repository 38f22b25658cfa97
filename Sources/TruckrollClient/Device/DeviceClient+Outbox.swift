import Foundation
import TruckrollCore
import TruckrollProtocol
import TruckrollStoreSQLite
import TruckrollSync

extension DeviceClient {
    private static var outboxMagic: [UInt8] { Array("TRKOUTBOX1\n".utf8) }
    /// What a carry counts for the envelopes of a set and its receipt.
    private static let envelopeBytes = 128

    /// A device's work as a file.
    public struct OutboxExport: Sendable {
        public let bytes: [UInt8]
        /// Sets that no server has answered.
        public let waiting: Int
        /// Sets that were answered and are still kept: a server that was put back to an older copy lacks them.
        public let answered: Int

        /// Writes it to a file that is not there yet: all of it, or nothing.
        ///
        /// - Throws: ``DeviceProblem`` with what to do.
        public func write(to path: String) throws {
            do { try DurableFile.create(bytes, at: path) } catch CocoaError.fileWriteFileExists {
                throw DeviceProblem("file-unwritable", "\(path) exists; it is not overwritten.", next: "Name another file.")
            } catch CocoaError.fileWriteOutOfSpace {
                throw DeviceProblem(
                    "disk-full", "There is no room for \(path). Nothing was left there.", next: "Name a file on another disk, or free some space.")
            } catch {
                throw DeviceProblem(
                    "file-unwritable", "\(path) cannot be written there.", next: "Name a file in a folder that is there and that you may write to.")
            }
        }
    }

    /// The outbox as a file that any enrolled device, or the operator, can bring to the server. It stays in the outbox until answered.
    ///
    /// The answered sets that are still kept go along: a device that may not sync any more could not give them back otherwise.
    public func exportOutbox() throws -> OutboxExport {
        try read { reader in
            guard let identity = try reader.identity() else {
                throw DeviceProblem("not-enrolled", "This device is not enrolled.", next: "Enrol it with a code from the office.")
            }
            // A waiting set proves itself by its signature; of an answered one whose bytes differ from the answer nothing is to be had.
            let sets = try reader.ownSets().filter { $0.standing != .answered || $0.set.hash == $0.hash }
            var file = PBOutboxFile()
            file.tenant = data(identity.tenant.bytes)
            file.device = data(identity.device.bytes)
            file.replica = identity.replica.rawValue
            file.enrolments = try reader.enrolments()
            file.sets = sets.map { PBSignedSet($0.set, device: identity.device) }
            // Sets that a restored server has to get again wait, and have the receipts of their first time.
            file.shown = sets.filter { $0.standing != .deferred }.compactMap { $0.receipt.map { PBReceipt($0) } }
            let answered = sets.count { $0.standing == .answered }
            return OutboxExport(bytes: Self.outboxMagic + (try Wire.encode(file)), waiting: sets.count - answered, answered: answered)
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
            var rest = file.sets
            var problem: DeviceProblem?
            while !rest.isEmpty {
                var request = PBCarryRequest()
                var bytes = 0
                var numbers: Set<UInt32> = []
                for set in rest.prefix(Limits.setsInPush) {
                    // Of as many numbers as enrolments are looked at.
                    numbers.insert(set.replica)
                    guard numbers.count <= Limits.shownEnrolments else { break }
                    let receipt = (try? SignedSet(set)).flatMap { receipts[data($0.hash.bytes)] }
                    bytes += set.body.count + (try receipt.map { try Wire.encode($0).count } ?? 0) + Self.envelopeBytes
                    guard bytes <= Limits.pushBytes || request.sets.isEmpty else { break }
                    request.sets.append(set)
                    if let receipt { request.shown.append(receipt) }
                }
                request.enrolments = file.enrolments.filter { enrolment in request.sets.contains { $0.replica == enrolment.replica } }
                let reply = try await transport.carry(request)
                answered += reply.receipts.count
                known += reply.receipts.filter(\.duplicate).count
                rest.removeFirst(min(rest.count, reply.hasPushProblem ? reply.receipts.count : request.sets.count))
                if reply.hasPushProblem, let stopped = rest.first?.replica {
                    // A device can have had several numbers; the sets of another one do not follow these.
                    rest.removeAll { $0.replica == stopped }
                    problem = problem ?? DeviceProblem(reply.pushProblem.code, reply.pushProblem.text, next: "Bring the device itself to the server.")
                }
            }
            if let problem { throw DeviceProblem(problem.code, problem.detail, next: "\(answered) set(s) were taken. \(problem.next)") }
            return (answered, known)
        }
    }
}
