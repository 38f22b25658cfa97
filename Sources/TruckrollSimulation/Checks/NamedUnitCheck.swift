import TruckrollCore
import TruckrollDomain
import TruckrollSync

/// Pieces are named for reservations that ask for certain ones: as many as are granted, where they were asked for, each fit for what was
/// asked, and none for what is over.
struct NamedUnitCheck {
    let schema: Schema
    let stored: [RecordKey: StoredRecord]

    /// - Returns: how many requests for certain pieces were granted some.
    func check() throws -> Int {
        var named: [RecordID: [RecordView]] = [:]
        for unit in try stored.views(of: schema.entity("unit")) {
            if let reservation = unit.reference("reserved_for") { named[reservation, default: []].append(unit) }
        }
        var granted = 0
        let certificates = try stored.views(of: schema.entity("type_certificate"))
        for reservation in try stored.views(of: schema.entity("reservation")) {
            let pieces = named.removeValue(forKey: reservation.id) ?? []
            func broken(_ what: String) -> Violation { Violation("C11", "reservation \(reservation.id) \(what)") }
            guard let criteria = UnitCriteria(reservation: reservation) else {
                guard pieces.isEmpty else { throw broken("asks for any pieces, and \(pieces.count) are named for it") }
                continue
            }
            let amounts = ReservationAmounts(reservation)
            if reservation.quantity("granted") ?? .zero > .zero || amounts.loaded > .zero { granted += 1 }
            let promised = (amounts.granted.millionths + amounts.picked.millionths) / Quantity.one.millionths
            guard promised == pieces.count else { throw broken("was promised \(promised), and \(pieces.count) pieces are named for it") }
            let serials = (reservation["serials"].list ?? []).compactMap(\.text)
            guard serials == pieces.compactMap({ $0.text("serial") }).sorted() else { throw broken("lists \(serials)") }
            let asked = reservation.record.entries.first.map { DeviceTime(milliseconds: Int64($0.version.stamp.milliseconds), offsetMinutes: 0).date }
            for piece in pieces {
                guard piece["location"] == reservation["location"], piece["part"] == reservation["part"] else {
                    throw broken("has a piece elsewhere")
                }
                let own = certificates.filter { $0["part"] == piece["part"] }.compactMap { TypeCertificate($0) }
                let report = criteria.report(on: piece.text("serial") ?? "", own, neededOn: asked ?? CalendarDate(daysSince1970: 0))
                guard report.verdict != .error else { throw broken("has a piece that is not what it asks for: \(report.findings.map(\.text))") }
            }
        }
        guard named.isEmpty else { throw Violation("C11", "pieces are named for reservations that are not there: \(named.keys)") }
        return granted
    }
}

/// An order is on hold exactly as long as its case is open (I19).
struct HeldOrderCheck {
    let schema: Schema
    let stored: [RecordKey: StoredRecord]

    /// - Returns: how many orders have ever been held.
    func check() throws -> Int {
        let cases = try stored.views(of: schema.entity("exception")).filter { $0.text("kind") == ExceptionKind.order_held.rawValue }
        let open = Set(cases.filter { $0.text("state") == "open" }.compactMap { $0.reference("order") })
        for order in try stored.views(of: schema.entity("service_order")) {
            let isHeld = order.text("state") == OrderState.on_hold.rawValue
            guard isHeld == open.contains(order.id) else {
                throw Violation("I19", "order \(order.id) is \(order.text("state") ?? "nothing"), its case is \(isHeld ? "closed" : "open")")
            }
        }
        return Set(cases.compactMap { $0.reference("order") }).count
    }
}
