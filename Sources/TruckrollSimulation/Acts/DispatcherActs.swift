import TruckrollCore
import TruckrollDomain
import TruckrollSync

/// What a dispatcher decides in the office.
struct DispatcherActs {
    let context: ActContext
    private var editor: LocalEditor { context.editor }
    private var how: UInt32 { context.how }

    func perform(_ act: Act) throws {
        switch act {
        case .createOrder: try createOrder()
        case .assign, .reassign, .unassign, .move: try plan(act)
        case .cancel: if how % 4 == 0 { try context.event(.cancel) }
        case .prioritise: try prioritise()
        case .restock, .transfer: try moveStock(act)
        case .releaseAsset: try release()
        case .resolveException: try ExceptionActs(context: context).deal()
        case .guardedEdit: try guardedEdit()
        case .makePlan: try AssetActs(context: context).plan()
        default: break
        }
    }

    private func createOrder() throws {
        guard let site = context.one(try context.shown(.site), context.pick), let customer = try context.customer(of: site) else { return }
        let order = editor.newID()
        let assets = try editor.views("asset", where: "site", equals: .reference(site)).prefix(2).map { Value.reference($0.id) }
        try editor.create(
            "service_order", id: order,
            [
                "number": .text("\(editor.series)-N\(editor.nextDocumentNumber())"), "channel": .text("office"), "customer": .reference(customer),
                "site": .reference(site), "kind": .text("calibration"), "title": .text(how % 7 == 0 ? " " : "new \(how % 100)"),
                "assets": .list(Array(assets)),
                "requested_at": context.now, "priority": .text("normal"),
            ])
        for number in 0..<(1 + how % 3) {
            try editor.create(
                "task",
                [
                    "order": .reference(order), "title": .text("step \(number)"), "mandatory": .text(number == 0 ? "yes" : "no"),
                    "state": .text("open"),
                ])
        }
        try editor.event(.create, order: order)
        try editor.event(.submit, order: order)
    }

    private func plan(_ act: Act) throws {
        guard let order = try context.order, let technician = context.one(try context.shown(.technician), how) else { return }
        let start = Int(how >> 8) % 72 - 24
        let times: [String: Value] = ["starts_at": context.later(hours: start * 4), "ends_at": context.later(hours: start * 4 + 1)]
        let request: [String: Value] = ["order": .reference(order), "technician": .reference(technician)]
        let active = try editor.views("appointment", where: "order", equals: .reference(order)).filter { $0.text("state") == "active" }
        switch act {
        case .assign: try editor.create("assignment_request", request.merging(times) { $1 }.merging(["action": .text("assign")]) { $1 })
        case .reassign:
            guard let former = active.compactMap({ $0.reference("technician") }).first(where: { $0 != technician }) else { return }
            try editor.create("assignment_request", request.merging(["action": .text("reassign"), "instead_of": .reference(former)]) { $1 })
        case .unassign:
            guard let former = active.first?.reference("technician") else { return }
            try editor.create(
                "assignment_request", ["order": .reference(order), "technician": .reference(former), "action": .text("unassign")])
        default:
            guard let former = active.first?.reference("technician") else { return }
            try editor.create(
                "assignment_request",
                ["order": .reference(order), "technician": .reference(former), "action": .text("move")].merging(times) { $1 })
        }
    }

    private func prioritise() throws {
        guard let order = try context.order else { return }
        // What is on hold for want of a title gets one now and then.
        if how % 3 == 0 { return try editor.patch("service_order", order, ["title": .text("order \(how % 100)")]) }
        let values = ["emergency", "high", "normal", "low"]
        try editor.patch("service_order", order, ["priority": .text(values[Int(how) % 4])])
    }

    private func moveStock(_ act: Act) throws {
        guard let part = context.one(try context.shown(.part), how), let depot = context.one(try context.shown(.depot), context.pick) else { return }
        var entry: [String: Value] = [
            "part": .reference(part), "quantity": .text("\(1 + how % 2)"), "at": context.now, "to": .reference(depot), "reason": .text("receipt"),
        ]
        if act == .transfer {
            guard let from = context.one(try context.shown(.depot), context.pick &+ 1), from != depot else { return }
            entry["from"] = .reference(from)
            entry["reason"] = .text("transfer")
        }
        if try editor.view("part", part)?.boolean("serialised") ?? false { try UnitActs(context: context).name(part, inMovement: &entry) }
        try editor.create("stock_entry", entry)
    }

    private func release() throws {
        guard let asset = context.one(try context.shown(.asset), context.pick) else { return }
        try editor.change("asset", asset, "fitness", element: .text("in_service"), op: .release)
    }

    /// A decision that only holds while nobody else has changed the title.
    private func guardedEdit() throws {
        guard let order = try context.order else { return }
        try editor.guardUnchanged("service_order", order, "title")
        try editor.patch("service_order", order, ["title": .text("guarded \(how % 100)")])
        try TextActs(context: context).write()
    }
}
