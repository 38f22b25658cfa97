import Foundation
import TruckrollCore

/// What a receipt says about one op, for a person.
public struct Remark: Hashable, Sendable {
    /// Stable; listed in Protocol/11-errors.md.
    public let code: String
    /// -1 for the whole set.
    public let op: Int
    public let field: UInt32
    public let text: String
    public let serverValue: Value?
    /// What the author can do next.
    public let remedies: [String]

    public init(code: String, op: Int = -1, field: UInt32 = 0, text: String, serverValue: Value? = nil, remedies: [String] = []) {
        self.code = code
        self.op = op
        self.field = field
        self.text = text
        self.serverValue = serverValue
        self.remedies = remedies
    }
}

/// The server's lasting answer to one change set.
public struct Receipt: Hashable, Sendable {
    public let writeID: WriteID
    public let setHash: SetHash
    public let epoch: Epoch
    public let position: Position
    /// Fixed by the server.
    public let stamp: Stamp
    public let outcome: Outcome
    public let remarks: [Remark]
    /// HMAC-SHA-256 under the tenant's receipt key over ``authenticated``.
    public var mac: [UInt8]

    public init(
        writeID: WriteID, setHash: SetHash, epoch: Epoch, position: Position, stamp: Stamp, outcome: Outcome, remarks: [Remark],
        mac: [UInt8] = []
    ) {
        self.writeID = writeID
        self.setHash = setHash
        self.epoch = epoch
        self.position = position
        self.stamp = stamp
        self.outcome = outcome
        self.remarks = remarks
        self.mac = mac
    }

    /// Without the remarks, which its MAC does not cover.
    public var bare: Receipt {
        Receipt(writeID: writeID, setHash: setHash, epoch: epoch, position: position, stamp: stamp, outcome: outcome, remarks: [], mac: mac)
    }

    /// Whether the set took no effect because its work had come under another number: nothing waits for a person.
    public var isOfKnownWork: Bool { outcome == .quarantined && remarks.contains { $0.code == "origin-known" } }

    /// What the MAC covers: "truckroll/receipt/1" 0x00, replica u32, sequence u64, set hash 32, epoch u64, position u64, stamp 12,
    /// outcome u8; big-endian. The remarks are for people and not covered.
    public var authenticated: [UInt8] {
        var bytes = Array("truckroll/receipt/1".utf8) + [0]
        bytes.append(bigEndian: writeID.replica.rawValue)
        bytes.append(bigEndian: writeID.sequence)
        bytes += setHash.bytes
        bytes.append(bigEndian: epoch.rawValue)
        bytes.append(bigEndian: position.rawValue)
        bytes += stamp.encoded
        bytes.append(outcome.rawValue)
        return bytes
    }
}

extension PBReceipt {
    public init(_ receipt: Receipt, duplicate: Bool = false) {
        self.init()
        replica = receipt.writeID.replica.rawValue
        sequence = receipt.writeID.sequence
        setHash = data(receipt.setHash.bytes)
        epoch = receipt.epoch.rawValue
        position = receipt.position.rawValue
        stamp = data(receipt.stamp.encoded)
        outcome = UInt32(receipt.outcome.rawValue)
        mac = data(receipt.mac)
        self.duplicate = duplicate
        remarks = receipt.remarks.map { remark in
            var message = PBRemark()
            message.code = remark.code
            message.op = Int32(remark.op)
            message.field = remark.field
            message.text = remark.text
            if let value = remark.serverValue { message.serverValue = data(value.encoded) }
            message.remedies = remark.remedies
            return message
        }
    }
}

extension Receipt {
    public init(_ message: PBReceipt) throws(WireProblem) {
        guard message.replica != 0, message.sequence != 0, message.setHash.count == 32,
            let outcome = UInt8(exactly: message.outcome).flatMap({ Outcome(rawValue: $0) })
        else { throw WireProblem("malformed", op: -1, "a receipt without id, hash or outcome") }
        do {
            var remarks: [Remark] = []
            for remark in message.remarks {
                remarks.append(
                    Remark(
                        code: remark.code, op: Int(remark.op), field: remark.field, text: remark.text,
                        serverValue: remark.serverValue.isEmpty ? nil : try Value(decoding: remark.serverValue),
                        remedies: remark.remedies))
            }
            self.init(
                writeID: WriteID(replica: ReplicaID(rawValue: message.replica), sequence: message.sequence),
                setHash: SetHash(bytes: Array(message.setHash)), epoch: Epoch(rawValue: message.epoch),
                position: Position(rawValue: message.position), stamp: try Stamp(decoding: message.stamp), outcome: outcome,
                remarks: remarks, mac: Array(message.mac))
        } catch { throw WireProblem(error, op: -1) }
    }
}
