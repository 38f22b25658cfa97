/// How a channel is set up when it leaves the works: all numbers in the channel's unit.
struct ChannelKind: Sendable {
    let cas: String
    let gasName: String
    let unit: String
    let range: String
    let resolution: String
    let technology: String
    let alarms: (first: String, second: String)
    let tolerancePercent: String
    let toleranceMinimum: String

    init(
        _ cas: String, _ gasName: String, _ unit: String, _ range: String, step resolution: String, _ technology: String,
        alarms first: String, _ second: String, tolerance tolerancePercent: String, least toleranceMinimum: String
    ) {
        self.cas = cas
        self.gasName = gasName
        self.unit = unit
        self.range = range
        self.resolution = resolution
        self.technology = technology
        alarms = (first, second)
        self.tolerancePercent = tolerancePercent
        self.toleranceMinimum = toleranceMinimum
    }

    private static func explosive(_ cas: String, _ name: String, _ technology: String) -> ChannelKind {
        ChannelKind(cas, name, "%LEL", "100", step: "1", technology, alarms: "20", "40", tolerance: "10", least: "3")
    }
    private static func toxic(
        _ cas: String, _ name: String, to range: String, step: String, alarms first: String, _ second: String, least: String
    ) -> ChannelKind {
        ChannelKind(
            cas, name, "ppm", range, step: step, "electrochemical", alarms: first, second, tolerance: "10", least: least)
    }
}

extension ChannelKind {
    static let methane = explosive("74-82-8", "methane", "catalytic")
    static let methaneInfrared = explosive("74-82-8", "methane", "infrared")
    static let propane = explosive("74-98-6", "propane", "infrared")
    static let butane = explosive("106-97-8", "n-butane", "infrared")
    static let pentane = explosive("109-66-0", "n-pentane", "infrared")
    static let hexane = explosive("110-54-3", "n-hexane", "infrared")
    static let hydrogen = explosive("1333-74-0", "hydrogen", "catalytic")
    static let ethylene = explosive("74-85-1", "ethylene", "infrared")
    static let acetylene = explosive("74-86-2", "acetylene", "catalytic")
    static let ethanol = explosive("64-17-5", "ethanol", "infrared")
    static let methanol = explosive("67-56-1", "methanol", "catalytic")
    static let acetone = explosive("67-64-1", "acetone", "catalytic")
    static let isopropanol = explosive("67-63-0", "isopropanol", "catalytic")
    static let toluene = explosive("108-88-3", "toluene", "catalytic")
    static let ammoniaExplosive = explosive("7664-41-7", "ammonia", "catalytic")

    static let carbonMonoxide = toxic("630-08-0", "carbon monoxide", to: "500", step: "1", alarms: "30", "60", least: "3")
    static let hydrogenSulfide = toxic("7783-06-4", "hydrogen sulfide", to: "100", step: "0.1", alarms: "5", "10", least: "0.5")
    static let ammonia = toxic("7664-41-7", "ammonia", to: "300", step: "1", alarms: "20", "40", least: "3")
    static let nitrogenDioxide = toxic("10102-44-0", "nitrogen dioxide", to: "20", step: "0.1", alarms: "0.5", "1", least: "0.2")
    static let ethyleneOxide = toxic("75-21-8", "ethylene oxide", to: "20", step: "0.1", alarms: "0.5", "1", least: "0.2")

    static let ammoniaHigh = ChannelKind(
        "7664-41-7", "ammonia", "ppm", "5000", step: "10", "semiconductor", alarms: "500", "1500", tolerance: "20", least: "50")
    static let tolueneVapour = ChannelKind(
        "108-88-3", "toluene", "ppm", "200", step: "0.1", "photoionisation", alarms: "20", "50", tolerance: "10", least: "1")
    static let benzeneVapour = ChannelKind(
        "71-43-2", "benzene", "ppm", "50", step: "0.1", "photoionisation", alarms: "0.5", "2.5", tolerance: "15", least: "0.2")
    static let oxygen = ChannelKind(
        "7782-44-7", "oxygen", "%vol", "25", step: "0.1", "electrochemical", alarms: "19.5", "23.5", tolerance: "2", least: "0.4")
    static let carbonDioxide = ChannelKind(
        "124-38-9", "carbon dioxide", "%vol", "5", step: "0.01", "infrared", alarms: "0.5", "1.5", tolerance: "5", least: "0.1")
}
