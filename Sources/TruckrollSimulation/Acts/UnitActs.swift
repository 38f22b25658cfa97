import TruckrollCore
import TruckrollDomain
import TruckrollSync

/// Which piece somebody means: mostly one that is where it is looked for, often enough another one.
struct UnitActs {
    let context: ActContext
    private var editor: LocalEditor { context.editor }
    private var how: UInt32 { context.how }

    /// Names the piece that is used, fits it to an asset, or takes one off.
    func name(_ part: RecordID, in use: inout [String: Value]) throws {
        use["quantity"] = .text("1")
        let asset = context.one(try context.shown(.asset), how >> 3)
        if how % 5 == 0, let asset {
            use["action"] = .text("removed")
            use["asset"] = .reference(asset)
            use["from"] = nil
            use["lease"] = nil
            use["serial"] = .text(try serial(part, at: .asset(asset)))
            return
        }
        if how % 5 != 1, let asset {
            use["action"] = .text("fitted")
            use["asset"] = .reference(asset)
        }
        // A number is forgotten now and then.
        if how % 17 != 0 { use["serial"] = .text(try serial(part, at: use["from"]?.reference.map { .location($0) })) }
    }

    /// Names the piece that the office receives, moves, takes back or writes off.
    func name(_ part: RecordID, inMovement entry: inout [String: Value]) throws {
        entry["quantity"] = .text("1")
        let from = entry["from"]?.reference
        entry["serial"] = .text(try serial(part, at: from.map { .location($0) }))
        guard from == nil else { return }
        switch how % 4 {
        case 0: entry["reason"] = .text("return")
        case 1:
            // Counted, and not there.
            entry["reason"] = .text("count")
            let unit = try editor.views("unit", where: "part", equals: .reference(part)).first { $0.text("serial") == entry["serial"]?.text }
            guard let location = unit?.reference("location") else { break }
            entry["from"] = .reference(location)
            entry["to"] = nil
        default: break
        }
    }

    /// The number of a piece that somebody has, or any number: of one that is elsewhere, or that nobody has seen.
    func serial(_ part: RecordID, at holder: UnitHolder?) throws -> String {
        let any = "S\((how >> 5) % 40)"
        guard let holder, how % 7 != 0 else { return any }
        let there = try editor.views("unit", where: "part", equals: .reference(part)).filter { UnitHolder(unit: $0) == holder }
        return there.isEmpty ? any : there[Int(how >> 9) % there.count].text("serial") ?? any
    }
}
