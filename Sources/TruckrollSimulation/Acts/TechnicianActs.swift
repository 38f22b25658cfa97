import TruckrollCore
import TruckrollDomain
import TruckrollSync

/// What a technician records on a job.
struct TechnicianActs {
    let context: ActContext
    private var editor: LocalEditor { context.editor }
    private var how: UInt32 { context.how }

    /// - Returns: whether the act is one of a technician's.
    func perform(_ act: Act) throws -> Bool {
        switch act {
        case .accept: try context.event(.accept)
        case .travel: try context.event(.travel)
        case .arrive: try context.event(.arrive)
        case .start: try context.event(.start)
        case .pause: try context.event(.pause)
        case .resume: try context.event(.resume)
        case .decline: if how % 4 == 0 { try context.event(.decline) }
        case .noAccess: if how % 4 == 0 { try context.event(how % 8 == 0 ? .no_access : .cannot_complete) }
        case .complete: try context.event(.complete)
        case .sign: try sign()
        case .certify: try certify()
        case .note, .labour, .finding, .reading: try record(act)
        case .partFromVan, .partFromDepot, .partOnLease, .reserve, .lease: try handle(act)
        case .finishTask, .answerTask, .retitleTask, .deleteTask, .addTask: try work(act)
        case .restrictAsset: try restrict()
        case .retitleOrder, .tagOrder, .untagOrder: try edit(act)
        case .takeOrder: try take()
        case .writeText: try TextActs(context: context).write()
        case .handOver: try HandOverActs(context: context).offer()
        case .answerHandOver: try HandOverActs(context: context).answer()
        case .countStock: try CountActs(context: context).count()
        case .moveAsset: try AssetActs(context: context).move()
        case .recordAssetEvent: try AssetActs(context: context).live()
        case .readMeter: try AssetActs(context: context).read()
        case .tellAlert: try AssetActs(context: context).tell()
        case .orderDue: try AssetActs(context: context).order()
        case .callOff: try BlanketActs(context: context).callOff()
        case .leaseBlanket: try BlanketActs(context: context).lease()
        case .decideRelease: try BlanketActs(context: context).decide()
        case .moveRelease: try BlanketActs(context: context).move()
        default: return false
        }
        return true
    }

    // MARK: Facts

    private func record(_ act: Act) throws {
        guard let order = try context.order else { return }
        let common: [String: Value] = ["order": .reference(order), "at": context.now, "by": context.me]
        switch act {
        case .note:
            let kind = editor.schema["hazard_note"] != nil && how % 2 == 0 ? "hazard_note" : "note"
            try editor.create(kind, common.merging(["text": .text("note \(how)")]) { $1 })
        case .labour:
            try editor.create(
                "labour_entry",
                [
                    "order": .reference(order), "person": context.me, "kind": .text("work"), "seconds": .integer(Int64(60 + how % 7200)),
                    "started_at": context.now,
                ])
        default:
            let asset = context.one(try context.shown(.asset), how)
            try editor.create(
                "finding",
                common.merging(["asset": asset.map { .reference($0) } ?? .null, "severity": .text("minor"), "text": .text("finding \(how)")]) { $1 })
        }
    }

    private func sign() throws {
        guard let order = try context.order, try OrderWorkflow.next(from: context.state(order), .customer_sign) != nil else { return }
        try editor.create(
            "signature",
            [
                "order": .reference(order), "signer": .text("Customer"), "meaning": .text("accepted"), "at": context.now, "by": context.me,
                "document_hash": .bytes(ContentDigest.sha256([UInt8(how & 0xFF)])),
            ])
        try editor.event(.customer_sign, order: order)
    }

    private func certify() throws {
        guard let order = try context.order, try context.state(order) == .signed_off else { return }
        let content = Array("content \(how)".utf8)
        let hash = ContentDigest.sha256(content)
        var number = "\(editor.series)-\(editor.nextDocumentNumber())-\(hash.prefix(2).map { String($0, radix: 16) }.joined())"
        // A number that stands for another content already.
        if how % 5 == 0, let other = try editor.views("certificate").first?.text("number") { number = other }
        let assets = try editor.view("service_order", order)?.references("assets") ?? []
        try editor.create(
            "certificate",
            [
                "number": .text(number), "kind": .text("calibration_certificate"), "revision": .integer(0), "order": .reference(order),
                "asset": context.one(assets, how).map { .reference($0) } ?? .null, "content": .bytes(content), "content_hash": .bytes(hash),
                "device_signature": .bytes([UInt8](repeating: 7, count: 64)), "device": .bytes([UInt8](repeating: 1, count: 16)),
                "issued_at": context.now, "by": context.me,
            ])
        try editor.event(.certify, order: order)
    }

    // MARK: Parts

    private func handle(_ act: Act) throws {
        guard let order = try context.order, let part = context.one(try context.shown(.part), how) else { return }
        let quantity = Value.text("\(1 + (how >> 8) % 2)")
        switch act {
        case .partFromVan:
            guard let van = try editor.views("stock_location", where: "holder", equals: context.me).first else { return }
            try use(part, on: order, quantity, ["from": .reference(van.id)])
        case .partFromDepot:
            guard let depot = context.one(try context.shown(.depot), how >> 12) else { return }
            try use(part, on: order, quantity, ["from": .reference(depot)])
        case .partOnLease:
            guard let lease = context.one(try context.shown(.ownLease), how), let view = try editor.view("lease", lease),
                let leased = view.reference("part")
            else { return }
            try use(leased, on: order, quantity, ["from": view["location"], "lease": .reference(lease)])
        case .reserve:
            guard let depot = context.one(try context.shown(.depot), how >> 12) else { return }
            let type = try editor.schema.entity("reservation").type
            let id = RecordID.derived(type: type, key: [order.bytes, part.bytes, depot.bytes])
            guard try editor.view("reservation", id) == nil else { return }
            let asked: [String: Value] = [
                "order": .reference(order), "part": .reference(part), "location": .reference(depot), "quantity": quantity,
                "requested_by": context.me,
            ]
            let isSerialised = try editor.view("part", part)?.boolean("serialised") ?? false
            let criteria: [String: Value] =
                isSerialised && (how >> 4) % 3 != 0 ? ["scheme": .text("IECEx"), "partial": .boolean(how & 64 == 0)] : [:]
            try editor.create("reservation", id: id, asked.merging(criteria) { $1 })
        default:
            guard let depot = context.one(try context.shown(.depot), how >> 12) else { return }
            try editor.create(
                "lease",
                ["kind": .text("depot_stock"), "user": context.me, "location": .reference(depot), "part": .reference(part), "amount": quantity])
        }
    }

    /// Uses a part: one piece of it, where its pieces have serial numbers. Now and then it corrects what was used before.
    private func use(_ part: RecordID, on order: RecordID, _ quantity: Value, _ source: [String: Value]) throws {
        var use: [String: Value] = [
            "order": .reference(order), "part": .reference(part), "quantity": quantity, "action": .text("consumed"), "at": context.now,
            "by": context.me,
        ]
        use.merge(source) { $1 }
        if how % 9 == 0 {
            let former = try editor.views("part_use", where: "order", equals: .reference(order)).filter { $0.reference("by") == editor.user }
            use["corrects"] = context.one(former.map(\.id), how >> 16).map { .reference($0) }
        }
        if try editor.view("part", part)?.boolean("serialised") ?? false { try UnitActs(context: context).name(part, in: &use) }
        try editor.create("part_use", use)
    }

    // MARK: Shared fields

    private func work(_ act: Act) throws {
        guard let order = try context.order else { return }
        if act == .addTask {
            try editor.create(
                "task",
                [
                    "order": .reference(order), "title": .text("extra \(how % 100)"), "mandatory": .text(how % 3 == 0 ? "yes" : "no"),
                    "state": .text("open"),
                ])
            return
        }
        guard let task = try context.task(of: order) else { return }
        switch act {
        case .finishTask:
            for open in try editor.views("task", where: "order", equals: .reference(order)) where open.text("state") != "done" {
                try editor.patch("task", open.id, ["state": .text("done")])
            }
        case .answerTask:
            try editor.patch("task", task, ["answer": .text("answer \(how % 5)")])
            if editor.schema["task"]?["estimate"] != nil { try editor.patch("task", task, ["estimate": .integer(Int64(how % 90))]) }
        case .retitleTask: try editor.patch("task", task, ["title": .text("title \(how % 50)"), "remark": .text("remark \(how % 9)")])
        default: if how % 2 == 0 { try editor.delete("task", task) }
        }
    }

    private func restrict() throws {
        guard let asset = context.one(try context.shown(.asset), context.pick) else { return }
        let values = ["due", "overdue", "restricted", "quarantined", "condemned"]
        try editor.change("asset", asset, "fitness", element: .text(values[Int(how) % values.count]), op: .raise)
    }

    private func edit(_ act: Act) throws {
        guard let order = try context.order else { return }
        switch act {
        case .retitleOrder: try editor.patch("service_order", order, ["title": .text("order \(how % 100)")])
        case .tagOrder: try editor.change("service_order", order, "tags", element: .text("tag \(how % 4)"), op: .add)
        default: try editor.change("service_order", order, "tags", element: .text("tag \(how % 4)"), op: .remove)
        }
    }

    /// A job found on site: created and taken on offline.
    private func take() throws {
        guard how % 3 == 0, let site = context.one(try context.shown(.site), context.pick), let customer = try context.customer(of: site) else {
            return
        }
        let order = editor.newID()
        try editor.create(
            "service_order", id: order,
            [
                "number": .text("\(editor.series)-O\(editor.nextDocumentNumber())"), "channel": .text("field"), "customer": .reference(customer),
                "site": .reference(site), "kind": .text("repair"), "title": .text("found \(how % 100)"), "requested_at": context.now,
                "priority": .text("high"),
            ])
        try editor.event(.create, order: order)
        try editor.event(.take, order: order)
    }
}
