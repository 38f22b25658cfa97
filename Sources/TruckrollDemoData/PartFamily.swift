/// What the parts beyond the written down ones are called.
struct PartFamily: Sendable {
    let noun: String
    let sizes: [String]
    let finishes: [String]
    let unit: String
    let tracking: CuratedPart.Tracking
    let unNumber: String
    let fits: [ModelCode]

    init(
        _ noun: String, _ sizes: [String], _ finishes: [String], fits: [ModelCode], unit: String = "pcs",
        _ tracking: CuratedPart.Tracking = .none, un unNumber: String = ""
    ) {
        self.noun = noun
        self.sizes = sizes
        self.finishes = finishes
        self.fits = fits
        self.unit = unit
        self.tracking = tracking
        self.unNumber = unNumber
    }

    static let all: [PartFamily] = mechanical + electrical

    private static let metals: [String] = ["brass", "stainless steel 1.4404", "nickel-plated", "polyamide, black"]
    private static let editions: [String] = ["rev. A", "rev. B", "rev. C", "rev. D"]
    private static let threads: [String] = ["M16", "M20", "M25", "M32", "1/2 NPT", "3/4 NPT"]

    private static let mechanical: [PartFamily] = [
        PartFamily("Cable gland", threads, metals, fits: [.pellistor, .infrared, .hydrogen, .ammonia]),
        PartFamily("Blanking plug", threads, metals, fits: [.pellistor, .controller, .transmitter]),
        PartFamily("Reducer", threads, metals, fits: [.infrared, .ammoniaHigh]),
        PartFamily(
            "Mounting bracket", ["pipe 48 mm", "pipe 60 mm", "wall", "duct"], metals, fits: [.pellistor, .infrared, .toxic, .ammonia]),
        PartFamily(
            "O-ring", ["28 x 2", "36 x 2", "44 x 2", "60 x 3"], ["FKM", "EPDM", "silicone"], fits: [.pellistor, .toxic, .hydrogen]),
        PartFamily(
            "Sinter filter", ["20 mm", "24 mm", "30 mm"], ["bronze", "stainless steel", "PTFE"], fits: [.pellistor, .hydrogen, .vapour]),
        PartFamily("Weather hood", ["small", "large", "with windscreen"], metals, fits: [.infrared, .toxic]),
        PartFamily(
            "Hose", ["3 x 5 mm", "4 x 6 mm", "6 x 8 mm"], ["PTFE", "FKM", "polyurethane"], fits: [.vapour, .portableSix], unit: "m"),
        PartFamily("Carrying case", ["small", "large"], ["leather", "nylon"], fits: [.portableFour, .portableSix]),
        PartFamily(
            "Flow regulator", ["0.3 l/min", "0.5 l/min", "1.0 l/min"], ["C10 thread", "5/8 UNF", "demand flow"],
            fits: [.pellistor, .toxic, .portableFour], .serial),
    ]

    private static let electrical: [PartFamily] = [
        PartFamily(
            "Sensor", ["HCN 0-50 ppm", "Cl2 0-10 ppm", "SO2 0-20 ppm", "PH3 0-5 ppm", "HCl 0-30 ppm", "O3 0-1 ppm"],
            ["long life", "with filter", "standard"], fits: [.toxic, .transmitter, .portableSix], .serial),
        PartFamily("Pellistor pair", ["silicone resistant", "high range", "standard"], editions, fits: [.pellistor, .hydrogen], .serial),
        PartFamily("Main board", ["4-20 mA", "HART", "Modbus"], editions, fits: [.infrared, .toxic, .ammonia, .vapour], .serial),
        PartFamily("Relay card", ["4 relays", "8 relays", "16 relays"], editions, fits: [.controller, .garageController], .serial),
        PartFamily(
            "Display", ["LCD 2 x 16", "OLED 128 x 64", "LED 4 digits"], editions, fits: [.controller, .garageController, .transmitter], .lot
        ),
        PartFamily(
            "Power supply", ["24 V / 2.5 A", "24 V / 5 A", "24 V / 10 A"], ["DIN rail", "open frame"],
            fits: [.controller, .garageController], .serial),
        PartFamily(
            "Sounder", ["85 dB", "100 dB", "110 dB"], ["red", "amber", "grey with flash"], fits: [.controller, .garageController]),
        PartFamily(
            "Illuminated sign", ["GAS ALARM", "DO NOT ENTER", "LEAVE THE BUILDING", "SWITCH OFF ENGINE"],
            ["German", "Dutch", "Danish", "French"], fits: [.controller, .garageController]),
        PartFamily("Lithium battery", ["3.6 V", "7.2 V"], ["AA", "C", "pack"], fits: [.portableFour, .portableSix], .lot, un: "UN3090"),
        PartFamily(
            "Cable", ["2 x 2 x 0.8", "4 x 2 x 0.8", "3 x 1.5"], ["halogen-free", "screened", "armoured"],
            fits: [.controller, .transmitter], unit: "m"),
        PartFamily(
            "Calibration cylinder", ["34 l", "58 l", "110 l"],
            ["propane 0.85 %vol", "hydrogen 2.0 %vol", "carbon monoxide 100 ppm", "carbon dioxide 2.5 %vol"],
            fits: [.pellistor, .toxic, .portableFour], .lot, un: "UN1956"),
    ]
}
