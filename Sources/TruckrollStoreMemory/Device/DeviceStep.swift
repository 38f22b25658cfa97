import TruckrollCore
import TruckrollSync

/// What one write of the device's port replaced. Large rows lie apart, so that the log of steps is small.
enum DeviceStep {
    indirect case identity(DeviceIdentity?)
    indirect case state(DeviceState?)
    indirect case own(WriteID, OwnSet?)
    case confirmed(RecordKey, ConfirmedRecord?)
    case digest(Int, ScopeDigest?)
    case overlay(RecordKey, Record?)
    case columns(EntityType, RecordID, [ColumnValue]?)
    indirect case words(RecordKey, RecordWords?)
    case attachment([UInt8], LocalAttachment?)
    case appendedPart
    case parts([[UInt8]])
    case appendedRecovered
    case recovered([[UInt8]])
    case unreadable(Set<UnreadableRow>)
    indirect case allColumns(TypedColumns)
    case allWords([HashedKey: RecordWords])
}

extension DeviceTables {
    /// Takes one write back.
    mutating func undo(_ step: DeviceStep) {
        switch step {
        case .identity(let row): identity = row
        case .state(let row): state = row
        case .own(let id, let row): _ = own.set(id, row)
        case .confirmed(let key, let row): _ = setConfirmed(key, row)
        case .digest(let scope, let digest): _ = setDigest(scope, digest)
        case .overlay(let key, let row): overlays[HashedKey(key)] = row
        case .columns(let type, let id, let row): _ = columns.set(type, id, row)
        case .words(let key, let row): words[HashedKey(key)] = row
        case .attachment(let hash, let row): attachments[hash] = row
        case .appendedPart: parts.removeLast()
        case .parts(let former): parts = former
        case .appendedRecovered: recovered.removeLast()
        case .recovered(let former): recovered = former
        case .unreadable(let former): unreadable = former
        case .allColumns(let former): columns = former
        case .allWords(let former): words = former
        }
    }
}
