/// Whether equipment may stand in an area (IEC 60079-14, clause 5; the table of zones, levels and categories is that of clause 5.4).
///
/// It is a help for the people who plan and do the work, and no conformity assessment: the standards and the area's own explosion protection
/// document decide.
public struct HazardousAreaCheck: Sendable {
    /// The rules' name and edition. A change of what is found raises it.
    public static let rules = "hazardous-area/1"

    /// Equipment, as its plate and its certificate say.
    public struct Equipment: Equatable, Sendable {
        /// The text of the plate; `nil` where none is known.
        public var marking: String?
        /// Number of the certificate of the marking.
        public var certificate: String?
        /// Whether somebody who knows them has acknowledged the special conditions of the certificate.
        public var areConditionsAcknowledged = false
        /// What it measures, where it is a detector; `nil` where it is none.
        public var channels: [Channel]?

        public init(marking: String?, certificate: String? = nil) { (self.marking, self.certificate) = (marking, certificate) }
    }

    /// What a detector's channel measures.
    public struct Channel: Equatable, Sendable {
        /// CAS number of the gas.
        public let cas: String
        /// Upper end of the range.
        public let upper: ExactDecimal
        /// `ppm`, `%vol`, `%LEL`, `mg/m3`.
        public let unit: String

        public init(cas: String, upper: ExactDecimal, unit: String) { (self.cas, self.upper, self.unit) = (cas, upper, unit) }
    }

    private let equipment: Equipment
    private let area: HazardousArea
    private var findings: [RuleFinding] = []
    private var skipped: [SkippedRule] = []

    /// Asks all rules, in their order. What a finding makes meaningless is skipped, and said so.
    public static func report(on equipment: Equipment, in area: HazardousArea) -> RuleReport {
        var check = HazardousAreaCheck(equipment: equipment, area: area)
        check.run()
        return RuleReport(rules: rules, findings: check.findings, skipped: check.skipped)
    }

    private init(equipment: Equipment, area: HazardousArea) { (self.equipment, self.area) = (equipment, area) }

    private static let marked = ["ex-zone", "ex-group", "ex-temperature", "ex-ambient", "ex-conditions", "ex-region"]

    private mutating func run() {
        guard area.isHazardous else {
            skipped = (Self.marked + ["ex-gases"]).map { SkippedRule($0, because: "Nothing explosive is expected there.") }
            return
        }
        defer { checkGases() }
        guard let text = equipment.marking, text.contains(where: { !$0.isWhitespace }) else {
            return stop("ex-marking", "No explosion protection is marked.", "Compare the plate, or fit equipment that is certified.")
        }
        let marking = ExplosionMarking(text)
        guard !marking.lines.isEmpty else {
            return stop("ex-marking", "“\(text)” is no marking that can be read.", "Compare it with the plate and type it off anew.")
        }
        if let zone = area.gasZone {
            check(marking, .gas, "gas", needing: Self.level(forGasZone: zone), zone: "zone \(zone)", at: "hazardous_area.gas_zone")
        }
        if let zone = area.dustZone {
            check(marking, .dust, "dust", needing: Self.level(forGasZone: zone - 20), zone: "zone \(zone)", at: "hazardous_area.dust_zone")
        }
        if area.isMine { check(marking, .mine, "firedamp", needing: .b, zone: "a mine", at: "hazardous_area.mine") }
        checkConditions()
        checkRegion(marking)
    }

    private mutating func stop(_ code: String, _ text: String, _ remedy: String) {
        findings.append(RuleFinding(code, .error, at: "asset_model.ex_marking", text, remedy: remedy))
        skipped += Self.marked.map { SkippedRule($0, because: "Nothing is known of the marking.") }
    }

    /// Zone 0 asks for Ga, zone 1 for Gb or better, zone 2 for any of the three; dust likewise.
    private static func level(forGasZone zone: Int) -> ExplosionMarking.ProtectionLevel { .init(rawValue: zone + 1) ?? .a }

    // MARK: One atmosphere

    private mutating func check(
        _ marking: ExplosionMarking, _ atmosphere: ExplosionMarking.Atmosphere, _ what: String, needing level: ExplosionMarking.ProtectionLevel,
        zone: String, at path: String
    ) {
        let lines = marking.lines(for: atmosphere)
        guard !lines.isEmpty else {
            let kinds = Set(marking.lines.map(\.atmosphere.rawValue)).sorted().joined(separator: " and ")
            return add(
                "ex-zone", at: path, "It is marked for \(kinds) and not for \(what), which \(zone) is about.",
                "Fit equipment that is marked for \(what).")
        }
        // Of several lines for one atmosphere, as of two schemes on one plate, the one that fits best speaks for it.
        var best: [RuleFinding]?
        for line in lines {
            var trial = HazardousAreaCheck(equipment: equipment, area: area)
            trial.checkLevel(line, what, level, zone, path)
            trial.checkGroup(line, atmosphere)
            trial.checkTemperature(line, atmosphere)
            let errors = trial.findings.filter { $0.severity == .error }.count
            if best.map({ errors < $0.filter { $0.severity == .error }.count }) ?? true { best = trial.findings }
        }
        findings += best ?? []
    }

    private mutating func checkLevel(
        _ line: ExplosionMarking.Line, _ what: String, _ level: ExplosionMarking.ProtectionLevel, _ zone: String, _ path: String
    ) {
        guard let marked = line.level else {
            return add(
                "ex-zone", at: path, "Neither a category nor a protection level is marked for \(what).",
                "Look into the certificate, and type off the whole plate.")
        }
        if line.isContradictory {
            add(
                "ex-contradiction", .warning, at: "asset_model.ex_marking",
                "Category and protection level of the marking contradict each other; the level was taken.", "Compare it with the plate.")
        }
        guard marked > level else { return }
        let letter = line.atmosphere == .gas ? "G" : line.atmosphere == .dust ? "D" : "M"
        add(
            "ex-zone", at: path, "\(zone.prefix(1).uppercased() + zone.dropFirst()) asks for \(letter)\(level) or better, it is \(letter)\(marked).",
            "Fit equipment of level \(letter)\(level), category \(level.rawValue)\(letter == "M" ? "" : letter).")
    }

    // MARK: Group

    private mutating func checkGroup(_ line: ExplosionMarking.Line, _ atmosphere: ExplosionMarking.Atmosphere) {
        switch atmosphere {
        case .mine: return
        case .dust:
            guard let needed = area.dustGroup else { return skip("ex-group", "The area's dust group is not known.") }
            guard let group = line.group else { return addGroup("No dust group is marked.", needed, "hazardous_area.dust_group") }
            if Self.order(group) < Self.order(needed) { addGroup("It is for group \(group.rawValue).", needed, "hazardous_area.dust_group") }
        case .gas: checkGasGroup(line)
        }
    }

    private mutating func checkGasGroup(_ line: ExplosionMarking.Line) {
        guard let group = line.group, group != .i else {
            return addGroup(line.group == .i ? "It is for mines." : "No gas group is marked.", area.gasGroup ?? .iia, "hazardous_area.gas_group")
        }
        for gas in area.gases {
            guard let needed = gas.group else { continue }
            let fits =
                Self.order(needed) <= Self.order(group) && !(group == .iibHydrogen && needed == .iic)
                || group == .iibHydrogen && gas.cas == HazardousArea.Gas.hydrogen
            if !fits {
                add(
                    "ex-group", at: "hazardous_area.gases[\(gas.cas)]", "\(gas.name) is of group \(needed.rawValue), it is for \(group.rawValue).",
                    "Fit equipment of group \(needed.rawValue).")
            }
        }
        guard let needed = area.gasGroup else {
            if area.gases.allSatisfy({ $0.group == nil }) { skip("ex-group", "The area's gas group is not known.") }
            return
        }
        guard Self.order(group) < Self.order(needed) else { return }
        // Where all that is expected is named, and hydrogen is what makes the group, a plate for IIB and hydrogen is enough.
        let isHydrogenAlone =
            group == .iibHydrogen && needed == .iic && !area.gases.isEmpty
            && area.gases.allSatisfy { $0.cas == HazardousArea.Gas.hydrogen || $0.group.map { Self.order($0) <= Self.order(.iib) } ?? false }
        if !isHydrogenAlone { addGroup("It is for group \(group.rawValue).", needed, "hazardous_area.gas_group") }
    }

    private mutating func addGroup(_ text: String, _ needed: ExplosionMarking.Group, _ path: String) {
        add("ex-group", at: path, "\(text) The area is of group \(needed.rawValue).", "Fit equipment of group \(needed.rawValue).")
    }

    private static func order(_ group: ExplosionMarking.Group) -> Int { ExplosionMarking.Group.allCases.firstIndex(of: group) ?? 0 }

    // MARK: Temperature

    private mutating func checkTemperature(_ line: ExplosionMarking.Line, _ atmosphere: ExplosionMarking.Atmosphere) {
        guard atmosphere != .mine else { return }
        guard !line.temperatures.isEmpty else {
            return add(
                "ex-temperature", at: "asset_model.ex_marking", "No surface temperature is marked for \(atmosphere.rawValue).",
                "Look into the certificate, and type off the whole plate.")
        }
        let fitting = line.temperatures.filter { covers($0.ambient ?? ExplosionMarking.standardAmbient) }
        guard let temperature = fitting.min(by: { $0.surface < $1.surface }) else {
            let ranges = line.temperatures.map { Self.words($0.ambient ?? ExplosionMarking.standardAmbient) }
            add(
                "ex-ambient", at: "hazardous_area.ambient_max",
                "It is for \(ranges.joined(separator: " or ")), the area has \(Self.words(area.ambient)).",
                "Fit equipment for that temperature, or have the area's range confirmed.")
            return skip("ex-temperature", "Its surface temperature is not known for what the area has.")
        }
        if atmosphere == .dust { return checkDustTemperature(temperature) }
        if let name = area.temperatureClass, let allowed = TemperatureClass.surface(name), temperature.surface > allowed {
            add(
                "ex-temperature", at: "hazardous_area.temperature_class", "\(name) is asked for, it is \(temperature.mark).",
                "Fit equipment of class \(name).")
        }
        for gas in area.gases {
            guard let ignition = gas.ignition else { continue }
            guard temperature.surface >= ignition else { continue }
            let needed = TemperatureClass.required(byIgnitionAt: ignition).map { "of class \($0)" } ?? "that keeps below it"
            add(
                "ex-temperature", at: "hazardous_area.gases[\(gas.cas)]",
                "\(gas.name) ignites at \(ignition) °C, its surface gets as hot as \(temperature.surface) °C (\(temperature.mark)).",
                "Fit equipment \(needed).")
        }
    }

    private mutating func checkDustTemperature(_ temperature: ExplosionMarking.Temperature) {
        guard let allowed = area.dustTemperature else { return skip("ex-temperature", "How hot a surface the dust allows is not known.") }
        guard temperature.surface > allowed else { return }
        add(
            "ex-temperature", at: "hazardous_area.dust_temperature",
            "The dust allows \(allowed) °C, its surface gets as hot as \(temperature.surface) °C.",
            "Fit equipment for at most \(allowed) °C.")
    }

    private func covers(_ range: ClosedRange<Int>) -> Bool {
        range.lowerBound <= area.ambient.lowerBound && area.ambient.upperBound <= range.upperBound
    }

    private static func words(_ range: ClosedRange<Int>) -> String { "\(range.lowerBound) to \(range.upperBound) °C" }

    // MARK: Certificate

    /// A certificate whose number ends in X has conditions for its use (IEC 60079-0, 29.3 e).
    private mutating func checkConditions() {
        guard let certificate = equipment.certificate else { return skip("ex-conditions", "No certificate is known.") }
        guard certificate.contains(#/\d\s*X\b/#), !equipment.areConditionsAcknowledged else { return }
        add(
            "ex-conditions", .warning, at: "asset_model.ex_certificate", "Certificate \(certificate) has special conditions for use.",
            "Read them in the certificate, and say that they are kept.")
    }

    /// Which certificates count where.
    private mutating func checkRegion(_ marking: ExplosionMarking) {
        guard let country = area.country?.uppercased() else { return skip("ex-region", "The site's country is not known.") }
        var schemes: Set<ConformityScheme> = []
        let certificate = equipment.certificate?.uppercased() ?? ""
        for scheme in [ConformityScheme.atex, .iecex, .ukex] where certificate.contains(scheme.rawValue.uppercased()) { schemes.insert(scheme) }
        if marking.lines.contains(where: { $0.scheme == .northAmerican }) || ["FM", "CSA", "UL "].contains(where: { certificate.contains($0) }) {
            schemes.insert(.nec)
        }
        if marking.lines.contains(where: { $0.scheme == .atex }), certificate.contains("UKEX") == false { schemes.insert(.atex) }
        let accepted = ConformityScheme.accepted(in: country)
        guard !schemes.isEmpty else { return skip("ex-region", "By which scheme it is certified is not known.") }
        guard schemes.isDisjoint(with: accepted) else { return }
        add(
            "ex-region", at: "site.country",
            "It is certified by \(schemes.map(\.rawValue).sorted().joined(separator: " and ")), \(country) accepts \(accepted.map(\.rawValue).joined(separator: " or ")).",
            "Fit equipment that is certified for \(country).")
    }

    // MARK: What it measures

    /// A detector is to measure what may occur there, up to a fifth of the lower limit at least, where alarms are set.
    private mutating func checkGases() {
        guard let channels = equipment.channels else { return skip("ex-gases", "It measures nothing.") }
        guard area.gasZone != nil, !area.gases.isEmpty else { return skip("ex-gases", "What may occur there is not named.") }
        let named = area.gases.filter { gas in channels.contains { $0.cas == gas.cas } }
        guard !named.isEmpty else {
            let gases = area.gases.map(\.name).joined(separator: ", ")
            return add(
                "ex-gases", .warning, at: "sensor_channel.gas", "It measures none of what may occur there: \(gases).",
                "Fit a detector for one of them, or have the area's gases confirmed.")
        }
        for gas in named {
            let usable = channels.filter { $0.cas == gas.cas }.contains { reaches($0, gas) ?? true }
            if !usable {
                add(
                    "ex-gases", .warning, at: "sensor_channel.range", "Its range for \(gas.name) ends below a fifth of the lower flammable limit.",
                    "Fit a channel that reaches so far.")
            }
        }
    }

    /// `nil` where that cannot be told: what is in %LEL needs no limit, what is in ppm or %vol does.
    private func reaches(_ channel: Channel, _ gas: HazardousArea.Gas) -> Bool? {
        if channel.unit == "%LEL" { return channel.upper >= ExactDecimal(20) }
        guard let limit = gas.lowerLimit else { return nil }
        switch channel.unit {
        case "%vol": return channel.upper * ExactDecimal(5) >= limit
        case "ppm": return channel.upper * ExactDecimal(5) >= limit * ExactDecimal(10_000)
        default: return nil
        }
    }

    // MARK: Findings

    private mutating func add(_ code: String, _ severity: RuleFinding.Severity = .error, at path: String, _ text: String, _ remedy: String) {
        findings.append(RuleFinding(code, severity, at: path, text, remedy: remedy))
    }

    private mutating func skip(_ code: String, _ reason: String) { skipped.append(SkippedRule(code, because: reason)) }
}

extension ExplosionMarking.ProtectionLevel: CustomStringConvertible {
    /// Its letter.
    public var description: String {
        switch self {
        case .a: "a"
        case .b: "b"
        case .c: "c"
        }
    }
}
