import TruckrollCore
import TruckrollDomain
import TruckrollSync

/// One act of one person on one device: what it is about is picked among what the device shows.
struct ActContext {
    let editor: LocalEditor
    let pick: UInt32
    let how: UInt32
    /// The ids the device shows, by entity, ascending.
    let shown: Shown

    struct Shown {
        var orders: [RecordID] = []
        var assets: [RecordID] = []
        var parts: [RecordID] = []
        var depots: [RecordID] = []
        var technicians: [RecordID] = []
        var exceptions: [RecordID] = []
        var leases: [RecordID] = []
        var sites: [RecordID] = []
        var requests: [RecordID] = []
    }

    /// An element by a number; `nil` from nothing.
    func one(_ ids: [RecordID], _ number: UInt32) -> RecordID? { ids.isEmpty ? nil : ids[Int(number) % ids.count] }

    var order: RecordID? { one(shown.orders, pick) }
    var now: Value { .text(editor.now.description) }
    var me: Value { .reference(editor.user) }

    func state(_ order: RecordID) throws -> OrderState? {
        try editor.view("service_order", order)?.text("state").flatMap { OrderState(rawValue: $0) }
    }

    /// Records an event when the device's copy allows it; now and then also when it does not.
    func event(_ event: OrderEvent) throws {
        guard let order else { return }
        guard try OrderWorkflow.next(from: state(order), event) != nil || how % 16 == 0 else { return }
        try editor.event(event, order: order, reason: event == .decline ? "cannot" : nil)
    }

    func task(of order: RecordID) throws -> RecordID? {
        one(try editor.views("task", where: "order", equals: .reference(order)).map(\.id), how >> 4)
    }

    func later(hours: Int) -> Value {
        .text(DeviceTime(milliseconds: editor.now.milliseconds + Int64(hours) * 3_600_000, offsetMinutes: editor.now.offsetMinutes).description)
    }
}
