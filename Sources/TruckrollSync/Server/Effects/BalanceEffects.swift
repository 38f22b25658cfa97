import TruckrollCore
import TruckrollDomain

/// Writes the balances, which follow from movements, promises and pieces.
struct BalanceEffects {
    let builder: EffectBuilder
    let book: StockBook

    init(builder: EffectBuilder) {
        self.builder = builder
        book = StockBook(schema: builder.schema, access: builder.writer)
    }

    /// Makes the balance where there is none yet.
    func change(_ part: RecordID, at location: RecordID, _ body: (inout StockBalance) -> Void) throws {
        var balance = try book.balance(of: part, at: location)
        let former = balance
        body(&balance)
        let shelf = StockShelf(location: location, part: part)
        if builder.touchedShelves[shelf] == nil { builder.touchedShelves[shelf] = former }
        let entity = try builder.schema.entity("balance")
        let id = StockBook.balanceID(entity, location: location, part: part)
        if try builder.writer.view(entity, id) == nil {
            let kind = try builder.writer.view(try builder.schema.entity("stock_location"), location)?["kind"] ?? .null
            try builder.create("balance", id: id, ["location": .reference(location), "part": .reference(part), "kind": kind])
        }
        var fields: [String: Value] = [
            "on_hand": .text(balance.onHand.description), "reserved": .text(balance.reserved.description),
            "leased": .text(balance.leased.description),
        ]
        if balance.units != former.units { fields["units"] = .integer(balance.units) }
        if balance.backordered != former.backordered { fields["backordered"] = .text(balance.backordered.description) }
        try builder.patch("balance", id: id, fields)
    }
}
