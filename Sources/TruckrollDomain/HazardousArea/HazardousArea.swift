import TruckrollCore

/// A part of a site where an explosive atmosphere may occur, as its owner classifies it (IEC 60079-10).
public struct HazardousArea: Equatable, Sendable {
    /// A gas that may occur there.
    public struct Gas: Equatable, Sendable {
        /// CAS number.
        public let cas: String
        public let name: String
        /// In degrees Celsius; `nil` where this device does not know.
        public let ignition: Int?
        /// `nil` where this device does not know.
        public let group: ExplosionMarking.Group?
        /// Lower flammable limit in %vol; `nil` where it is not flammable or not known.
        public let lowerLimit: ExactDecimal?

        public init(cas: String, name: String, ignition: Int? = nil, group: ExplosionMarking.Group? = nil, lowerLimit: ExactDecimal? = nil) {
            (self.cas, self.name, self.ignition, self.group, self.lowerLimit) = (cas, name, ignition, group, lowerLimit)
        }

        /// Acetylene and hydrogen, which the groups are told apart by.
        static let acetylene = "74-86-2"
        static let hydrogen = "1333-74-0"
    }

    /// 0, 1 or 2; `nil` where no gas is expected.
    public var gasZone: Int?
    /// 20, 21 or 22; `nil` where no dust is expected.
    public var dustZone: Int?
    /// Whether it is a mine with firedamp.
    public var isMine = false
    public var gasGroup: ExplosionMarking.Group?
    public var dustGroup: ExplosionMarking.Group?
    /// The class that is asked for, such as `T4`.
    public var temperatureClass: String?
    /// The highest surface temperature that the dust allows, in degrees Celsius.
    public var dustTemperature: Int?
    /// Ambient temperatures in degrees Celsius; −20 to +40 where nothing is said.
    public var ambient = ExplosionMarking.standardAmbient
    public var gases: [Gas] = []
    /// ISO 3166 code of the country; `nil` where it is not known.
    public var country: String?

    public init() {}

    /// Whether anything explosive is expected at all.
    public var isHazardous: Bool { gasZone != nil || dustZone != nil || isMine }

    /// As a record says.
    ///
    /// - Parameters:
    ///   - gases: those that the record names, by CAS number, as far as they are known.
    ///   - country: of the site.
    public init(area: RecordView, gases known: [Gas], country: String?) {
        gasZone = area.text("gas_zone").flatMap { Int($0) }
        dustZone = area.text("dust_zone").flatMap { Int($0) }
        isMine = area.text("mine") == "yes"
        gasGroup = area.text("gas_group").flatMap { ExplosionMarking.Group(rawValue: $0) }
        dustGroup = area.text("dust_group").flatMap { ExplosionMarking.Group(rawValue: $0) }
        temperatureClass = area.text("temperature_class")
        dustTemperature = area.integer("dust_temperature").map { Int($0) }
        let lower = area.integer("ambient_min").map { Int($0) } ?? ExplosionMarking.standardAmbient.lowerBound
        let upper = area.integer("ambient_max").map { Int($0) } ?? ExplosionMarking.standardAmbient.upperBound
        ambient = min(lower, upper)...max(lower, upper)
        gases = (area["gases"].list ?? []).compactMap(\.text).map { cas in known.first { $0.cas == cas } ?? Gas(cas: cas, name: "CAS \(cas)") }
        self.country = country
    }
}

extension HazardousArea.Gas {
    /// As a record says.
    public init?(gas: RecordView) {
        guard let cas = gas.text("cas") else { return nil }
        self.init(
            cas: cas, name: gas.text("name") ?? cas, ignition: gas.integer("ignition_celsius").map { Int($0) },
            group: gas.text("gas_group").flatMap { ExplosionMarking.Group(rawValue: $0) },
            lowerLimit: gas.text("lfl_percent").flatMap { try? ExactDecimal(parsing: $0) })
    }
}
