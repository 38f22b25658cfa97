import TruckrollCore
import TruckrollDomain
import TruckrollSync

/// Somebody counts a part: what lies there by their book, one more or less, and now and then a piece that should be elsewhere.
struct CountActs {
    let context: ActContext
    private var editor: LocalEditor { context.editor }
    private var how: UInt32 { context.how }

    func count() throws {
        let van = try editor.views("stock_location", where: "holder", equals: context.me).first?.id
        guard let part = context.one(try context.shown(.part), how), let place = try van ?? context.one(context.shown(.depot), how >> 12) else {
            return
        }
        let balance = StockBook.balanceID(try editor.schema.entity("balance"), location: place, part: part)
        let expected = try editor.view("balance", balance)?.quantity("on_hand") ?? .zero
        let pieces = try editor.views("unit", where: "part", equals: .reference(part)).filter { UnitHolder(unit: $0) == .location(place) }
            .compactMap { $0.text("serial") }.sorted()
        var count: [String: Value] = [
            "location": .reference(place), "part": .reference(part), "expected": .text(expected.description), "at": context.now, "by": context.me,
        ]
        var change = Int64(how >> 4 & 3) - 1
        if try editor.view("part", part)?.boolean("serialised") ?? false {
            let missing = how % 3 == 0 ? pieces.prefix(1) : []
            let found = how % 4 == 0 ? ["S\((how >> 6) % 40)"].filter { !pieces.contains($0) } : []
            count["missing"] = .list(missing.map { .text($0) })
            count["found"] = .list(found.map { .text($0) })
            change = Int64(found.count - missing.count) + (how % 16 == 0 ? change : 0)
        }
        let counted = Quantity(millionths: max(0, expected.millionths + change * Quantity.one.millionths))
        count["counted"] = .text(counted.description)
        try editor.create("stock_count", count)
    }
}
