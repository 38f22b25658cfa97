import TruckrollCore
import TruckrollDomain

/// The records of a small company.
struct World: Sendable {
    let ana = World.id(1), ben = World.id(2), customer = World.id(3), site = World.id(4), area = World.id(5), model = World.id(6)
    let asset = World.id(7), otherAsset = World.id(8), channel = World.id(9), order = World.id(10), dispatched = World.id(11)
    let task1 = World.id(12), task2 = World.id(13), task3 = World.id(14), van = World.id(15), depot = World.id(16), part = World.id(17)
    let cylinder = World.id(18), expired = World.id(19), serialised = World.id(20), lotPart = World.id(21), secondOrder = World.id(22)

    static func id(_ number: UInt64) -> RecordID { RecordID(high: 0x0199_0000_0000_8000, low: 0x8000_0000_0000_0000 | number << 20 | number) }

    func drafts(state: OrderState) -> [RecordDraft] {
        people + places + equipment + stock + [
            RecordDraft(
                "service_order", id: order,
                [
                    "number": .text("2026-0042"), "channel": .text("office"), "customer": ref(customer), "site": ref(site),
                    "kind": .text("calibration"),
                    "title": .text("Calibration of one detector"), "priority": .text("normal"), "assets": .list([ref(asset)]),
                    "requested_at": .text("2026-11-20T09:00:00+01:00"), "state": .text(state.rawValue), "last_event": ref(dispatched),
                ]),
            RecordDraft(
                "service_order", id: secondOrder,
                [
                    "number": .text("2026-0043"), "channel": .text("office"), "customer": ref(customer), "site": ref(site), "kind": .text("repair"),
                    "title": .text("Later repair"),
                    "requested_at": .text("2026-11-20T09:00:00+01:00"), "state": .text("scheduled"),
                ]),
            RecordDraft(
                "order_event", id: dispatched,
                [
                    "order": ref(order), "event": .text("dispatch"), "at": .text("2026-11-22T15:00:00+01:00"), "by": ref(ben),
                    "state_after": .text(state.rawValue),
                    "effective": .boolean(true),
                ]),
            appointment(order, World.id(30), "2026-11-23", "active"), appointment(secondOrder, World.id(31), "2026-11-25", "active"),
            task(task1, "Sign in", 10, mandatory: true), task(task2, "Calibrate GD-101", 20, mandatory: true),
            task(task3, "Clean up", 30, mandatory: false),
        ]
    }

    private func appointment(_ order: RecordID, _ id: RecordID, _ day: String, _ state: String) -> RecordDraft {
        RecordDraft(
            "appointment", id: id,
            [
                "order": ref(order), "technician": ref(ana), "starts_at": .text("\(day)T09:00:00+01:00"), "ends_at": .text("\(day)T11:00:00+01:00"),
                "state": .text(state),
            ])
    }

    private func task(_ id: RecordID, _ title: String, _ rank: Int64, mandatory: Bool) -> RecordDraft {
        RecordDraft(
            "task", id: id,
            [
                "order": ref(order), "title": .text(title), "rank": .integer(rank), "mandatory": .text(mandatory ? "yes" : "no"),
                "state": .text("open"),
            ])
    }

    private var people: [RecordDraft] {
        [
            RecordDraft(
                "tenant", id: World.id(40),
                [
                    "name": .text("Gas Service AG"), "street": .text("Werkstr. 1"), "city": .text("Bonn"), "time_zone": .text("Europe/Berlin"),
                    "code": .text("ACME"),
                ]),
            RecordDraft("user", id: ana, ["number": .text("P1"), "name": .text("Ana Torres"), "role": .text("technician")]),
            RecordDraft("user", id: ben, ["number": .text("P2"), "name": .text("Ben Okoye"), "role": .text("dispatcher")]),
            qualification("2027-05-31"),
        ]
    }

    func qualification(_ validTo: String) -> RecordDraft {
        RecordDraft(
            "qualification", id: World.id(41),
            [
                "user": ref(ana), "scheme": .text("IECEx CoPC Ex 007"), "number": .text("Q-17"), "issuer": .text("Example Body"),
                "valid_from": .text("2024-06-01"),
                "valid_to": .text(validTo), "revoked": .text("no"),
            ])
    }

    private var places: [RecordDraft] {
        [
            RecordDraft(
                "customer", id: customer, ["number": .text("C1"), "name": .text("Plant AG"), "street": .text("Hauptstr. 5"), "city": .text("Köln")]),
            RecordDraft(
                "site", id: site,
                [
                    "customer": ref(customer), "name": .text("Works 2"), "city": .text("Köln"), "contacts": .list([.text("R. Meier, shift leader")]),
                    "requirements": .list([.text("Site induction")]),
                ]),
            RecordDraft(
                "hazardous_area", id: area,
                ["site": ref(site), "name": .text("Pump house"), "gas_zone": .text("1"), "gas_group": .text("IIA"), "temperature_class": .text("T3")]),
        ]
    }

    private var equipment: [RecordDraft] {
        [
            RecordDraft(
                "asset_model", id: model,
                ["maker": .text("Sensorik"), "name": .text("FX-4"), "kind": .text("fixed_detector"), "procedure": .text("FX-4 manual, edition 7")]),
            RecordDraft(
                "asset", id: asset,
                [
                    "model": ref(model), "serial": .text("AB24-000123"), "tag": .text("GD-101"), "site": ref(site), "area": ref(area),
                    "fitness": .text("due"),
                ]),
            RecordDraft(
                "asset", id: otherAsset,
                ["model": ref(model), "serial": .text("AB24-000777"), "tag": .text("GD-102"), "site": ref(site), "fitness": .text("in_service")]),
            RecordDraft(
                "sensor_channel", id: channel,
                [
                    "asset": ref(asset), "number": .integer(1), "cas": .text("74-82-8"), "gas_name": .text("Methane"), "unit": .text("%LEL"),
                    "lfl_percent": .text("4.4"),
                    "lfl_source": .text("IEC 60079-20-1:2010"), "range_low": .text("0"), "range_high": .text("100"), "resolution": .text("1"),
                    "technology": .text("infrared"), "tolerance_percent": .text("10"), "tolerance_minimum": .text("3"),
                ]),
        ]
    }

    private var stock: [RecordDraft] {
        [
            RecordDraft("stock_location", id: van, ["kind": .text("van"), "name": .text("Van of Ana"), "holder": ref(ana)]),
            RecordDraft("stock_location", id: depot, ["kind": .text("depot"), "name": .text("Depot North")]),
            RecordDraft(
                "part", id: part, ["number": .text("FILTER-9"), "name": .text("Splash filter"), "unit": .text("pcs"), "safety_stock": .text("1")]),
            RecordDraft(
                "part", id: serialised,
                ["number": .text("SENS-CH4"), "name": .text("Methane sensor"), "unit": .text("pcs"), "serialised": .boolean(true)]),
            RecordDraft(
                "part", id: lotPart,
                ["number": .text("SEAL-3"), "name": .text("Sealing compound"), "unit": .text("kg"), "lot_tracked": .boolean(true)]),
            balance(part, at: van, "5", reserved: "0"),
            balance(part, at: depot, "4", reserved: "1"),
            balance(serialised, at: van, "2", reserved: "0"),
            unit("S-1", ["location": ref(van)]), unit("S-2", ["location": ref(van)]), unit("S-8", ["location": ref(depot)]),
            unit("S-9", ["asset": ref(otherAsset)]),
            gas(cylinder, "CYL-50", expires: "2027-06-30"), gas(expired, "CYL-OLD", expires: "2026-06-30"),
        ]
    }

    private func balance(_ part: RecordID, at location: RecordID, _ onHand: String, reserved: String) -> RecordDraft {
        RecordDraft(
            "balance", id: RecordID.derived(type: EntityType(rawValue: 17), key: [location.bytes, part.bytes]),
            ["location": ref(location), "part": ref(part), "on_hand": .text(onHand), "reserved": .text(reserved), "leased": .text("0")])
    }

    private func unit(_ serial: String, _ holder: [String: Value]) -> RecordDraft {
        RecordDraft(
            "unit", id: RecordID.derived(type: EntityType(rawValue: 42), key: [serialised.bytes, Array(serial.utf8)]),
            holder.merging(["part": ref(serialised), "serial": .text(serial)]) { $1 })
    }

    private func gas(_ id: RecordID, _ number: String, expires: String) -> RecordDraft {
        RecordDraft(
            "reference_gas", id: id,
            [
                "cylinder": .text(number), "lot": .text("L7"), "maker": .text("Gasmaker"), "cas": .text("74-82-8"), "gas_name": .text("Methane"),
                "concentration": .text("2.2"),
                "unit": .text("%vol"), "uncertainty": .text("0.02"), "coverage_factor": .text("2"), "balance_gas": .text("synthetic air"),
                "certificate": .text("GC-1"),
                "certified_on": .text("2025-06-01"), "expires_on": .text(expires), "withdrawn": .text("no"), "location": ref(van),
            ])
    }

    func ref(_ id: RecordID) -> Value { .reference(id) }
}
