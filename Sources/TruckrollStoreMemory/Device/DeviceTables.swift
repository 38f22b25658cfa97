import TruckrollCore
import TruckrollDomain
import TruckrollSync

/// Everything a device's store in memory holds, as one value: a snapshot is an assignment, and costs nothing before the next
/// write.
public struct DeviceTables: Sendable {
    /// All that the device keeps under the name of one scope.
    struct LocalScope: Sendable {
        let scope: Scope
        /// `nil` when the scope is not in the view.
        var digest: ScopeDigest?
        var members: Set<HashedKey> = []
    }

    var identity: DeviceIdentity?
    /// `nil` before the first is saved.
    var state: DeviceState?
    var own = OwnSets()
    var confirmed: [HashedKey: ConfirmedRecord] = [:]
    var numbers = ScopeNumbers()
    /// By the scope's number.
    var scopes: [LocalScope] = []
    /// Scopes with a digest, ascending.
    var view: [Scope] = []
    var overlays: [HashedKey: Record] = [:]
    var columns: TypedColumns
    var words: [HashedKey: RecordWords] = [:]
    var attachments: [[UInt8]: LocalAttachment] = [:]
    var parts: [[UInt8]] = []
    var recovered: [[UInt8]] = []
    /// Rows that are there and of which nothing can be read any more.
    var unreadable: Set<UnreadableRow> = []

    init(_ schema: Schema) { columns = TypedColumns(schema) }

    /// The number of a scope that may be new.
    mutating func number(for scope: Scope) throws -> Int {
        if let number = try numbers.number(of: scope) { return number }
        return assign(scope)
    }

    private mutating func assign(_ scope: Scope) -> Int {
        scopes.append(LocalScope(scope: scope))
        return numbers.assign(scope)
    }

    // Each function below puts one row in place, or takes it away when there is none, keeps every index in step, and returns
    // what was there: its own undoing.

    /// The scopes of `record` ascend, each once.
    mutating func setConfirmed(_ key: RecordKey, _ record: ConfirmedRecord?) -> ConfirmedRecord? {
        let former = record.map { confirmed.updateValue($0, forKey: HashedKey(key)) } ?? confirmed.removeValue(forKey: HashedKey(key))
        let (old, new) = (former?.scopes ?? [], record?.scopes ?? [])
        guard !old.elementsEqual(new, by: { ByteText($0.name) == ByteText($1.name) }) else { return former }
        for scope in old { scopes[numbers[scope] ?? assign(scope)].members.remove(HashedKey(key)) }
        for scope in new { scopes[numbers[scope] ?? assign(scope)].members.insert(HashedKey(key)) }
        return former
    }

    mutating func setDigest(_ number: Int, _ digest: ScopeDigest?) -> ScopeDigest? {
        let former = scopes[number].digest
        scopes[number].digest = digest
        guard (former == nil) != (digest == nil) else { return former }
        let place = view.partitionPoint { Order.ascending($0, scopes[number].scope) }
        if digest == nil { view.remove(at: place) } else { view.insert(scopes[number].scope, at: place) }
        return former
    }
}
