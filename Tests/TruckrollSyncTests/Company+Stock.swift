import TruckrollCore
import TruckrollDomain
import TruckrollSync

/// Requests for the depot's stock, and what arrives there.
extension Company {
    /// Another order with a reservation of the depot's stock.
    ///
    /// - Parameters:
    ///   - number: tells the orders of a test apart.
    ///   - terms: fields of the reservation beside those that every one has.
    func ask(
        _ number: Int, _ quantity: String, priority: String = "normal", _ terms: [String: Value] = [:]
    ) throws -> (order: RecordID, reservation: RecordID) {
        let order = world.id()
        try world.commit(dora) { editor in
            try editor.create(
                "service_order", id: order,
                [
                    "number": .text("SO-\(number)"), "channel": .text("office"),
                    "customer": try editor.view("service_order", self.order)?["customer"] ?? .null, "site": .reference(site),
                    "kind": .text("repair"), "title": .text("Repair"), "requested_at": .text(editor.now.description), "priority": .text(priority),
                ])
            try editor.event(.create, order: order)
        }
        return (order, try reserve(quantity, for: order, terms))
    }

    /// A reservation of the depot's stock, synced.
    @discardableResult
    func reserve(_ quantity: String, for order: RecordID, _ terms: [String: Value] = [:], by device: World.Device? = nil) throws -> RecordID {
        let id = RecordID.derived(type: try world.schema.entity("reservation").type, key: [order.bytes, part.bytes, depot.bytes])
        let device = device ?? dora
        try world.commit(device) { editor in
            let asked: [String: Value] = [
                "order": .reference(order), "part": .reference(part), "location": .reference(depot), "quantity": .text(quantity),
                "requested_by": .reference(editor.user),
            ]
            try editor.create("reservation", id: id, asked.merging(terms) { $1 })
        }
        try world.sync(device)
        return id
    }

    /// A lease of the depot's stock, synced.
    func lease(_ amount: String, by device: World.Device) throws -> RecordID {
        let id = world.id()
        try world.commit(device) { editor in
            try editor.create(
                "lease", id: id,
                [
                    "kind": .text("depot_stock"), "user": .reference(editor.user), "location": .reference(depot), "part": .reference(part),
                    "amount": .text(amount),
                ])
        }
        try world.sync(device)
        return id
    }

    /// What arrives at the depot, synced.
    func receive(_ quantity: String, announced: RecordID? = nil) throws {
        try world.commit(world.importer) { editor in
            try editor.create(
                "stock_entry",
                [
                    "part": .reference(part), "to": .reference(depot), "quantity": .text(quantity), "reason": .text("receipt"),
                    "source": announced.map { .reference($0) } ?? .null, "at": .text(editor.now.description),
                ])
        }
        try world.sync(world.importer)
    }
}
