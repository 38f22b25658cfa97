import TruckrollCore
import TruckrollDomain
import TruckrollStoreMemory
import TruckrollSync

/// The smallest company with two technicians, vans, a depot, a customer's site with an asset, and one dispatched order.
struct Company {
    let world: World
    let anna: World.Device
    let ben: World.Device
    let dora: World.Device
    let annaUser: RecordID
    let benUser: RecordID
    let depot: RecordID
    let vanA: RecordID
    let site: RecordID
    let asset: RecordID
    let part: RecordID
    let order: RecordID
    let mandatoryTask: RecordID

    init(
        store: ((Schema) -> any ServerStore)? = nil, partSize: PartSize = PartSize(), snapshots: SnapshotKeeping? = nil,
        devicesInFiles: Bool = false
    ) throws {
        let world = try World(store: store, partSize: partSize, snapshots: snapshots, devicesInFiles: devicesInFiles)
        self.world = world
        let importer = world.importer
        let annaUser = world.id()
        let benUser = world.id()
        let doraUser = world.id()
        let depot = world.id()
        let vanA = world.id()
        let customer = world.id()
        let site = world.id()
        let model = world.id()
        let asset = world.id()
        let part = world.id()
        let order = world.id()
        let task = world.id()
        try world.commit(importer) { editor in
            try editor.create("stock_location", id: depot, ["kind": .text("depot"), "name": .text("Depot North")])
            for (id, number, name, role) in [
                (annaUser, "T1", "Anna Adler", "technician"), (benUser, "T2", "Ben Berg", "technician"), (doraUser, "D1", "Dora Dorn", "dispatcher"),
            ] {
                try editor.create(
                    "user", id: id, ["number": .text(number), "name": .text(name), "role": .text(role), "home_depot": .reference(depot)])
            }
            try editor.create("stock_location", id: vanA, ["kind": .text("van"), "name": .text("Van A"), "holder": .reference(annaUser)])
            try editor.create("customer", id: customer, ["number": .text("C1"), "name": .text("Plant AG")])
            try editor.create("site", id: site, ["customer": .reference(customer), "name": .text("Works 1")])
            try editor.create("asset_model", id: model, ["maker": .text("Maker"), "name": .text("GD-1"), "kind": .text("fixed_detector")])
            try editor.create(
                "asset", id: asset,
                ["model": .reference(model), "serial": .text("SN1"), "site": .reference(site), "fitness": .text("in_service")])
            try editor.create("part", id: part, ["number": .text("P-1"), "name": .text("Sensor"), "unit": .text("pcs")])
        }
        try world.sync(importer)
        try world.commit(importer) { editor in
            try editor.create(
                "stock_entry",
                [
                    "part": .reference(part), "to": .reference(depot), "quantity": .text("1"), "reason": .text("receipt"),
                    "at": .text(editor.now.description),
                ])
            try editor.create(
                "stock_entry",
                [
                    "part": .reference(part), "to": .reference(vanA), "quantity": .text("2"), "reason": .text("receipt"),
                    "at": .text(editor.now.description),
                ])
        }
        try world.sync(importer)
        (self.annaUser, self.benUser, self.depot, self.vanA, self.site, self.asset, self.part, self.order) =
            (annaUser, benUser, depot, vanA, site, asset, part, order)
        mandatoryTask = task
        anna = try world.device("anna", user: annaUser)
        ben = try world.device("ben", user: benUser)
        dora = try world.device("dora", user: doraUser)
        try world.commit(dora, "create") { editor in
            try editor.create(
                "service_order", id: order,
                [
                    "number": .text("SO-1"), "channel": .text("office"), "customer": .reference(customer), "site": .reference(site),
                    "kind": .text("calibration"), "title": .text("Calibrate"), "assets": .list([.reference(asset)]),
                    "requested_at": .text(editor.now.description), "priority": .text("normal"),
                ])
            try editor.create(
                "task", id: task, ["order": .reference(order), "title": .text("Check"), "mandatory": .text("yes"), "state": .text("open")])
            try editor.event(.create, order: order)
            try editor.event(.submit, order: order)
        }
        try world.sync(dora)
        try assign(annaUser)
        try world.sync(anna)
    }

    /// An order of Anna's in a week.
    var farOrder: RecordID { RecordID(high: 0xFA4, low: 1) }

    func addFarOrder() throws { try add(farOrder, "SO-2", inHours: 7 * 24) }

    /// An order that is assigned to Anna.
    func add(_ id: RecordID, _ number: String, inHours hours: Int64) throws {
        try createOrder(id, number, "In \(hours) hours")
        try world.commit(dora, "assign") { editor in
            try editor.create(
                "assignment_request",
                [
                    "order": .reference(id), "action": .text("assign"), "technician": .reference(annaUser),
                    "starts_at": .text(later(editor.now, hours: hours)), "ends_at": .text(later(editor.now, hours: hours + 1)),
                ])
        }
        try world.sync(dora)
    }

    /// An order of nobody's yet.
    func createOrder(_ id: RecordID, _ number: String, _ title: String) throws {
        try world.commit(dora, "create") { editor in
            let near = try editor.view("service_order", order)
            try editor.create(
                "service_order", id: id,
                [
                    "number": .text(number), "channel": .text("office"), "customer": near?["customer"] ?? .null, "site": .reference(site),
                    "kind": .text("calibration"), "title": .text(title), "requested_at": .text(editor.now.description),
                ])
            try editor.event(.create, order: id)
            try editor.event(.submit, order: id)
        }
        try world.sync(dora)
    }

    func assign(_ technician: RecordID) throws {
        try world.commit(dora, "assign") { editor in
            try editor.create(
                "assignment_request",
                [
                    "order": .reference(order), "action": .text("assign"), "technician": .reference(technician),
                    "starts_at": .text(editor.now.description), "ends_at": .text(later(editor.now, hours: 2)),
                ])
        }
        try world.sync(dora)
    }

    func reassign(from: RecordID, to: RecordID) throws {
        try world.commit(dora, "reassign") { editor in
            try editor.create(
                "assignment_request",
                ["order": .reference(order), "action": .text("reassign"), "technician": .reference(to), "instead_of": .reference(from)])
        }
        try world.sync(dora)
    }

    func later(_ time: DeviceTime, hours: Int64) -> String {
        DeviceTime(milliseconds: time.milliseconds + hours * 3_600_000, offsetMinutes: time.offsetMinutes).description
    }

    func event(_ device: World.Device, _ events: OrderEvent...) throws {
        for event in events { try world.commit(device, event.rawValue) { try $0.event(event, order: order) } }
    }

    func finishTask(_ device: World.Device) throws {
        try world.commit(device, "task") { try $0.patch("task", mandatoryTask, ["state": .text("done")]) }
    }

    func state() throws -> String? { try world.serverValue("service_order", order, "state").text }
}

extension Company {
    /// One whose server's store can be copied and put back.
    static func inMemory() throws -> (Company, MemoryServerStore) {
        let company = try Company(store: { MemoryServerStore(schema: $0) })
        guard let store = company.world.store as? MemoryServerStore else { throw Surprise("the store is another one") }
        return (company, store)
    }

    /// Puts a copy back as the operator's command does.
    func putBack(_ copy: MemoryServerStore, in store: MemoryServerStore) throws {
        store.restore(from: copy)
        try world.server.checkInstance([2], newEpoch: Epoch(rawValue: 12), at: world.moment)
    }

    /// A fact about the order, not sent yet.
    func note(by device: World.Device) throws -> RecordID {
        let id = world.id()
        try world.commit(device, "note") { editor in
            try editor.create(
                "note", id: id,
                ["order": .reference(order), "text": .text("The fan is loud."), "at": .text(editor.now.description), "by": .reference(editor.user)])
        }
        return id
    }
}
