import TruckrollCore
import TruckrollDomain

extension DemoCompany {
    /// The reference gases at a location: the common ones in a van, all of them in a depot.
    func cylinders(at location: Int) -> [RecordDraft] {
        (0..<(location < size.depots ? CylinderKind.all.count : CylinderKind.inVan)).map { cylinder($0, at: location) }
    }

    func cylinderID(_ kind: Int, at location: Int) -> RecordID { id(.cylinder, location * CylinderKind.all.count + kind) }

    private func cylinder(_ number: Int, at location: Int) -> RecordDraft {
        let kind = CylinderKind.all[number]
        let index = location * CylinderKind.all.count + number
        var random = random(.cylinder, index)
        let left = daysLeft(of: kind, inStoryVan: (size.depots..<size.depots + 2).contains(location), using: &random)
        let certified = left - kind.months * 365 / 12
        let lot = "\(padded(calendar.day(certified).year % 100, 2))\(padded(random.number(below: 10_000), 4))-\(number + 1)"
        return RecordDraft(
            "reference_gas", id: id(.cylinder, index),
            [
                "cylinder": .text("C\(padded(70_000 + index, 6))"), "lot": .text(lot), "maker": .text("Tangnæs Specialgas"),
                "cas": .text(kind.cas), "gas_name": .text(kind.gasName), "concentration": .text(kind.concentration),
                "unit": .text(kind.unit),
                "uncertainty": .text(kind.uncertainty), "coverage_factor": .text("2"), "balance_gas": .text(kind.balance),
                "certificate": .text("TS-\(lot)"), "certificate_hash": .bytes(random.hash()),
                "certified_on": .date(calendar.day(certified)), "expires_on": .date(calendar.day(left)), "withdrawn": .text("no"),
                "location": .reference(locationID(location)),
            ])
    }

    /// A few are past their day or close to it, but none in the vans of the story.
    private func daysLeft(of kind: CylinderKind, inStoryVan: Bool, using random: inout SeededRandom) -> Int {
        let draw = random.number(below: 100)
        let plenty = random.number(in: 40...kind.months * 365 / 12 - 20)
        if inStoryVan { return plenty }
        return draw < 7 ? -random.number(in: 1...60) : draw < 18 ? random.number(in: 1...14) : plenty
    }
}
