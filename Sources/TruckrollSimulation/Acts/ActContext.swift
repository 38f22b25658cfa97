import TruckrollCore
import TruckrollDomain
import TruckrollSync

/// What people have told each other: the hand-overs of the day, with where each goes.
final class SaidCodes {
    /// A hand-over by its code.
    struct HandOver {
        let id: RecordID
        let to: RecordID
        let part: RecordID
        /// Of the piece; `nil` where the part has none.
        let serial: String?
    }

    var handOvers: [HandOver] = []
}

/// One act of one person on one device: what it is about is picked among what the device shows.
struct ActContext {
    let editor: LocalEditor
    let pick: UInt32
    let how: UInt32
    let said: SaidCodes
    private let memo = Memo()

    /// What an act picks from.
    enum Kind { case order, asset, part, depot, technician, openException, ownLease, site }

    /// Lists as they were when the act first asked for them.
    private final class Memo { var ids: [Kind: [RecordID]] = [:] }

    init(editor: LocalEditor, pick: UInt32, how: UInt32, said: SaidCodes) {
        self.said = said
        self.editor = editor
        self.pick = pick
        self.how = how
    }

    /// The ids of a kind that the device shows, ascending.
    func shown(_ kind: Kind) throws -> [RecordID] {
        if let ids = memo.ids[kind] { return ids }
        let views =
            switch kind {
            case .order: try editor.views("service_order").filter { $0.text("state") != nil }
            case .asset: try editor.views("asset")
            case .part: try editor.views("part")
            case .depot: try editor.views("stock_location").filter { $0.text("kind") == "depot" }
            case .technician: try editor.views("user").filter { $0.text("role") == "technician" }
            case .openException: try editor.views("exception").filter { $0.text("state") == "open" }
            case .ownLease:
                try editor.views("lease").filter {
                    $0.text("kind") == "depot_stock" && $0.text("state") == "granted" && $0.reference("user") == editor.user
                }
            case .site: try editor.views("site")
            }
        memo.ids[kind] = views.map(\.id)
        return views.map(\.id)
    }

    /// An element by a number; `nil` from nothing.
    func one(_ ids: [RecordID], _ number: UInt32) -> RecordID? { ids.isEmpty ? nil : ids[Int(number) % ids.count] }

    var order: RecordID? { get throws { one(try shown(.order), pick) } }
    var now: Value { .text(editor.now.description) }
    var me: Value { .reference(editor.user) }

    func state(_ order: RecordID) throws -> OrderState? {
        try editor.view("service_order", order)?.text("state").flatMap { OrderState(rawValue: $0) }
    }

    /// Records an event when the device's copy allows it; now and then also when it does not.
    func event(_ event: OrderEvent) throws {
        guard let order = try order else { return }
        guard try OrderWorkflow.next(from: state(order), event) != nil || how % 16 == 0 else { return }
        try editor.event(event, order: order, reason: event == .decline ? "cannot" : nil)
    }

    func task(of order: RecordID) throws -> RecordID? {
        one(try editor.views("task", where: "order", equals: .reference(order)).map(\.id), how >> 4)
    }

    /// Of a site whose record the disk has changed no more may be here than somebody's patch, which names no customer.
    func customer(of site: RecordID) throws -> RecordID? { try editor.view("site", site)?.reference("customer") }

    func later(hours: Int) -> Value {
        .text(DeviceTime(milliseconds: editor.now.milliseconds + Int64(hours) * 3_600_000, offsetMinutes: editor.now.offsetMinutes).description)
    }
}
