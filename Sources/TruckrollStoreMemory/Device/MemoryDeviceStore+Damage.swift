import TruckrollCore
import TruckrollSync

extension MemoryDeviceStore {
    /// Damage that a file can take while nobody looks.
    public enum Damage: Hashable, Sendable, CaseIterable {
        /// One bit of a field's value is another one; the hash beside the record is the old one.
        case flippedBit
        /// The record and its places in scopes are gone; the scopes' digests and the typed columns still count it.
        case lostRow
        /// The bytes of the record are no record any more.
        case unreadable
    }

    /// Damages one confirmed record outside any transaction, and past the fault hook.
    ///
    /// - Returns: whether there was something to damage: a confirmed record, and a value in it for ``Damage/flippedBit``.
    @discardableResult
    public func corrupt(_ key: RecordKey, by damage: Damage = .flippedBit) -> Bool {
        guard var confirmed = tables.confirmed[HashedKey(key)] else { return false }
        switch damage {
        case .flippedBit:
            guard let entry = confirmed.record.entries.last(where: { !$0.value.isEmpty }) else { return false }
            var value = entry.value
            value[value.count - 1] ^= 1
            confirmed.record.set(FieldEntry(field: entry.field, version: entry.version, value: value))
            _ = tables.setConfirmed(key, confirmed)
        case .lostRow:
            _ = tables.setConfirmed(key, nil)
        case .unreadable: tables.unreadable.insert(.record(key))
        }
        return true
    }

    /// Makes the bytes of an overlay none of a record.
    ///
    /// - Returns: whether there is one.
    @discardableResult
    public func corrupt(overlay key: RecordKey) -> Bool {
        guard tables.overlays[HashedKey(key)] != nil else { return false }
        tables.unreadable.insert(.overlay(key))
        return true
    }

    /// Takes every typed row away.
    public func loseColumns() { tables.columns.deleteRows() }
}
