import TruckrollCore
import TruckrollDomain

/// A proof of competence as its issuer words it.
private struct Scheme {
    let name: String
    let coverage: String
    let issuer: String
    let days: Int

    init(_ name: String, _ coverage: String, _ issuer: String, days: Int) {
        self.name = name
        self.coverage = coverage
        self.issuer = issuer
        self.days = days
    }

    static let basic: [Scheme] = [
        Scheme(
            "IECEx CoPC Ex 001", "Basic principles of protection; zones 1 and 2, groups IIA to IIC", "Zertifizierstelle Nordverbund",
            days: 1826),
        Scheme("IECEx CoPC Ex 004", "Maintenance; Ex d, Ex e, Ex i; zones 1 and 2", "Zertifizierstelle Nordverbund", days: 1826),
        Scheme("Confined space medical", "Entry with breathing apparatus, up to 30 minutes", "Arbeitsmedizin an der Förde", days: 1096),
        Scheme("First aid at work", "Eight lessons", "Rettungsschule Geest", days: 730),
    ]
    static let further: [Scheme] = [
        Scheme("IECEx CoPC Ex 003", "Installation; Ex d, Ex e, Ex i", "Zertifizierstelle Nordverbund", days: 1826),
        Scheme("IECEx CoPC Ex 007", "Visual and close inspection; zones 1, 2, 21 and 22", "Keurhuis Veluwe", days: 1826),
        Scheme("IECEx CoPC Ex 008", "Detailed inspection; zones 0, 1 and 2", "Keurhuis Veluwe", days: 1826),
        Scheme("Work at height", "Harness and mobile platform", "Højdeskolen Syd", days: 365),
    ]
    static let courses: [Scheme] = [
        Scheme("Manufacturer course", "Stavn K210, R420, E330, P610", "Halvorsund Instruments, training centre", days: 1096),
        Scheme("Manufacturer course", "Punkt H, A, A-Hoch; Zentrale 8; Umformer T2", "Lechtal Messtechnik, Lehrwerk", days: 1096),
        Scheme("Manufacturer course", "Poortwacht C, Regelkast 4, Draagmeter 4 and 6P", "Dorrestijn Detectie, opleidingen", days: 1096),
    ]
}

extension DemoCompany {
    /// All hold the basic ones and some courses. The fourth technician has one about to expire, the fifth one revoked.
    func qualifications(of technician: Int) -> [RecordDraft] {
        var random = random(.qualification, technician)
        var schemes = Scheme.basic + (technician < 2 ? Scheme.courses : [Scheme.courses[technician % 3]])
        schemes += Scheme.further.filter { _ in random.chance(50) }
        return schemes.enumerated().map { place, scheme in
            let isEnding = technician == 3 && place == 2 || technician > 5 && random.chance(6)
            let left = isEnding ? random.number(in: 2...20) : random.number(in: 45...scheme.days - 30)
            var fields: [String: Value] = [
                "user": reference(.user, technician), "scheme": .text(scheme.name), "coverage": .text(scheme.coverage),
                "number": .text("\(padded(technician + 101, 4))-\(padded(place + 1, 2))/\(random.number(in: 10_000...99_999))"),
                "issuer": .text(scheme.issuer), "valid_from": .date(calendar.day(left - scheme.days)),
                "valid_to": .date(calendar.day(left)),
                "revoked": .text("no"), "evidence": .bytes(random.hash()),
            ]
            if technician == 4 && place == 4 { fields["revoked"] = .text("yes") }
            return RecordDraft("qualification", id: id(.qualification, technician * 16 + place), fields)
        }
    }
}
