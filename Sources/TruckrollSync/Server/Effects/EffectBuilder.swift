import TruckrollCore
import TruckrollDomain
import TruckrollProtocol

/// Collects what the server does because of an admitted set: the ops of the server set at the position right after it.
///
/// Ops are applied as they are added, so that a later effect sees an earlier one.
final class EffectBuilder {
    let schema: Schema
    let writer: PositionWriter
    let moment: ServerMoment
    private let applier: SetApplier
    private let derivation: [UInt8]
    private(set) var ops: [Op] = []
    /// Orders whose closing may have become possible.
    var ordersToClose: Set<RecordID> = []
    /// Orders that have come into another state.
    var movedOrders: Set<RecordID> = []
    /// Orders on hold about which something was decided, or mended.
    var heldOrders: Set<RecordID> = []
    /// Orders of which something was changed that the rules look at.
    var changedOrders: Set<RecordID> = []
    /// Stocks of which something moved or was promised, as they were before: more may have to be asked for, and where more is free in the
    /// end, who waits may be served.
    var touchedShelves: [StockShelf: StockBalance] = [:]
    /// Reservations of certain pieces of which something was taken, freed or lost.
    var namedReservations: Set<RecordID> = []
    /// Meters of which something was read.
    var readMeters: Set<RecordID> = []
    /// When exceptions go to whom, once somebody has asked.
    var escalationRules: [EscalationRule]?
    /// Stocks whose queue, terms or deliveries have changed: who waits there may be served now, or on another day.
    var freedShelves: Set<StockShelf> = []

    /// - Parameter cause: goes into the ids of the records the effects create, so that replaying a cause makes the same ones.
    init(schema: Schema, writer: PositionWriter, moment: ServerMoment, version: Version, cause: String) {
        self.schema = schema
        self.writer = writer
        self.moment = moment
        applier = SetApplier(schema: schema, access: writer, version: version, role: nil)
        derivation = Array(cause.utf8)
    }

    /// The server's time in the tenant's zone, as a field holds it.
    var now: Value { .text(moment.calendar.local(moment.milliseconds).description) }

    /// The tenant's day.
    var today: CalendarDate { moment.calendar.local(moment.milliseconds).date }

    /// An id for a record this cause makes once under the name.
    func id(_ entity: String, _ name: String) throws -> RecordID {
        RecordID.derived(type: try schema.entity(entity).type, key: [derivation, Array(name.utf8)])
    }

    @discardableResult
    func create(_ entity: String, id: RecordID, _ fields: [String: Value]) throws -> RecordID {
        for op in try schema.creation(of: RecordDraft(entity, id: id, fields.filter { $0.value != .null })) { try add(op) }
        return id
    }

    /// Gives fields of an existing record new values, as somebody who has seen all that stands there.
    func patch(_ entity: String, id: RecordID, _ fields: [String: Value]) throws {
        let entity = try schema.entity(entity)
        let key = RecordKey(type: entity.type, id: id)
        let view = try writer.record(key).map { RecordView($0, entity) }
        var writes: [FieldWrite] = []
        for name in fields.keys.sorted() {
            guard let field = entity[name], let value = fields[name] else { continue }
            if let view, view[name] == value { continue }
            writes.append(FieldWrite(field: field.id, op: field.creationOp, value: value, bases: view?.versions(field) ?? []))
        }
        guard !writes.isEmpty else { return }
        try add(Op(kind: .patch, key: key, writes: writes.sorted { $0.field < $1.field }))
    }

    @discardableResult
    private func add(_ op: Op) throws -> AppliedOp {
        ops.append(op)
        return try applier.apply(op, index: ops.count - 1)
    }

    /// A time as a record says itself, unless its author's clock was far off: then when its set was made, by the clock that the server has
    /// corrected. Who brings in the past says himself when it was, where that can be. It is to the second, as fields hold times: what is counted
    /// from it and written into a field is then no moment before the one that is meant.
    func soundTime(_ view: RecordView, _ field: String) throws -> Int64 { try claimedOrStamped(view, field) / 1000 * 1000 }

    private func claimedOrStamped(_ view: RecordView, _ field: String) throws -> Int64 {
        let version = view.entity[field].flatMap { view.record[$0.id]?.version }
        let claimed = view.time(field)?.milliseconds ?? moment.milliseconds
        guard let version, case let stamp = Int64(clamping: version.stamp.milliseconds) else { return claimed }
        guard Limits.plausibleTimes.contains(claimed) else { return stamp }
        if abs(claimed - stamp) <= Int64(Limits.aheadMilliseconds) { return claimed }
        let author = try writer.transaction.replica(version.stamp.replica)
        // The server's own stamps go before its clock where a device's did; what it says of the time is so.
        let isServers = author?.publicKey.isEmpty ?? true
        return isServers || author?.role == .importer ? claimed : stamp
    }

    // MARK: Common records

    /// Moves an order by an event of the server's own.
    ///
    /// - Parameter known: the id of an event that others may record as well.
    func event(
        _ event: OrderEvent, id known: RecordID? = nil, order: RecordID, by user: RecordID, technician: RecordID? = nil, reason: String? = nil
    ) throws {
        let orderEntity = try schema.entity("service_order")
        let last = try writer.view(orderEntity, order)?.reference("last_event")
        movedOrders.insert(order)
        try create(
            "order_event", id: try known ?? id("order_event", "\(event.rawValue):\(order):\(ops.count)"),
            [
                "order": .reference(order), "event": .text(event.rawValue), "seen": last.map { .reference($0) } ?? .null, "at": now,
                "by": .reference(user), "reason": reason.map { .text($0) } ?? .null,
                "technician": technician.map { .reference($0) } ?? .null,
            ])
    }

    /// Lets a lease be granted, with the server's own word, by which it knows it again. Times are written to the second; the MAC covers what a
    /// reader of the record sees.
    func write(grant proof: LeaseProof, key: [UInt8]) throws {
        let (soft, hard) = (moment.calendar.local(proof.softExpiry).description, moment.calendar.local(proof.hardExpiry).description)
        let written = LeaseProof(
            lease: proof.lease, replica: proof.replica, part: proof.part, location: proof.location, granted: proof.granted,
            softExpiry: DeviceTime(soft)?.milliseconds ?? proof.softExpiry, hardExpiry: DeviceTime(hard)?.milliseconds ?? proof.hardExpiry)
        try patch(
            "lease", id: proof.lease,
            [
                "state": .text("granted"), "granted": .text(proof.granted.description), "used": .text("0"),
                "replica": .integer(Int64(proof.replica.rawValue)), "soft_expiry": .text(soft), "hard_expiry": .text(hard),
                "answer": .text("Granted."), "mac": .bytes(MessageAuthentication.code(for: written.authenticated, key: key)),
            ])
    }

    /// The order's state as it stands.
    func state(of order: RecordID) throws -> OrderState? {
        try writer.view(try schema.entity("service_order"), order)?.text("state").flatMap { OrderState(rawValue: $0) }
    }
}
