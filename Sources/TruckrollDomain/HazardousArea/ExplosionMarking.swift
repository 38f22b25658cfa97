/// What the plate of equipment for explosive atmospheres says, as far as it decides where the equipment may stand (IEC 60079-0, clause 29;
/// 2014/34/EU, annex II; NEC, articles 500 and 505).
public struct ExplosionMarking: Hashable, Sendable {
    /// One line of a plate: gas, dust and mines are marked each for itself.
    public struct Line: Hashable, Sendable {
        public var atmosphere: Atmosphere
        /// The scheme whose words it uses; `nil` where it says only `Ex`, as both ATEX and IECEx do.
        public var scheme: Scheme?
        /// Equipment protection level; `nil` where neither a level nor a category is marked.
        public var level: ProtectionLevel?
        /// Where category and level contradict each other.
        public var isContradictory = false
        /// The group the equipment is made for.
        public var group: Group?
        /// How hot its surface gets, and at which ambient temperatures that holds, as marked.
        public var temperatures: [Temperature] = []
    }

    public enum Atmosphere: String, Hashable, Sendable { case gas, dust, mine }

    public enum Scheme: String, Hashable, Sendable {
        /// By category, such as II 2G.
        case atex
        /// Class and division, or AEx, of North America.
        case northAmerican
    }

    /// From the highest protection to the lowest.
    public enum ProtectionLevel: Int, Hashable, Sendable, Comparable {
        case a = 1
        case b, c
        public static func < (a: Self, b: Self) -> Bool { a.rawValue < b.rawValue }
    }

    /// What a gas or dust asks of the equipment, the least demanding first.
    public enum Group: String, Hashable, Sendable, CaseIterable {
        case iia = "IIA"
        case iib = "IIB"
        /// Group IIB and hydrogen, which is not acetylene.
        case iibHydrogen = "IIB+H2"
        case iic = "IIC"
        case iiia = "IIIA"
        case iiib = "IIIB"
        case iiic = "IIIC"
        case i = "I"
    }

    /// A surface temperature and the ambient temperatures at which the equipment keeps below it.
    public struct Temperature: Hashable, Sendable {
        /// As marked: `T4`, `T3C`, `T85 °C`.
        public let mark: String
        /// Highest surface temperature in degrees Celsius.
        public let surface: Int
        /// `nil` where nothing is marked: then −20 to +40 °C hold.
        public let ambient: ClosedRange<Int>?
    }

    /// What holds where no ambient temperature is marked (IEC 60079-0, 5.1.1).
    public static let standardAmbient = -20...40

    public let lines: [Line]

    public func lines(for atmosphere: Atmosphere) -> [Line] { lines.filter { $0.atmosphere == atmosphere } }
}

/// The temperature classes of IEC 60079-0, table 2, and their subclasses in North America (NEC, table 500.8(C)).
public enum TemperatureClass {
    private static let surfaces: [String: Int] = [
        "T1": 450, "T2": 300, "T2A": 280, "T2B": 260, "T2C": 230, "T2D": 215, "T3": 200, "T3A": 180, "T3B": 165, "T3C": 160, "T4": 135, "T4A": 120,
        "T5": 100, "T6": 85,
    ]

    /// Highest surface temperature of a class in degrees Celsius; `nil` for what is none.
    public static func surface(_ name: String) -> Int? { surfaces[name.uppercased()] }

    /// The class that a gas of that ignition temperature in degrees Celsius asks for; `nil` where none is cool enough.
    public static func required(byIgnitionAt celsius: Int) -> String? {
        ["T1", "T2", "T3", "T4", "T5", "T6"].first { (surfaces[$0] ?? .max) < celsius }
    }
}
