import TruckrollCore
import TruckrollDomain

extension Desk {
    /// A company of three technicians, one customer and four orders.
    static func company(role: String) -> [RecordDraft] {
        func person(_ id: RecordID, _ number: String, _ name: String, _ role: String) -> RecordDraft {
            RecordDraft("user", id: id, ["number": .text(number), "name": .text(name), "role": .text(role)])
        }
        return [
            RecordDraft("tenant", id: id(2), ["name": .text("ACME"), "time_zone": .text("Europe/Vienna"), "code": .text("ACME")]),
            person(user, "D1", "Dora Dispatch", role), person(weber, "T1", "Anna Weber", "technician"),
            person(wolf, "T2", "Anna Wölf", "technician"), person(novak, "T10", "Jan Novák", "technician"),
            RecordDraft("customer", id: customer, ["number": .text("C-1"), "name": .text("Refinery Ltd")]),
            RecordDraft("site", id: site, ["customer": .reference(customer), "name": .text("North"), "city": .text("Linz")]),
            RecordDraft("site", id: otherSite, ["customer": .reference(customer), "name": .text("South"), "city": .text("Graz")]),
            RecordDraft(
                "asset", id: id(51), ["model": .reference(id(61)), "serial": .text("GD4-1"), "tag": .text("AT-1"), "site": .reference(site)]),
            order(ready, "S-1", "ready_to_plan", title: "Pump room", priority: "normal"),
            order(started, "S-2", "in_progress", title: "Tank farm", priority: "emergency"),
            order(planned, "S-3", "dispatched", title: "Compressor", priority: "high"),
            order(closed, "S-4", "closed", title: "Old job", priority: "low"),
            appointment(started, weber, "2026-11-23T09:00:00+01:00", "2026-11-23T11:00:00+01:00", "active"),
            appointment(planned, novak, "2026-11-24T22:30:00+01:00", "2026-11-25T00:30:00+01:00", "active"),
            appointment(ready, novak, "2026-11-23T09:00:00+01:00", "2026-11-23T10:00:00+01:00", "ended"),
        ]
    }

    static func order(_ id: RecordID, _ number: String, _ state: String, title: String, priority: String) -> RecordDraft {
        RecordDraft(
            "service_order", id: id,
            [
                "number": .text(number), "channel": .text("phone"), "customer": .reference(customer), "site": .reference(site),
                "kind": .text("repair"), "title": .text(title), "priority": .text(priority), "requested_at": .text("2026-11-20T10:00:00+01:00"),
                "state": .text(state), "last_event": .reference(Desk.id(id.low + 1000)),
            ])
    }

    static func appointment(_ order: RecordID, _ technician: RecordID, _ starts: String, _ ends: String, _ state: String) -> RecordDraft {
        RecordDraft(
            "appointment", id: id(order.low * 100 + technician.low),
            [
                "order": .reference(order), "technician": .reference(technician), "starts_at": .text(starts), "ends_at": .text(ends),
                "state": .text(state),
            ])
    }
}
