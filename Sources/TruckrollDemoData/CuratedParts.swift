/// A part that every company has, because the story and the models need it.
struct CuratedPart: Sendable {
    enum Tracking: Sendable { case none, serial, lot }

    let name: String
    let unit: String
    let tracking: Tracking
    /// How many of it belong into every van; 0 for what only lies in depots.
    let inVan: Int
    let fits: [ModelCode]
    let unNumber: String
    /// As in the schema: active, superseded, discontinued.
    let status: String
    /// Number of the part that replaces it, smaller than its own.
    let replacedBy: Int?

    init(
        _ name: String, unit: String = "pcs", _ tracking: Tracking = .none, inVan: Int = 0, fits: [ModelCode] = [],
        un unNumber: String = "",
        status: String = "active", replacedBy: Int? = nil
    ) {
        self.name = name
        self.unit = unit
        self.tracking = tracking
        self.inVan = inVan
        self.fits = fits
        self.unNumber = unNumber
        self.status = status
        self.replacedBy = replacedBy
    }
}

/// The parts by number; generated ones follow them.
enum CuratedParts {
    /// Every van carries it.
    static let vanPart = 0
    /// The shared depot has one left of it.
    static let lastUnit = 1

    static let all: [CuratedPart] = sensors + boards + small + hazardous

    private static let sensors: [CuratedPart] = [
        CuratedPart("Sinter filter cap, stainless steel", inVan: 4, fits: [.pellistor, .hydrogen]),
        CuratedPart("Optics board Stavn R420", fits: [.infrared]),
        CuratedPart("Pellistor pair Stavn K210", .serial, inVan: 2, fits: [.pellistor]),
        CuratedPart("Infrared source lamp Stavn R420", .lot, inVan: 1, fits: [.infrared]),
        CuratedPart("Sensor H2S 0-100 ppm", .serial, inVan: 1, fits: [.toxic, .transmitter]),
        CuratedPart("Sensor CO 0-500 ppm", .serial, inVan: 2, fits: [.toxic, .transmitter]),
        CuratedPart("Sensor NO2 0-20 ppm", .serial, fits: [.toxic]),
        CuratedPart("Sensor ethylene oxide 0-20 ppm", .serial, fits: [.toxic]),
        CuratedPart("Sensor NH3 0-300 ppm", .serial, inVan: 1, fits: [.ammonia]),
        CuratedPart("Sensor NH3 0-5000 ppm, semiconductor", .serial, fits: [.ammoniaHigh]),
        CuratedPart("Sensor O2 25 %vol for Draagmeter", .serial, inVan: 1, fits: [.portableFour, .portableSix]),
        CuratedPart("PID lamp 10.6 eV", .serial, fits: [.vapour, .portableSix]),
        CuratedPart("Sensor CO/H2S for Draagmeter", .serial, inVan: 1, fits: [.portableFour, .portableSix]),
        CuratedPart("Sensor CO 0-300 ppm", .serial, fits: [.toxic], status: "superseded", replacedBy: 5),
    ]

    private static let boards: [CuratedPart] = [
        CuratedPart("Main board Stavn K210, rev. D", .serial, fits: [.pellistor]),
        CuratedPart("Main board Stavn K210, rev. B", .serial, fits: [.pellistor], status: "superseded", replacedBy: 14),
        CuratedPart("Input card Zentrale 8, 4 channels", .serial, fits: [.controller]),
        CuratedPart("Relay card Zentrale 8", .serial, inVan: 1, fits: [.controller]),
        CuratedPart("Power supply 24 V / 5 A for Zentrale 8", .serial, fits: [.controller]),
        CuratedPart("Display foil Regelkast 4", fits: [.garageController]),
        CuratedPart("CPU card Zentrale 6", .serial, fits: [.controller], status: "discontinued"),
        CuratedPart("Modem card LTE", .serial, fits: [.controller, .garageController]),
        CuratedPart("Modem card GSM", fits: [.controller, .garageController], status: "discontinued", replacedBy: 21),
        CuratedPart("Sounder with flash, red, 24 V", inVan: 1, fits: [.controller, .garageController]),
        CuratedPart("Sounder Ex db, 110 dB", .serial, fits: [.controller]),
        CuratedPart("Pump for Draagmeter 6P", .serial, fits: [.portableSix]),
    ]

    private static let small: [CuratedPart] = [
        CuratedPart("Cable gland M20, brass, Ex db, 6-12 mm", inVan: 6, fits: [.pellistor, .infrared, .hydrogen]),
        CuratedPart("Cable gland M25, brass, Ex db, 10-18 mm", inVan: 4, fits: [.infrared]),
        CuratedPart("Blanking plug M20, Ex eb", inVan: 4, fits: [.ammonia, .transmitter]),
        CuratedPart("O-ring 44 x 2, FKM", inVan: 10, fits: [.pellistor, .hydrogen, .infrared]),
        CuratedPart("Dust and water filter Draagmeter", inVan: 10, fits: [.portableFour, .portableSix]),
        CuratedPart("Calibration adapter Stavn K and E", inVan: 1, fits: [.pellistor, .toxic]),
        CuratedPart("Calibration adapter Stavn R420, flow cell", inVan: 1, fits: [.infrared]),
        CuratedPart("Calibration cap Punkt", inVan: 1, fits: [.hydrogen, .ammonia, .ammoniaHigh]),
        CuratedPart("Calibration cradle Draagmeter", fits: [.portableFour, .portableSix]),
        CuratedPart("Splash guard Stavn", inVan: 2, fits: [.pellistor, .toxic, .vapour]),
        CuratedPart("PTFE tube 4 x 6 mm", unit: "m", inVan: 10),
        CuratedPart("Cable J-Y(St)Y 2 x 2 x 0.8", unit: "m"),
        CuratedPart("Sealing compound for conduits", unit: "kg", .lot),
        CuratedPart("Type plate and tag holder", inVan: 10),
        CuratedPart("Optics cleaner", unit: "l", .lot, inVan: 1, fits: [.infrared], un: "UN1219"),
    ]

    private static let hazardous: [CuratedPart] = [
        CuratedPart("Cylinder 58 l, methane 2.2 %vol in air", .lot, un: "UN1956"),
        CuratedPart("Cylinder 58 l, hydrogen sulfide 25 ppm in nitrogen", .lot, un: "UN1956"),
        CuratedPart("Cylinder 58 l, ammonia 100 ppm in nitrogen", .lot, un: "UN1956"),
        CuratedPart("Cylinder 110 l, synthetic air", .lot, un: "UN1002"),
        CuratedPart("Cylinder 110 l, nitrogen", .lot, un: "UN1066"),
        CuratedPart("Lithium-ion battery Draagmeter", .serial, inVan: 1, fits: [.portableFour, .portableSix], un: "UN3480"),
        CuratedPart("Lithium cell 3.6 V, clock of Zentrale 8", .lot, inVan: 2, fits: [.controller], un: "UN3090"),
        CuratedPart("Lead battery 12 V / 7 Ah, Regelkast 4", .lot, inVan: 1, fits: [.garageController], un: "UN2800"),
    ]
}
