import TruckrollCore
import TruckrollDomain
import TruckrollProtocol

/// A server that was restored may never get some sets back, because their devices are gone. What this device shows of them is
/// offered before the restored content takes its place (Protocol/09-epochs.md, 9.20 on).
extension DeviceEngine {
    /// Records read at a time.
    private static let stride = 500

    /// Finds the entries of confirmed records whose sets the server lacks and this device did not make.
    func findRecovered(known replicas: [PBKnownReplica], wasLost: Bool, _ transaction: any DeviceTransaction) throws {
        // A server that says nothing has lost nothing that this device could show.
        guard !replicas.isEmpty else { return }
        // The records are those of the first time: an older copy lacks all that a newer one lacked, and more.
        if wasLost { try transaction.deleteRecovered(first: .max) }
        let known = Dictionary(replicas.map { (ReplicaID(rawValue: $0.replica), $0.lastSequence) }, uniquingKeysWith: max)
        var after: RecordKey?
        while true {
            let keys = try transaction.confirmedKeys(after: after, limit: Self.stride)
            for key in keys {
                guard let record = try transaction.confirmed(key)?.record else { continue }
                for entry in record.entries {
                    let id = entry.version.writeID
                    // Who is not listed wrote nothing that this device's view still holds.
                    guard known[id.replica] ?? 0 < id.sequence, try transaction.own(id) == nil else { continue }
                    try transaction.append(recovered: try Wire.encode(PBRecoveredEntry(entry, of: key)))
                }
            }
            guard keys.count == Self.stride else { return }
            after = keys.last
        }
    }

    /// The next entries to offer, within the limits of a request.
    func recoveredToOffer(_ transaction: any DeviceTransaction) throws -> [PBRecoveredEntry] {
        var bytes = 0
        return try transaction.recovered(limit: Limits.recoveredInRequest).prefix { entry in
            bytes += entry.count
            return bytes <= Limits.recoveredBytes || bytes == entry.count
        }.map { try Wire.decode(PBRecoveredEntry.self, $0) }
    }
}

extension PBRecoveredEntry {
    init(_ entry: FieldEntry, of key: RecordKey) {
        self.init()
        self.key = data(key.encoded)
        field = entry.field.rawValue
        version = data(entry.version.encoded)
        value = data(entry.value)
    }
}
