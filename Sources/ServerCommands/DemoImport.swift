import TruckrollCore
import TruckrollDemoData
import TruckrollDomain
import TruckrollServer
import TruckrollSync
import TruckrollTerminal

/// Brings the demonstration company into a tenant: its records, then what happened to its orders.
struct DemoImport {
    let company: DemoCompany
    let tenant: Tenant

    struct Summary {
        var records = 0
        var orders = 0
    }

    /// - Parameter onRecord: called once a record or order.
    func run(onRecord: () -> Void) throws -> Summary {
        var summary = Summary()
        let importer = try Importer(tenant: tenant)
        // Locations come before what is booked to them: a set's own records are not yet in its author's view.
        for draft in company.records {
            try importer.add(draft)
            summary.records += 1
            onRecord()
        }
        try importer.flush()
        for plan in company.plans {
            try play(plan, importer)
            summary.orders += 1
            onRecord()
        }
        try importer.flush()
        return summary
    }

    /// Replays what happened to an order through the workflow.
    private func play(_ plan: DemoPlan, _ importer: Importer) throws {
        let random = RecordID.derived(type: EntityType(rawValue: 0), key: [plan.order.bytes])
        var last: RecordID?
        var count: UInt8 = 0
        func event(_ event: OrderEvent, by user: RecordID, at time: String) throws {
            count += 1
            let id = RecordID.derived(type: EntityType(rawValue: 0), key: [random.bytes, [count]])
            try importer.add(
                RecordDraft(
                    "order_event", id: id,
                    ["order": .reference(plan.order), "event": .text(event.rawValue), "at": .text(time), "by": .reference(user)]
                        .merging(last.map { ["seen": .reference($0)] } ?? [:]) { first, _ in first }))
            last = id
        }
        let office = company.dispatchers.first?.id ?? company.quality.id
        let requested = "\(company.startDay)T00:00:00Z"
        try event(.create, by: office, at: requested)
        try event(.submit, by: office, at: requested)
        guard let technician = plan.technician, let starts = plan.startsAt, let ends = plan.endsAt else { return }
        try importer.add(
            RecordDraft(
                "assignment_request", id: RecordID.derived(type: EntityType(rawValue: 0), key: [random.bytes, [255]]),
                [
                    "order": .reference(plan.order), "action": .text("assign"), "technician": .reference(technician), "starts_at": .text(starts),
                    "ends_at": .text(ends),
                ]))
        guard plan.progress == .completed else { return }
        try importer.flush()
        last = try importer.lastEvent(of: plan.order)
        for step in [OrderEvent.accept, .travel, .arrive, .start, .complete, .customer_sign, .certify, .close] {
            try event(step, by: technician, at: [.complete, .customer_sign, .certify, .close].contains(step) ? ends : starts)
        }
    }
}
