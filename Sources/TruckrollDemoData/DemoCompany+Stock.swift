import TruckrollCore
import TruckrollDomain

extension DemoCompany {
    /// What was received at a location, numbered depots first, then vans.
    func stock(at location: Int) -> [RecordDraft] {
        (0..<size.parts).flatMap { part in
            receipts(of: part, at: location)
        }
    }

    /// How much of a part, as text, was received where. Serialised pieces come one by one.
    private func receipts(of part: Int, at location: Int) -> [RecordDraft] {
        let isVan = location >= size.depots
        if isVan && part >= CuratedParts.all.count { return [] }
        if part == CuratedParts.lastUnit { return location == 0 ? [receipt(of: part, at: location, "1")] : [] }
        var random = SeededRandom(seed: seed, .stock, location * size.parts + part, purpose: 2)
        if isVan {
            let kit = CuratedParts.all[part]
            return kit.tracking == .serial
                ? (0..<kit.inVan).map { receipt(of: part, at: location, piece: $0, "1") }
                : kit.inVan > 0 ? [receipt(of: part, at: location, "\(kit.inVan)")] : []
        }
        guard random.chance(part < CuratedParts.all.count ? 90 : 30) || part == CuratedParts.vanPart else { return [] }
        let entry = cataloguePart(part)
        let isLast = random.chance(12) && part != CuratedParts.vanPart
        let count = isLast ? 1 : random.number(in: 2...24)
        switch (entry.part.tracking, entry.part.unit) {
        case (.serial, _): return (0..<(isLast ? 1 : random.number(in: 2...4))).map { receipt(of: part, at: location, piece: $0, "1") }
        case (_, "m"): return [receipt(of: part, at: location, "\(count * 25)")]
        case (_, "l"), (_, "kg"): return [receipt(of: part, at: location, isLast ? "1" : "\(count).5")]
        default: return [receipt(of: part, at: location, "\(count)")]
        }
    }

    private func receipt(of part: Int, at location: Int, piece: Int = 0, _ quantity: String) -> RecordDraft {
        let index = (location * size.parts + part) * 4 + piece
        var random = random(.stock, index)
        let entry = cataloguePart(part)
        var fields: [String: Value] = [
            "part": reference(.part, part), "to": .reference(locationID(location)), "quantity": .text(quantity), "reason": .text("receipt"),
            "at": .text(calendar.time(-random.number(in: 15...90), minute: 480 + random.number(below: 480))),
        ]
        switch entry.part.tracking {
        case .serial: fields["serial"] = .text("\(entry.number)-\(padded(index, 8))")
        case .lot:
            fields["lot"] = .text(
                "L\(padded((startDay.year - random.number(in: 0...2)) % 100, 2))\(padded(random.number(below: 10_000), 4))")
        case .none: break
        }
        return RecordDraft("stock_entry", id: id(.stock, index), fields)
    }
}
