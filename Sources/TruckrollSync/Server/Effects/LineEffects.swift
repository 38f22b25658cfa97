import TruckrollCore
import TruckrollDomain

/// Has what an order is to bring promised when somebody is planned for it, and tells of pieces that two orders name
/// (Protocol/05-workflow.md, 5.24).
struct LineEffects {
    let stock: StockEffects
    private var builder: EffectBuilder { stock.builder }

    func add(for applied: AppliedOp) throws {
        guard applied.entity.name == "order_line", let record = try builder.writer.record(applied.op.key),
            case let line = RecordView(record, applied.entity), !line.isDeleted, let order = line.reference("order")
        else { return }
        if applied.isNew, builder.plannedOrders[order] == nil, try builder.state(of: order).map({ !$0.isPastWork && $0 != .cancelled }) ?? false {
            let appointments = try builder.writer.views(try builder.schema.entity("appointment"), where: "order", equals: .reference(order))
            let technician = appointments.filter { $0.text("state") == "active" }.compactMap { $0.reference("technician") }.min()
            if let technician { builder.plannedOrders[order] = technician }
        }
        try checkPieces(of: line, order)
    }

    /// Asks for what the lines of planned orders name and nobody has asked for yet, at the depot of who brings it.
    func reserve(by author: RecordID) throws {
        for (order, technician) in builder.plannedOrders.sorted(by: { $0.key < $1.key }) { try reserve(for: order, technician, author) }
    }

    private func reserve(for order: RecordID, _ technician: RecordID, _ author: RecordID) throws {
        let lines = try builder.writer.views(try builder.schema.entity("order_line"), where: "order", equals: .reference(order))
        guard !lines.isEmpty else { return }
        guard let depot = try builder.writer.view(try builder.schema.entity("user"), technician)?.reference("home_depot") else {
            return try builder.raise(
                .backorder_notice, "no-depot", order: order, about: technician,
                text: "Nothing of what the order is to bring was promised: who is planned has no depot. Reserve it where it is to be fetched.")
        }
        let entity = try builder.schema.entity("reservation")
        let standing = try builder.writer.views(entity, where: "order", equals: .reference(order)).filter {
            !["released", "refused", "expired"].contains($0.text("state"))
        }
        var wanted: [RecordID: Quantity] = [:]
        for line in lines {
            guard let part = line.reference("part"), let quantity = line.greatestQuantity else { continue }
            wanted[part] = (wanted[part] ?? .zero).adding(quantity) ?? .greatest
        }
        for (part, quantity) in wanted.sorted(by: { $0.key < $1.key }) where !standing.contains(where: { $0.reference("part") == part }) {
            let id = StockEffects.reservationID(entity, order: order, part: part, location: depot)
            if try builder.writer.view(entity, id) == nil {
                try builder.create(
                    "reservation", id: id,
                    [
                        "order": .reference(order), "part": .reference(part), "location": .reference(depot), "quantity": .text("\(quantity)"),
                        "requested_by": .reference(author),
                    ])
            } else {
                // It was given back, and is wanted again.
                try builder.patch("reservation", id: id, ["state": .null, "granted": .null, "answer": .null])
            }
            if let view = try builder.writer.view(entity, id) { try stock.answer(reservation: view, replica: nil) }
        }
    }

    /// A piece is brought by one order at a time (29).
    private func checkPieces(of line: RecordView, _ order: RecordID) throws {
        let serials = line.pieces
        guard !serials.isEmpty, let part = line.reference("part") else { return }
        for other in try builder.writer.views(line.entity, where: "part", equals: .reference(part)) where other.id != line.id {
            let twice = serials.intersection(other.pieces).sorted()
            guard !twice.isEmpty, let its = other.reference("order") else { continue }
            let state = try builder.state(of: its)
            guard its == order || (state != .cancelled && state?.isClosed != true) else { continue }
            let number = try builder.writer.view(try builder.schema.entity("service_order"), its)?.text("number") ?? its.short
            let exceptions = try builder.schema.entity("exception")
            let id = RecordID.derived(
                type: exceptions.type, key: [Array("line-piece".utf8)] + [line.id, other.id].sorted().map(\.bytes) + [Array(twice[0].utf8)])
            guard try builder.writer.view(exceptions, id) == nil else { continue }
            try builder.raise(
                .custody_conflict, id: id, order: order, about: nil, subject: line.id,
                text: "The piece \(twice.prefix(5).joined(separator: ", ")) is named on \(number) as well. Name another one on one of the two.")
        }
    }
}

extension RecordView {
    /// The serial numbers that a line names; spaces do not tell two apart.
    fileprivate var pieces: Set<String> { Set((self["serials"].list ?? []).compactMap(\.text).map { $0.filter { !$0.isWhitespace } }) }

    /// The greatest of the quantities that people gave a line without seeing each other's: so much is surely enough.
    public var greatestQuantity: Quantity? {
        guard let field = entity["quantity"] else { return nil }
        if case .siblings(let set) = state(field) { return set.siblings.compactMap { $0.value.text.flatMap { Quantity($0) } }.max() }
        return quantity("quantity")
    }
}
