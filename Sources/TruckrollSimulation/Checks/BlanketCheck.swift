import TruckrollCore
import TruckrollDomain
import TruckrollProtocol
import TruckrollSync

/// No more is called off than was agreed, whoever was offline (I7): the balance of each blanket order is counted once more from its releases,
/// leases and movements.
struct BlanketCheck {
    let schema: Schema
    let stored: [RecordKey: StoredRecord]

    /// - Returns: how many releases were granted.
    func check() throws -> Int {
        let releases = try byReference("blanket_release", "blanket")
        let leases = try byReference("lease", "blanket")
        let movements = try byReference("blanket_movement", "release")
        var granted = 0
        for blanket in try stored.views(of: schema.entity("blanket_order")) {
            let (calls, leases) = (releases[blanket.id] ?? [], leases[blanket.id] ?? [])
            if let open = (calls + leases).first(where: { $0.text("state") == nil }) {
                throw Violation("9.18", "\(open.entity.name) \(open.id) was never answered")
            }
            let balance = BlanketBalance(blanket)
            let released = calls.reduce(Int64(0)) { $0 + amount($1, "granted") }
            let leased = leases.filter { $0.text("state") == "granted" }.reduce(Int64(0)) {
                $0 + max(0, amount($1, "granted") - amount($1, "used"))
            }
            guard balance.released.millionths == released, balance.leased.millionths == leased else {
                throw Violation(
                    "I7",
                    "\(balance.released) released and \(balance.leased) leased by the balance; by the entries \(released) and \(leased) millionths")
            }
            try count(calls, movements, balance)
            let isTold = try stored.views(of: schema.entity("exception")).contains { $0.text("kind") == "blanket_overrun" }
            guard released + leased - balance.returned.millionths <= balance.total.millionths || isTold else {
                throw Violation("I7", "more than \(balance.total) is called off, and nobody was told")
            }
            // Who waits for the balance wants more than there is.
            let waiting = calls.filter { $0.text("state") == "pending" && $0.text("waits_for") == "balance" }
            if let served = waiting.first(where: { amount($0, "quantity") <= balance.remaining.millionths }) {
                throw Violation("I7", "release \(served.id) waits, though \(balance.remaining) are left")
            }
            granted += calls.count { ["granted", "shipped"].contains($0.text("state")) }
        }
        return granted
    }

    private func count(_ calls: [RecordView], _ movements: [RecordID: [RecordView]], _ balance: BlanketBalance) throws {
        var (shipped, returned) = (Int64(0), Int64(0))
        for call in calls {
            let all = movements[call.id] ?? []
            let corrected = Set(all.compactMap { $0.reference("corrects") })
            let sum = { (kind: String) in
                all.reduce(Int64(0)) { $1.text("kind") == kind && !corrected.contains($1.id) ? $0 + amount($1, "quantity") : $0 }
            }
            let (out, back) = (sum("shipped"), min(sum("shipped"), sum("returned")))
            guard amount(call, "shipped") == out, amount(call, "returned") == back else {
                throw Violation("I7", "release \(call.id) says other than its movements: \(out) and \(back) millionths")
            }
            if call.text("state") == "shipped", out < amount(call, "granted") {
                throw Violation("I7", "release \(call.id) is told as shipped and is not, wholly")
            }
            shipped += out
            returned += back
        }
        // What was shipped beyond what was granted frees nothing when it comes back.
        guard balance.shipped.millionths == shipped, balance.returned.millionths <= returned else {
            throw Violation(
                "I7", "\(balance.shipped) shipped and \(balance.returned) back by the balance; by the movements \(shipped) and \(returned)")
        }
    }

    private func amount(_ view: RecordView, _ field: String) -> Int64 { view.quantity(field)?.millionths ?? 0 }

    private func byReference(_ entity: String, _ field: String) throws -> [RecordID: [RecordView]] {
        Dictionary(grouping: try stored.views(of: schema.entity(entity)).filter { $0[field] != .null }) { $0.reference(field) ?? $0.id }
    }
}
