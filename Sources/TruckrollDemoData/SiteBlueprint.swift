/// What kinds of site a customer has. Kinds follow one another so that the first sites show most of them.
enum SiteKind: Int, CaseIterable, Sendable {
    case chemicalPlant, refinery, brewery, sewageWorks, coldStore, tunnel, carPark, laboratory, biogasPlant, paintShop, batteryHall
    case gasStation

    var blueprint: SiteBlueprint { SiteBlueprint.all[rawValue] }
}

/// What stands at a kind of site, what may be in the air there, and how its people talk.
struct SiteBlueprint: Sendable {
    /// Ends the customer's name.
    let trade: Trade
    /// Begin the site's name.
    let siteNames: [String]
    let areas: [AreaBlueprint]
    /// The first stand at every site of the kind, in this order; further assets are drawn from all.
    let installations: [Installation]
    let requirements: [String]
    /// What people say when they ring.
    let problems: [String]
}

/// A line of business in the languages of the region.
struct Trade: Sendable {
    private let german: String
    private let dutch: String
    private let danish: String

    init(_ german: String, _ dutch: String, _ danish: String) {
        self.german = german
        self.dutch = dutch
        self.danish = danish
    }

    /// With the form a company has in a country.
    func name(in country: String) -> (word: String, form: String) {
        switch country {
        case "NL": (dutch, "B.V.")
        case "BE": (dutch, "N.V.")
        case "DK": (danish, "A/S")
        default: (german, "GmbH")
        }
    }
}

/// A hazardous area as a site's drawing shows it.
struct AreaBlueprint: Sendable {
    let name: String
    let gasZone: String
    let gasGroup: String
    let temperatureClass: String
    let ambient: ClosedRange<Int>
    let gases: [String]
    let dustZone: String
    let dustGroup: String

    init(
        _ name: String, zone gasZone: String, _ gasGroup: String, _ temperatureClass: String, _ ambient: ClosedRange<Int>,
        _ gases: [String], dust dustZone: String = "none", _ dustGroup: String = "none"
    ) {
        self.name = name
        self.gasZone = gasZone
        self.gasGroup = gasGroup
        self.temperatureClass = temperatureClass
        self.ambient = ambient
        self.gases = gases
        self.dustZone = dustZone
        self.dustGroup = dustGroup
    }
}

/// A model set up for a purpose in an area.
struct Installation: Sendable {
    let model: ModelCode
    let channels: [ChannelKind]
    /// Number of the area in the blueprint; `nil` for what stands or is carried outside them.
    let area: Int?
    let mounting: String

    init(_ model: ModelCode, _ channels: [ChannelKind], area: Int? = nil, _ mounting: String) {
        self.model = model
        self.channels = channels
        self.area = area
        self.mounting = mounting
    }

    static let portable = Installation(
        .portableFour, [.methane, .oxygen, .carbonMonoxide, .hydrogenSulfide], "carried by the shift foreman")
    static let portableVapour = Installation(
        .portableSix, [.methane, .oxygen, .carbonMonoxide, .hydrogenSulfide, .ammonia, .benzeneVapour], "carried for entry permits")
}

extension SiteBlueprint {
    static let all: [SiteBlueprint] = [
        chemicalPlant, refinery, brewery, sewageWorks, coldStore, tunnel, carPark, laboratory, biogasPlant, paintShop, batteryHall,
        gasStation,
    ]
}
