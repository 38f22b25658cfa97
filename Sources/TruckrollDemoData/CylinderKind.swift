/// A mixture that is bought for calibrating: half of the explosive range by IEC 60079-20-1, or a usual test concentration.
struct CylinderKind: Sendable {
    let cas: String
    let gasName: String
    let concentration: String
    let unit: String
    /// Expanded, k = 2, in the same unit.
    let uncertainty: String
    let balance: String
    /// How long its producer stands behind it.
    let months: Int

    init(_ cas: String, _ gasName: String, _ concentration: String, _ unit: String, u uncertainty: String, in balance: String, months: Int) {
        self.cas = cas
        self.gasName = gasName
        self.concentration = concentration
        self.unit = unit
        self.uncertainty = uncertainty
        self.balance = balance
        self.months = months
    }

    /// Number of the mixture for the story's first channel.
    static let methane = 0
    /// Number of the mixture that shows zero.
    static let zero = 1
    /// So many of the first are in every van.
    static let inVan = 8

    static let all: [CylinderKind] = common + rare

    private static let common: [CylinderKind] = [
        CylinderKind("74-82-8", "methane", "2.2", "%vol", u: "0.044", in: "synthetic air", months: 36),
        CylinderKind("7727-37-9", "nitrogen (synthetic air)", "79.1", "%vol", u: "0.4", in: "oxygen", months: 60),
        CylinderKind("630-08-0", "carbon monoxide", "100", "ppm", u: "2", in: "synthetic air", months: 36),
        CylinderKind("7783-06-4", "hydrogen sulfide", "25", "ppm", u: "1.25", in: "nitrogen", months: 24),
        CylinderKind("1333-74-0", "hydrogen", "2", "%vol", u: "0.04", in: "synthetic air", months: 36),
        CylinderKind("74-98-6", "propane", "0.85", "%vol", u: "0.017", in: "synthetic air", months: 36),
        CylinderKind("7664-41-7", "ammonia", "100", "ppm", u: "5", in: "nitrogen", months: 12),
        CylinderKind("7727-37-9", "nitrogen", "99.999", "%vol", u: "0.001", in: "none", months: 60),
    ]

    private static let rare: [CylinderKind] = [
        CylinderKind("7782-44-7", "oxygen", "18", "%vol", u: "0.18", in: "nitrogen", months: 36),
        CylinderKind("124-38-9", "carbon dioxide", "2.5", "%vol", u: "0.05", in: "synthetic air", months: 36),
        CylinderKind("10102-44-0", "nitrogen dioxide", "10", "ppm", u: "0.5", in: "synthetic air", months: 12),
        CylinderKind("75-21-8", "ethylene oxide", "10", "ppm", u: "0.5", in: "nitrogen", months: 12),
        CylinderKind("106-97-8", "n-butane", "0.7", "%vol", u: "0.014", in: "synthetic air", months: 36),
        CylinderKind("109-66-0", "n-pentane", "0.55", "%vol", u: "0.011", in: "synthetic air", months: 36),
        CylinderKind("110-54-3", "n-hexane", "0.5", "%vol", u: "0.015", in: "synthetic air", months: 24),
        CylinderKind("74-85-1", "ethylene", "1.15", "%vol", u: "0.023", in: "synthetic air", months: 36),
        CylinderKind("74-86-2", "acetylene", "1.15", "%vol", u: "0.035", in: "synthetic air", months: 24),
        CylinderKind("64-17-5", "ethanol", "1.55", "%vol", u: "0.078", in: "synthetic air", months: 12),
        CylinderKind("108-88-3", "toluene", "0.5", "%vol", u: "0.025", in: "synthetic air", months: 12),
        CylinderKind("108-88-3", "toluene", "100", "ppm", u: "5", in: "synthetic air", months: 12),
        CylinderKind("71-43-2", "benzene", "10", "ppm", u: "0.5", in: "nitrogen", months: 12),
        CylinderKind("67-64-1", "acetone", "1.25", "%vol", u: "0.063", in: "synthetic air", months: 12),
        CylinderKind("67-63-0", "isopropanol", "1", "%vol", u: "0.05", in: "synthetic air", months: 12),
        CylinderKind("67-56-1", "methanol", "3", "%vol", u: "0.15", in: "synthetic air", months: 12),
        CylinderKind("7664-41-7", "ammonia", "7.5", "%vol", u: "0.38", in: "synthetic air", months: 12),
        CylinderKind("7664-41-7", "ammonia", "1000", "ppm", u: "50", in: "nitrogen", months: 12),
    ]
}
