import TruckrollCore

/// What the pieces that an order asks for have to be certified for.
public struct UnitCriteria: Hashable, Sendable {
    /// The rules' name and edition. A change of what is found raises it.
    public static let rules = "unit-criteria/1"

    /// By whose rules; `nil` where it does not matter.
    public var scheme: ConformityScheme?
    /// A gas zone, 0 to 2, or a dust zone, 20 to 22; `nil` where it does not matter.
    public var zone: Int?
    /// The group of the gas or dust; `nil` where it does not matter.
    public var group: ExplosionMarking.Group?
    /// Such as `T4`.
    public var temperatureClass: String?
    /// How many days the certificate has to be valid beyond the day on which the pieces are needed.
    public var validDays: Int?

    public init() {}

    /// As a reservation asks; `nil` where any piece will do. Criteria that somebody added to a request which had been answered without any
    /// count for nothing: the server lists the pieces of those that it answered with them.
    public init?(reservation: RecordView) {
        if reservation["state"] != .null, reservation["serials"] == .null { return nil }
        scheme = reservation.text("scheme").flatMap { ConformityScheme(rawValue: $0) }
        zone = reservation.text("zone").flatMap { Int($0) }
        group = reservation.text("protection_group").flatMap { ExplosionMarking.Group(rawValue: $0) }
        temperatureClass = reservation.text("temperature_class")
        validDays = reservation.integer("valid_days").map { Int($0) }
        if isEmpty { return nil }
    }

    /// Whether it asks for what no piece can be: a dust zone with a gas group, or the other way round.
    public var isContradictory: Bool {
        let dustGroups: [ExplosionMarking.Group] = [.iiia, .iiib, .iiic]
        guard let zone, let group else { return false }
        return group == .i || (zone >= 20) != dustGroups.contains(group)
    }

    /// Whether it asks for nothing.
    public var isEmpty: Bool { self == UnitCriteria() }

    /// In words, such as “IECEx, zone 1, IIC, valid for 90 days”.
    public var words: String {
        [
            scheme?.rawValue, zone.map { "zone \($0)" }, group?.rawValue, temperatureClass, validDays.map { "valid for \($0) days" },
        ].compactMap(\.self).joined(separator: ", ")
    }

    // MARK: Pieces

    /// Whether a piece is what is asked for. Of several certificates, the one that fits best speaks for it.
    ///
    /// - Parameters:
    ///   - serial: of the piece.
    ///   - certificates: those of the part that it is a piece of.
    ///   - day: on which it is needed.
    public func report(on serial: String, _ certificates: [TypeCertificate], neededOn day: CalendarDate) -> RuleReport {
        if isEmpty { return RuleReport(rules: Self.rules, findings: []) }
        let covering = certificates.filter { $0.serials.contains(serial) && (scheme == nil || $0.scheme == scheme) }
        guard !covering.isEmpty else {
            let by = scheme.map { " by \($0.rawValue)" } ?? ""
            let others = Set(certificates.filter { $0.serials.contains(serial) }.map(\.scheme.rawValue)).sorted()
            let text = "No certificate\(by) covers it" + (others.isEmpty ? "." : "; it has one by \(others.joined(separator: " and ")).")
            let finding = RuleFinding("unit-certificate", .error, at: "type_certificate.scheme", text, remedy: "Take another piece.")
            return RuleReport(
                rules: Self.rules, findings: [finding],
                skipped: (["unit-validity"] + (atmosphere == nil ? [] : ["ex-zone", "ex-group", "ex-temperature"])).map {
                    SkippedRule($0, because: "No certificate covers it.")
                })
        }
        let reports = covering.sorted { $0.number < $1.number }.map { report(by: $0, neededOn: day) }
        return reports.min { errors($0) < errors($1) } ?? reports[0]
    }

    private func errors(_ report: RuleReport) -> Int { report.findings.filter { $0.severity == .error }.count }

    private func report(by certificate: TypeCertificate, neededOn day: CalendarDate) -> RuleReport {
        var findings: [RuleFinding] = []
        if let problem = certificate.problem(from: day, lasting: validDays ?? 0) {
            findings.append(
                RuleFinding(
                    "unit-validity", .error, at: "type_certificate.valid_to", "\(certificate.name) \(problem).", remedy: "Take another piece."))
        }
        guard let atmosphere else { return RuleReport(rules: Self.rules, findings: findings) }
        let equipment = HazardousAreaCheck.Equipment(marking: certificate.marking, certificate: certificate.number)
        let check = HazardousAreaCheck.report(on: equipment, in: atmosphere)
        let asked =
            ["ex-marking", "ex-zone"] + (group == nil ? [] : ["ex-group"]) + (temperatureClass == nil ? [] : ["ex-temperature", "ex-ambient"])
        findings += check.findings.filter { $0.severity == .error && asked.contains($0.code) }
        // What was asked for and cannot be told is not met.
        findings += check.skipped.filter { asked.contains($0.code) && !findings.map(\.code).contains($0.code) }.map { rule in
            RuleFinding(rule.code, .error, at: "type_certificate.marking", "Nobody can tell: \(rule.reason)", remedy: "Take another piece.")
        }
        return RuleReport(rules: Self.rules, findings: findings)
    }

    /// An area that asks for what the criteria ask for; `nil` where they ask for none.
    private var atmosphere: HazardousArea? {
        guard zone != nil || group != nil || temperatureClass != nil else { return nil }
        var area = HazardousArea()
        let isDust = zone.map { $0 >= 20 } ?? (group.map { [.iiia, .iiib, .iiic].contains($0) } ?? false)
        // Where no zone is said, the least demanding one asks for nothing but the rest.
        if group == .i { area.isMine = true } else if isDust { area.dustZone = zone ?? 22 } else { area.gasZone = zone ?? 2 }
        if isDust { area.dustGroup = group } else if group != .i { area.gasGroup = group }
        area.temperatureClass = temperatureClass
        if isDust { area.dustTemperature = temperatureClass.flatMap { TemperatureClass.surface($0) } }
        return area
    }
}

/// A piece that could be promised, and whether it is what is asked for.
public struct UnitCandidate: Hashable, Sendable {
    /// Its record.
    public let unit: RecordID
    /// Its serial number.
    public let serial: String
    /// What keeps it from being what is asked for; without an error it is.
    public let report: RuleReport
    /// The last day on which a certificate for it ends; `nil` where none has an end.
    public let validTo: CalendarDate?
    /// The reservation that it is named for already.
    public let reservedFor: RecordID?

    public init(unit: RecordID, serial: String, report: RuleReport, validTo: CalendarDate?, reservedFor: RecordID?) {
        (self.unit, self.serial, self.report, self.validTo, self.reservedFor) = (unit, serial, report, validTo, reservedFor)
    }

    /// Whether it can be named for a request that asks for such pieces.
    public var isEligible: Bool { reservedFor == nil && (report.verdict ?? .notice) < .error }

    /// Why it cannot, in a line that begins with its number; `nil` where it can.
    public var shortcoming: String? {
        if reservedFor != nil { return "\(serial): it is named for another order." }
        let errors = report.findings.filter { $0.severity == .error }
        return errors.isEmpty ? nil : "\(serial): \(errors.map(\.text).joined(separator: " "))"
    }

    /// Pieces whose certificates end sooner go first: what lasts longer is left for those who ask for it.
    public static func precedes(_ a: UnitCandidate, _ b: UnitCandidate) -> Bool {
        let (first, second) = (a.validTo?.daysSince1970 ?? .max, b.validTo?.daysSince1970 ?? .max)
        return first != second ? first < second : a.serial < b.serial
    }
}
