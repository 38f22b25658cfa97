/// Names of people; none is meant to be anybody.
enum Names {
    static let first: [String] = [
        "Anke", "Bram", "Carsten", "Dieke", "Emil", "Femke", "Gesa", "Hauke", "Ilse", "Joris", "Katrine", "Lars", "Maike",
        "Niels", "Okke", "Pia", "Ruben", "Silke", "Thijs", "Ulrike", "Viggo", "Wiebke", "Yannick", "Astrid", "Bente", "Cees",
        "Dörte", "Esben", "Freya", "Gijs", "Henrike", "Ingmar", "Jytte", "Klaas", "Lotte", "Mads", "Nele",
    ]
    static let last: [String] = [
        "Aldenhoff", "Brinkmans", "Claessens", "Damgaard", "Eggers", "Feddersen", "Groothuis", "Hinrichsen", "Iversen", "Jürgens",
        "Kloosterman", "Lauritsen", "Matthiesen", "Noordhoek", "Ovesen", "Petersen", "Quist", "Rosendahl", "Sönksen", "Terpstra",
        "Uhlenbrock", "Verhaegen", "Wittrock", "Ysenbaert", "Zijlmans", "Ahrendt", "Bogaerts", "Christiansen", "De Smedt", "Evertsen",
        "Friedrichs", "Gravesen", "Hoogland", "Isermann", "Jespersen", "Kuhlmann", "Lambrecht", "Mogensen", "Niehus", "Olthoff", "Poulsen",
    ]

    static func person(using random: inout SeededRandom) -> String { "\(random.pick(first)) \(random.pick(last))" }

    /// The people of the story come first; the others differ as long as possible.
    static func user(_ index: Int, technicians: Int, dispatchers: Int) -> String {
        switch index {
        case 0: "Femke de Boer"
        case 1: "Jannik Thomsen"
        case technicians: "Ute Hansen"
        case technicians + dispatchers: "Karel Wouters"
        default: "\(first[index % first.count]) \(last[(index * 5 + 3) % last.count])"
        }
    }

    /// Beginnings of customers' names.
    static let stems: [String] = [
        "Brunsholt", "Eskerveld", "Ravnskov", "Wallensiel", "Meerdonk", "Tangbæk", "Hollerwarft", "Ostervliet", "Kestrup", "Lindewarden",
        "Graasten", "Zuiderkwelder", "Norderhever", "Bjergager", "Varenhorst", "Duinrade", "Elvershude", "Skovlund", "Wittmoor",
        "Geestpolder", "Hagenbrook", "Rietmeer", "Solbakke", "Tönsfeld", "Veenhuis", "Aagaarden", "Barsbüll", "Kruisdijk", "Lerchental",
    ]

    static let streets: [String] = [
        "Siloweg", "Am Kesselhaus", "Havenstraat", "Industrivej", "Dijkweg", "Werkstraße", "Schleusenring", "Molenlaan", "Fabriksvej",
        "Zum Tanklager", "Nijverheidsweg", "Gasometerplatz", "Kanaaldijk", "Nordre Ringvej", "Alter Bahndamm", "Pakhuisplein",
    ]
}

/// A town of the region with the coordinates of its middle, times ten million.
struct Town: Sendable {
    let name: String
    let country: String
    let postalCode: String
    let latitude: Int
    let longitude: Int

    init(_ name: String, _ country: String, _ postalCode: String, _ latitude: Int, _ longitude: Int) {
        self.name = name
        self.country = country
        self.postalCode = postalCode
        self.latitude = latitude
        self.longitude = longitude
    }

    /// A number nobody can have: fictional ones in Germany, area codes with zeros elsewhere.
    func phone(using random: inout SeededRandom) -> String {
        switch country {
        case "NL": "+31 20 000 \(padded(random.number(below: 10_000), 4))"
        case "BE": "+32 3 000 \(padded(random.number(below: 10_000), 4))"
        case "DK": "+45 00 00 \(padded(random.number(below: 10_000), 4))"
        default: "+49 40 66969 \(padded(random.number(below: 1000), 3))"
        }
    }

    /// The first towns have depots.
    static let all: [Town] = [
        Town("Flensburg", "DE", "24939", 547_937_000, 94_469_000), Town("Groningen", "NL", "9723 AB", 532_194_000, 65_665_000),
        Town("Hamburg", "DE", "21107", 535_100_000, 99_900_000), Town("Antwerpen", "BE", "2030", 512_600_000, 43_900_000),
        Town("Kolding", "DK", "6000", 554_904_000, 94_722_000), Town("Bremen", "DE", "28237", 531_200_000, 87_500_000),
        Town("Rotterdam", "NL", "3089 KW", 518_900_000, 44_300_000), Town("Osnabrück", "DE", "49090", 522_900_000, 80_300_000),
        Town("Aarhus", "DK", "8000", 561_629_000, 102_039_000), Town("Gent", "BE", "9042", 511_100_000, 37_500_000),
        Town("Kiel", "DE", "24148", 543_300_000, 101_700_000), Town("Emden", "DE", "26723", 533_600_000, 71_900_000),
        Town("Zwolle", "NL", "8028 PM", 525_200_000, 61_200_000), Town("Oldenburg", "DE", "26135", 531_300_000, 82_400_000),
        Town("Esbjerg", "DK", "6700", 554_765_000, 84_594_000), Town("Hannover", "DE", "30419", 524_100_000, 96_800_000),
        Town("Enschede", "NL", "7547 TH", 522_100_000, 68_600_000), Town("Odense", "DK", "5000", 554_038_000, 104_024_000),
        Town("Brunsbüttel", "DE", "25541", 538_960_000, 91_390_000), Town("Husum", "DE", "25813", 544_760_000, 90_510_000),
        Town("Heide", "DE", "25746", 541_960_000, 90_930_000), Town("Lübeck", "DE", "23569", 539_000_000, 107_600_000),
        Town("Delfzijl", "NL", "9936 HD", 533_200_000, 69_400_000), Town("Wilhelmshaven", "DE", "26388", 535_600_000, 81_100_000),
    ]
}
