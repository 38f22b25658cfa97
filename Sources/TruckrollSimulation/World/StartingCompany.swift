import TruckrollCore
import TruckrollDomain
import TruckrollSync

/// What stands in the company at the beginning: sites with assets, depots and vans with a few parts, and planned orders.
struct StartingCompany {
    private let people: [(id: RecordID, name: String, role: Role)]
    private var ids: [String: RecordID] = [:]

    init(people: [(id: RecordID, name: String, role: Role)], random: inout SeededGenerator) {
        self.people = people
        let names =
            ["customer", "model", "certificate"] + (0..<2).flatMap { ["depot \($0)", "site \($0)"] } + (0..<4).map { "asset \($0)" }
            + (0..<3).map { "part \($0)" }
            + (0..<6).map { "order \($0)" } + people.indices.map { "van \($0)" }
            + ["blanket"]
        for name in names { ids[name] = RecordID.version7(milliseconds: 1_795_000_000_000, using: &random) }
    }

    private func id(_ name: String) -> RecordID { ids[name] ?? RecordID(high: 0, low: 0) }
    private var technicians: [RecordID] { people.filter { $0.role == .technician }.map(\.id) }

    /// The importer's change sets, in order.
    var commits: [(LocalEditor) throws -> Void] { [places, stock, orders, plan] }

    private func places(_ editor: LocalEditor) throws {
        for number in 0..<2 {
            try editor.create("stock_location", id: id("depot \(number)"), ["kind": .text("depot"), "name": .text("Depot \(number)")])
        }
        for (number, person) in people.enumerated() {
            try editor.create(
                "user", id: person.id,
                [
                    "number": .text("P\(number)"), "name": .text(person.name), "role": .text(person.role.rawValue),
                    "home_depot": .reference(id("depot 0")),
                ])
            if person.role == .technician {
                try editor.create(
                    "stock_location", id: id("van \(number)"),
                    ["kind": .text("van"), "name": .text("Van \(number)"), "holder": .reference(person.id)])
            }
        }
        try editor.create("customer", id: id("customer"), ["number": .text("C1"), "name": .text("Plant AG")])
        try editor.create("asset_model", id: id("model"), ["maker": .text("Maker"), "name": .text("GD-1"), "kind": .text("fixed_detector")])
        for number in 0..<2 {
            try editor.create("site", id: id("site \(number)"), ["customer": .reference(id("customer")), "name": .text("Works \(number)")])
        }
        for number in 0..<4 {
            try editor.create(
                "asset", id: id("asset \(number)"),
                [
                    "model": .reference(id("model")), "serial": .text("SN\(number)"), "site": .reference(id("site \(number % 2)")),
                    "fitness": .text("in_service"),
                ])
        }
        for number in 0..<3 {
            try editor.create(
                "part", id: id("part \(number)"),
                [
                    "number": .text("P-\(number)"), "name": .text("Part \(number)"), "unit": .text("pcs"), "serialised": .boolean(number == 2),
                ])
        }
        try editor.create(
            "blanket_order", id: id("blanket"),
            [
                "customer": .reference(id("customer")), "number": .text("B-1"), "part": .reference(id("part 1")), "total": .text("12"),
                "valid_from": .text("2020-01-01"), "valid_until": .text("2039-12-31"), "approval_from": .text("4"),
                "alert_percents": .list([.integer(80)]),
            ])
        // Of the pieces of the first depot five are certified, of the second's two.
        try editor.create(
            "type_certificate", id: id("certificate"),
            [
                "part": .reference(id("part 2")), "scheme": .text("IECEx"), "number": .text("IECEx 1"), "serial_from": .text("S3"),
                "serial_to": .text("S9"),
            ])
    }

    private func stock(_ editor: LocalEditor) throws {
        func receive(_ part: Int, _ place: RecordID, _ quantity: Int, serial: String? = nil) throws {
            var entry: [String: Value] = [
                "part": .reference(id("part \(part)")), "to": .reference(place), "quantity": .text("\(quantity)"), "reason": .text("receipt"),
                "at": .text(editor.now.description),
            ]
            entry["serial"] = serial.map { .text($0) }
            try editor.create("stock_entry", entry)
        }
        for part in 0..<2 {
            for depot in 0..<2 { try receive(part, id("depot \(depot)"), 2 + part * 3) }
            for (number, person) in people.enumerated() where person.role == .technician { try receive(part, id("van \(number)"), 3) }
        }
        // The last part has serial numbers, counted through.
        var pieces = 0
        func receivePieces(_ place: RecordID, _ count: Int) throws {
            for _ in 0..<count {
                try receive(2, place, 1, serial: "S\(pieces)")
                pieces += 1
            }
        }
        for depot in 0..<2 { try receivePieces(id("depot \(depot)"), 8) }
        for (number, person) in people.enumerated() where person.role == .technician { try receivePieces(id("van \(number)"), 3) }
    }

    private func orders(_ editor: LocalEditor) throws {
        for number in 0..<6 {
            let order = id("order \(number)")
            try editor.create(
                "service_order", id: order,
                [
                    "number": .text("SO-\(number)"), "channel": .text("office"), "customer": .reference(id("customer")),
                    "site": .reference(id("site \(number % 2)")), "kind": .text("calibration"), "title": .text("Calibrate \(number)"),
                    "assets": .list([.reference(id("asset \(number % 2)"))]), "requested_at": .text(editor.now.description),
                    "priority": .text("normal"),
                ])
            for step in 0..<3 {
                try editor.create(
                    "task",
                    [
                        "order": .reference(order), "title": .text("Step \(step)"), "mandatory": .text(step == 0 ? "yes" : "no"),
                        "state": .text("open"),
                    ])
            }
            try editor.event(.create, order: order)
            try editor.event(.submit, order: order)
        }
    }

    private func plan(_ editor: LocalEditor) throws {
        guard !technicians.isEmpty else { return }
        for number in 0..<5 {
            let start = DeviceTime(milliseconds: editor.now.milliseconds + Int64(number / technicians.count + 1) * 7_200_000, offsetMinutes: 60)
            try editor.create(
                "assignment_request",
                [
                    "order": .reference(id("order \(number)")), "action": .text("assign"),
                    "technician": .reference(technicians[number % technicians.count]), "starts_at": .text(start.description),
                    "ends_at": .text(DeviceTime(milliseconds: start.milliseconds + 3_600_000, offsetMinutes: 60).description),
                ])
        }
    }
}
