import Foundation
import TruckrollCore
import TruckrollDomain

/// The records of a large company, as a dispatcher's device holds them. One asset has a long past.
struct DeviceCompany {
    let orders: Int
    let assets: Int
    let events: Int

    /// The day the benchmark plays on.
    static let day = "2026-11-23"
    /// Unix milliseconds of its morning.
    static let morning: Int64 = 1_795_417_200_000

    let dispatcher = id(1, 0)
    /// The asset with the events.
    let storied = id(7, 0)
    var order: RecordID { Self.id(20, orders / 2) }

    static func id(_ kind: UInt64, _ number: Int) -> RecordID {
        var mixed = UInt64(number) &* 0x9E37_79B9_7F4A_7C15 ^ kind &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ mixed >> 31) &* 0x94D0_49BB_1331_11EB
        return RecordID(high: 0x0199_0000_0000_7000 | kind << 32, low: mixed >> 2 | 1 << 63)
    }

    private static let places = ["Köln", "Groningen", "Flensburg", "Århus", "Łódź", "Malmö", "Antwerpen", "Zürich", "Brno", "Lyon"]
    private static let plants = ["Pump house", "Reactor hall", "Compressor house", "Tank farm", "Fermentation cellar", "Boiler room", "Paint shop"]
    private static let works: [String] = [
        "Calibration of the detectors, quarterly", "Inspection by IEC 60079-17, detailed", "Replace the sensor element", "Repair after false alarms",
        "Look at the relay of the ventilation",
    ]
    private static let problems = [
        "Shift leader reports a drift of the second channel since the weekend.", "The horn stays silent although the lamp flashes.",
        "Display shows an underrange error after the cleaning with steam.", "Yearly check is due; bring the long ladder and two filters.",
    ]

    static func serial(_ number: Int) -> String { String(format: "HK%02d-%06d", 14 + number % 12, number) }
    static func number(_ number: Int) -> String { String(format: "SO-2026-%06d", number) }

    /// Calls `body` with every record, those first that others refer to.
    func drafts(_ body: (RecordDraft) throws -> Void) throws {
        try people(body)
        try places(body)
        for number in 0..<assets { try body(asset(number)) }
        for number in 0..<orders { for draft in order(number) { try body(draft) } }
        for number in 0..<events { try body(event(number)) }
    }

    private var sites: Int { max(1, assets / 100) }
    private static let technicians = 40
    private func technician(_ number: Int) -> RecordID { Self.id(5, number % Self.technicians) }

    private func people(_ body: (RecordDraft) throws -> Void) throws {
        try body(
            .init("tenant", id: Self.id(2, 0), ["name": .text("Large Gas Service AG"), "time_zone": .text("Europe/Berlin"), "code": .text("LARGE")]))
        try body(.init("user", id: dispatcher, ["number": .text("P0001"), "name": .text("Ute Hansen"), "role": .text("dispatcher")]))
        for number in 0..<Self.technicians {
            try body(
                .init(
                    "user", id: technician(number),
                    ["number": .text("P\(1000 + number)"), "name": .text("Person \(number)"), "role": .text("technician")]))
        }
        for number in 0..<500 {
            let name = ["Splash filter", "Sensor element methane", "Relay board", "Calibration cap"][number % 4]
            try body(.init("part", id: Self.id(12, number), ["number": .text("HI-\(1000 + number)"), "name": .text(name), "unit": .text("pcs")]))
        }
        try body(
            .init("asset_model", id: Self.id(8, 0), ["maker": .text("Sensorik"), "name": .text("FX-4"), "kind": .text("fixed_detector")]))
    }

    private func places(_ body: (RecordDraft) throws -> Void) throws {
        for number in 0..<max(1, sites / 3 + 1) {
            let city = Self.places[number % Self.places.count]
            try body(
                .init(
                    "customer", id: Self.id(3, number),
                    ["number": .text("C-\(1000 + number)"), "name": .text("Chemie \(city) \(number) GmbH"), "city": .text(city)]))
        }
        for number in 0..<sites {
            let city = Self.places[number % Self.places.count]
            try body(
                .init(
                    "site", id: Self.id(4, number),
                    [
                        "customer": .reference(Self.id(3, number / 3)), "name": .text("Anlage \(city) \(number)"), "city": .text(city),
                        "street": .text("Werkstraße \(number)"),
                    ]))
        }
    }

    private func asset(_ number: Int) -> RecordDraft {
        RecordDraft(
            "asset", id: Self.id(7, number),
            [
                "model": .reference(Self.id(8, 0)), "serial": .text(Self.serial(number)), "tag": .text("GD-\(100 + number % 900)"),
                "site": .reference(Self.id(4, number % sites)), "mounting": .text("\(Self.plants[number % 7]), row \(number % 31)"),
                "fitness": .text("in_service"),
            ])
    }

    private func order(_ number: Int) -> [RecordDraft] {
        let (id, at) = (Self.id(20, number), "\(Self.day)T08:00:00+01:00")
        let (site, priority) = (number % sites, ["normal", "normal", "high", "low"][number % 4])
        // Three of four are over; of the others each technician has a few a day.
        let isOpen = number % 4 == 0
        let today = CalendarDate(Self.day)?.daysSince1970 ?? 0
        let day = CalendarDate(daysSince1970: isOpen ? today + .init(number / 4 % 30) : today - .init(1 + number % 300))
        let named: [Value] = (0..<4).map { .reference(Self.id(7, min(assets - 1, site + sites * $0))) }
        var drafts = [
            RecordDraft(
                "service_order", id: id,
                [
                    "number": .text(Self.number(number)), "channel": .text("office"), "customer": .reference(Self.id(3, site / 3)),
                    "site": .reference(Self.id(4, site)), "kind": .text("calibration"), "title": .text(Self.works[number % 5]),
                    "priority": .text(priority), "requested_at": .text(at), "due_at": .text("\(day)T16:00:00+01:00"),
                    "assets": .list(named),
                    "state": .text(isOpen ? "dispatched" : "closed"),
                ]),
            RecordDraft(
                "appointment", id: Self.id(23, number),
                [
                    "order": .reference(id), "technician": .reference(technician(number)), "starts_at": .text("\(day)T09:00:00+01:00"),
                    "ends_at": .text("\(day)T11:00:00+01:00"), "state": .text("active"),
                ]),
            RecordDraft(
                "note", id: Self.id(30, number),
                [
                    "order": .reference(id), "text": .text("\(Self.problems[number % 4]) Report \(number)."), "at": .text(at),
                    "by": .reference(technician(number)),
                ]),
        ]
        for index in 0..<3 {
            let title = ["Sign in", "Calibrate \(Self.serial(site))", "Hand over"][index]
            drafts.append(
                RecordDraft(
                    "task", id: Self.id(22, number * 3 + index),
                    [
                        "order": .reference(id), "title": .text(title), "rank": .integer(Int64(index)), "mandatory": .text("yes"),
                        "state": .text("open"),
                    ]))
        }
        return drafts
    }

    /// What happened to the storied asset: a third each of findings, of parts and of what concerns it as a whole.
    private func event(_ number: Int) -> RecordDraft {
        let at = String(format: "20%02d-%02d-%02dT10:%02d:00+01:00", 10 + number / 70 % 16, 1 + number % 12, 1 + number % 28, number % 60)
        let (asset, by): (Value, Value) = (.reference(storied), .reference(technician(number)))
        let (order, id): (Value, RecordID) = (.reference(Self.id(20, number % max(1, orders))), Self.id(66, number))
        switch number % 3 {
        case 0:
            return RecordDraft(
                "finding", id: id,
                ["order": order, "asset": asset, "severity": .text("minor"), "text": .text(Self.problems[number % 4]), "at": .text(at), "by": by])
        case 1:
            return RecordDraft(
                "part_use", id: id,
                [
                    "order": order, "asset": asset, "part": .reference(Self.id(12, number % 500)), "quantity": .text("1"),
                    "action": .text("consumed"),
                    "at": .text(at), "by": by,
                ])
        default:
            return RecordDraft(
                "asset_event", id: id,
                [
                    "asset": asset, "event": .text("repair"), "on": .text(String(at.prefix(10))), "at": .text(at), "by": by,
                    "text": .text("to the workshop"),
                ])
        }
    }
}
