/// The three makers, all invented.
enum Maker: Int, CaseIterable, Sendable {
    case halvorsund, lechtal, dorrestijn

    var name: String {
        switch self {
        case .halvorsund: "Halvorsund Instruments"
        case .lechtal: "Lechtal Messtechnik"
        case .dorrestijn: "Dorrestijn Detectie"
        }
    }

    /// Begins the numbers of the maker's parts.
    var prefix: String {
        switch self {
        case .halvorsund: "HI"
        case .lechtal: "LM"
        case .dorrestijn: "DD"
        }
    }
}

/// The models in service, by their numbers in ``EquipmentModel/all``.
enum ModelCode: Int, CaseIterable, Sendable {
    case pellistor, infrared, toxic, hydrogen, ammonia, ammoniaHigh, vapour, carbonDioxide
    case controller, garageController, transmitter, portableFour, portableSix

    var model: EquipmentModel { EquipmentModel.all[rawValue] }
}

/// What a maker says about a model.
struct EquipmentModel: Sendable {
    let maker: Maker
    let name: String
    /// As in the schema: fixed_detector, portable_detector, controller, transmitter.
    let kind: String
    /// Begins serial numbers.
    let serialPrefix: String
    let procedure: String
    /// Empty for what may only stand outside hazardous areas.
    let marking: String
    let certificate: String
    let intervalDays: Int

    init(
        _ maker: Maker, _ name: String, _ kind: String, _ serialPrefix: String, procedure: String, marking: String = "",
        certificate: String = "", every intervalDays: Int
    ) {
        self.maker = maker
        self.name = name
        self.kind = kind
        self.serialPrefix = serialPrefix
        self.procedure = procedure
        self.marking = marking
        self.certificate = certificate
        self.intervalDays = intervalDays
    }

    static let all: [EquipmentModel] = heads + others

    private static let heads: [EquipmentModel] = [
        EquipmentModel(
            .halvorsund, "Stavn K210", "fixed_detector", "HK", procedure: "CP-K210 rev. 6", marking: "II 2G Ex db IIC T6 Gb",
            certificate: "IECEx ZNV 18.0042X", every: 182),
        EquipmentModel(
            .halvorsund, "Stavn R420", "fixed_detector", "HR", procedure: "CP-R420 rev. 4", marking: "II 2G Ex db eb IIC T5 Gb",
            certificate: "IECEx ZNV 20.0107X", every: 365),
        EquipmentModel(
            .halvorsund, "Stavn E330", "fixed_detector", "HE", procedure: "CP-E330 rev. 9", marking: "II 1G Ex ia IIC T4 Ga",
            certificate: "IECEx ZNV 19.0015", every: 182),
        EquipmentModel(
            .lechtal, "Punkt H", "fixed_detector", "LH", procedure: "KA 311, Ausgabe 3", marking: "II 2G Ex db IIC T4 Gb",
            certificate: "IECEx AWP 17.0233X", every: 182),
        EquipmentModel(
            .lechtal, "Punkt A", "fixed_detector", "LA", procedure: "KA 324, Ausgabe 5", marking: "II 2G Ex eb mb IIC T4 Gb",
            certificate: "IECEx AWP 19.0081", every: 182),
        EquipmentModel(
            .lechtal, "Punkt A-Hoch", "fixed_detector", "LB", procedure: "KA 325, Ausgabe 2", marking: "II 2G Ex db IIB T4 Gb",
            certificate: "IECEx AWP 21.0019X", every: 365),
        EquipmentModel(
            .halvorsund, "Stavn P610", "fixed_detector", "HP", procedure: "CP-P610 rev. 2", marking: "II 2G Ex ib IIC T4 Gb",
            certificate: "IECEx ZNV 22.0009", every: 91),
        EquipmentModel(.dorrestijn, "Poortwacht C", "fixed_detector", "DC", procedure: "KV-12, uitgave 4", every: 365),
    ]

    private static let others: [EquipmentModel] = [
        EquipmentModel(.lechtal, "Zentrale 8", "controller", "LZ", procedure: "KA 400, Ausgabe 7", every: 365),
        EquipmentModel(.dorrestijn, "Regelkast 4", "controller", "DR", procedure: "KV-30, uitgave 2", every: 365),
        EquipmentModel(
            .lechtal, "Umformer T2", "transmitter", "LT", procedure: "KA 350, Ausgabe 1", marking: "II 2G Ex eb ib IIC T4 Gb",
            certificate: "IECEx AWP 20.0140", every: 182),
        EquipmentModel(
            .dorrestijn, "Draagmeter 4", "portable_detector", "DP", procedure: "KV-04, uitgave 11", marking: "II 1G Ex ia IIC T4 Ga",
            certificate: "IECEx VLK 16.0308", every: 182),
        EquipmentModel(
            .dorrestijn, "Draagmeter 6P", "portable_detector", "DQ", procedure: "KV-06, uitgave 3", marking: "II 1G Ex ia IIC T4 Ga",
            certificate: "IECEx VLK 21.0077", every: 182),
    ]
}
