import TruckrollCore
import TruckrollDomain

extension DemoSize {
    /// Technicians, then dispatchers, then the quality manager.
    var people: Int { technicians + dispatchers + 1 }
    /// Depots, then vans.
    var locations: Int { depots + technicians }
}

extension DemoCompany {
    /// The technicians; the first two are those of the story.
    public var technicians: [DemoPerson] { (0..<size.technicians).map(demoPerson) }
    /// The dispatchers.
    public var dispatchers: [DemoPerson] { (size.technicians..<size.technicians + size.dispatchers).map(demoPerson) }
    /// The quality manager.
    public var quality: DemoPerson { demoPerson(size.people - 1) }

    /// The depot a person starts from; the two technicians of the story share theirs.
    func homeDepot(of person: Int) -> Int { person < 2 || person >= size.technicians ? 0 : person % size.depots }

    /// The number among the locations of a technician's van.
    func van(of technician: Int) -> Int { size.depots + technician }

    func locationID(_ location: Int) -> RecordID {
        location < size.depots ? id(.depot, location) : id(.van, location - size.depots)
    }

    func demoPerson(_ index: Int) -> DemoPerson {
        let isTechnician = index < size.technicians
        let role = isTechnician ? "technician" : index < size.people - 1 ? "dispatcher" : "quality"
        return DemoPerson(
            id: id(.user, index), number: "P\(padded(index + 101, 4))",
            name: Names.user(index, technicians: size.technicians, dispatchers: size.dispatchers), role: role,
            depotID: id(.depot, homeDepot(of: index)), vanID: isTechnician ? id(.van, index) : nil)
    }

    /// The minute of the day a technician begins at; the day lasts eight hours and a half.
    func dayStart(of technician: Int) -> Int { [420, 450, 480][technician < 2 ? 0 : technician % 3] }

    /// The person and what the person is proven able to do.
    func person(_ index: Int) -> [RecordDraft] {
        let person = demoPerson(index)
        var random = random(.user, index)
        let town = Town.all[homeDepot(of: index) % Town.all.count]
        var fields: [String: Value] = [
            "number": .text(person.number), "name": .text(person.name), "role": .text(person.role),
            "home_depot": .reference(person.depotID),
            "phone": .text("+49 40 66969 \(padded(index % 1000, 3))"), "home": place(near: town, using: &random),
            "cost_rate": .integer(Int64(4200 + 100 * random.number(below: 24))), "working_hours": .text("Mo-Fr 08:00-17:00"),
        ]
        guard person.role == "technician" else { return [RecordDraft("user", id: person.id, fields)] }
        let start = dayStart(of: index)
        // A story told on a Sunday needs technicians who work on Sundays.
        let days = index < 2 && calendar.isWeekend(0) ? "Mo-Su" : "Mo-Fr"
        fields["working_hours"] = .text("\(days) \(clock(start))-\(clock(start + Slots.dayMinutes))")
        if index > 2 && random.chance(20) {
            let first = random.number(in: 20...60)
            fields["absences"] = .texts(["\(calendar.day(first))/\(calendar.day(first + random.number(in: 1...14)))"])
        }
        return [RecordDraft("user", id: person.id, fields)] + qualifications(of: index)
    }

    private func clock(_ minute: Int) -> String { "\(padded(minute / 60, 2)):\(padded(minute % 60, 2))" }

    func depot(_ index: Int) -> RecordDraft {
        var random = random(.depot, index)
        let town = Town.all[index % Town.all.count]
        return RecordDraft(
            "stock_location", id: id(.depot, index),
            ["kind": .text("depot"), "name": .text("Depot \(town.name)"), "place": place(near: town, using: &random)])
    }

    func van(_ technician: Int) -> RecordDraft {
        RecordDraft(
            "stock_location", id: id(.van, technician),
            [
                "kind": .text("van"), "name": .text("Van \(padded(technician + 1, 2))"), "holder": reference(.user, technician),
                "plate": .text("XQ-HG \(101 + technician)"),
            ])
    }
}
