import TruckrollCore
import TruckrollDomain

/// A lease as the server granted it, by which a server that was restored knows a promise of its own again
/// (Protocol/07-sync.md, 7.22a).
public struct LeaseProof: Hashable, Sendable {
    public let lease: RecordID
    /// The replica that may spend it.
    public let replica: ReplicaID
    public let part: RecordID
    /// Where the stock lies, or the blanket order.
    public let location: RecordID
    public let granted: Quantity
    /// Unix milliseconds.
    public let softExpiry: Int64
    public let hardExpiry: Int64
    /// The server's HMAC-SHA-256 over ``authenticated``.
    public var mac: [UInt8]

    public init(
        lease: RecordID, replica: ReplicaID, part: RecordID, location: RecordID, granted: Quantity, softExpiry: Int64, hardExpiry: Int64,
        mac: [UInt8] = []
    ) {
        self.lease = lease
        self.replica = replica
        self.part = part
        self.location = location
        self.granted = granted
        self.softExpiry = softExpiry
        self.hardExpiry = hardExpiry
        self.mac = mac
    }

    /// A granted lease of stock or of a blanket order as a device holds it; `nil` for any other record, and for one granted without a MAC.
    public init?(_ view: RecordView) {
        guard let place = ["depot_stock": "location", "blanket": "blanket"][view.text("kind") ?? ""], view.text("state") == "granted",
            let mac = view["mac"].bytes, mac.count == 32,
            let replica = view.integer("replica").flatMap({ UInt32(exactly: $0) }), let part = view.reference("part"),
            let location = view.reference(place), let granted = view.quantity("granted"), let soft = view.time("soft_expiry"),
            let hard = view.time("hard_expiry")
        else { return nil }
        self.init(
            lease: view.id, replica: ReplicaID(rawValue: replica), part: part, location: location, granted: granted,
            softExpiry: soft.milliseconds, hardExpiry: hard.milliseconds, mac: mac)
    }

    /// What the MAC covers: a label, lease 16, replica u32, part 16, location 16, granted i64 in millionths, both expiries u64.
    public var authenticated: [UInt8] {
        var bytes = Array("truckroll/lease/1".utf8) + [0] + lease.bytes
        bytes.append(bigEndian: replica.rawValue)
        bytes += part.bytes + location.bytes
        bytes.append(bigEndian: granted.millionths)
        bytes.append(bigEndian: softExpiry)
        bytes.append(bigEndian: hardExpiry)
        return bytes
    }
}

extension PBShownLease {
    public init(_ proof: LeaseProof) {
        self.init()
        lease = data(proof.lease.bytes)
        replica = proof.replica.rawValue
        part = data(proof.part.bytes)
        location = data(proof.location.bytes)
        granted = proof.granted.millionths
        softExpiry = UInt64(clamping: proof.softExpiry)
        hardExpiry = UInt64(clamping: proof.hardExpiry)
        mac = data(proof.mac)
    }
}

extension LeaseProof {
    /// `nil` when the message cannot be a lease.
    public init?(_ message: PBShownLease) {
        guard let lease = RecordID(bytes: message.lease), let part = RecordID(bytes: message.part),
            let location = RecordID(bytes: message.location), message.replica != 0, message.granted > 0, message.mac.count == 32,
            let soft = Int64(exactly: message.softExpiry), let hard = Int64(exactly: message.hardExpiry)
        else { return nil }
        self.init(
            lease: lease, replica: ReplicaID(rawValue: message.replica), part: part, location: location,
            granted: Quantity(millionths: message.granted), softExpiry: soft, hardExpiry: hard, mac: Array(message.mac))
    }
}
