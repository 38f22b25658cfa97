import TruckrollCore
import TruckrollDomain
import TruckrollSync

/// What a technician adds to the records when certifying.
public struct CertificateRequest: Sendable {
    public var order: RecordID
    public var asset: RecordID
    /// Condition of the item as received; what the findings say when it is not given.
    public var condition: String?
    public var deviations: [String] = []
    /// A date the customer agreed to have named, YYYY-MM-DD.
    public var agreedNext: String?
    /// Why a certificate that exists is replaced.
    public var supersedeReason: String?
    /// Who accepted what was shown; strokes, empty when no signature was taken, are bound to the content's hash.
    public var acceptedBy: (name: String, role: String, strokes: [[Int]])?

    public init(order: RecordID, asset: RecordID) {
        self.order = order
        self.asset = asset
    }
}

/// Builds a certificate's draft from what the device holds about one asset of an order.
struct CertificateAssembly {
    /// What keeps the records from becoming a draft, and what the draft's own review does not know.
    private(set) var missing: [String] = []
    private(set) var draft: CertificateDraft?
    let former: RecordView?

    /// The software and its rules, as printed.
    static let software = CertificateSoftware(name: "Truckroll", version: SoftwareRelease.version, rules: "schema \(Schema.current)")

    private let source: any RecordSource
    private let request: CertificateRequest
    private let readings: [RecordView]

    /// - Parameters:
    ///   - number: of this device's series, without check characters.
    ///   - issuer: the company that certifies.
    ///   - now: when the content becomes final.
    init(
        _ request: CertificateRequest, number: CertificateNumber, user: RecordID, issuer: CertificateParty, now: DeviceTime,
        from source: any RecordSource
    ) throws {
        self.source = source
        self.request = request
        let order = try source.require("service_order", request.order)
        let asset = try source.require("asset", request.asset)
        let all = try source.children("reading", of: request.order).filter { $0.reference("asset") == request.asset }
        readings = all.standingInTime()
        former = try source.children("certificate", of: request.order)
            .filter { $0.reference("asset") == request.asset && $0.text("state") != "unregistered" }
            .max { ($0.integer("revision") ?? 0) < ($1.integer("revision") ?? 0) }

        if !order.references("assets").contains(request.asset) {
            missing.append("The asset is not among those of the order; add it with `edit --add-asset`.")
        }
        let channels = try source.views("sensor_channel", where: "asset", equals: .reference(request.asset)).sorted {
            ($0.integer("number") ?? 0) < ($1.integer("number") ?? 0)
        }
        try noteSiblings(channels)
        guard let technician = try technician(user, now), let place = try place(order, asset), let item = try item(asset),
            let customer = try customer(order)
        else { return }
        var particulars = CertificateParticulars(
            number: number, issuer: issuer, customer: customer, place: place, method: try method(asset), item: item,
            issued: now.description, conditions: conditions, technician: technician, software: Self.software)
        particulars.order = order.text("number")
        particulars.leftInService = !["restricted", "quarantined", "condemned"].contains(asset.text("fitness") ?? "")
        particulars.deviations = request.deviations
        particulars.parts = try parts()
        particulars.suppliedByCustomer = [asset.text("tag").map { "Tag \($0)" }, place.zone.map { "Area classification \($0)" }].compactMap { $0 }
        particulars.nextCalibration = request.agreedNext
        if let former, let reason = request.supersedeReason {
            particulars.revision = Int(former.integer("revision") ?? 0) + 1
            particulars.supersedes = Supersession(number: former.text("number") ?? "", revision: Int(former.integer("revision") ?? 0), reason: reason)
        }
        let tests = channels.compactMap { channel($0) }
        let cylinders = try cylinders()
        draft = CertificateDraft(particulars: particulars, channels: tests, cylinders: cylinders.map(\.used), readings: readings(channels, cylinders))
    }

    // MARK: People and places

    private mutating func customer(_ order: RecordView) throws -> CertificateParty? {
        guard let view = try order.reference("customer").flatMap({ try source.view("customer", $0) }) else {
            missing.append("The customer is not among this device's records; sync.")
            return nil
        }
        let contact = [view.text("contact_name"), view.text("phone")].compactMap { $0 }.joined(separator: ", ")
        return CertificateParty(
            name: view.text("name") ?? "", address: view.addressLines, contact: contact.isEmpty ? nil : contact, reference: order.text("po_reference")
        )
    }

    private mutating func place(_ order: RecordView, _ asset: RecordView) throws -> PlaceOfWork? {
        guard let site = try order.reference("site").flatMap({ try source.view("site", $0) }) else {
            missing.append("The site is not among this device's records; sync.")
            return nil
        }
        let area = try asset.reference("area").flatMap { try source.view("hazardous_area", $0) }.map { AreaLine($0) }
        return PlaceOfWork(
            site: ([site.text("name") ?? ""] + site.addressLines).joined(separator: ", "), area: area?.name,
            zone: area.flatMap { $0.classification.isEmpty ? nil : $0.classification }, mounting: asset.text("mounting"))
    }

    /// The qualification that was valid on the day of the last reading, else the one that ended last.
    private mutating func technician(_ user: RecordID, _ now: DeviceTime) throws -> CertifiedTechnician? {
        let day = readings.last?.time("at")?.date ?? now.date
        let held = try source.views("qualification", where: "user", equals: .reference(user)).filter { $0.text("revoked") != "yes" }
        let valid = held.filter { view in
            guard let from = view.text("valid_from").flatMap({ CalendarDate($0) }), let to = view.text("valid_to").flatMap({ CalendarDate($0) })
            else { return false }
            return from <= day && day <= to
        }
        guard let best = (valid.isEmpty ? held : valid).max(by: { ($0.text("valid_to") ?? "") < ($1.text("valid_to") ?? "") }) else {
            missing.append("You hold no qualification among this device's records; a certificate names one.")
            return nil
        }
        return CertifiedTechnician(
            name: try source.view("user", user)?.text("name") ?? "", role: "Service technician", qualification: best.text("scheme") ?? "",
            qualificationNumber: best.text("number") ?? "", qualificationIssuer: best.text("issuer") ?? "", validUntil: best.text("valid_to") ?? "")
    }

    // MARK: The item

    private func model(_ asset: RecordView) throws -> RecordView? { try asset.reference("model").flatMap { try source.view("asset_model", $0) } }

    private func method(_ asset: RecordView) throws -> CalibrationMethod {
        CalibrationMethod(procedure: try model(asset)?.text("procedure") ?? "Zero and span with certified gas, after the maker's manual")
    }

    private mutating func item(_ asset: RecordView) throws -> CalibratedItem? {
        guard let model = try model(asset) else {
            missing.append("The asset's model is not among this device's records; sync.")
            return nil
        }
        let findings = try source.children("finding", of: request.order).filter { $0.reference("asset") == request.asset }
        let seen = findings.filter { !findings.corrected.contains($0.id) }.compactMap { $0.text("text") }.joined(separator: "; ")
        return CalibratedItem(
            maker: model.text("maker") ?? "", model: model.text("name") ?? "", serial: asset.text("serial") ?? "", tag: asset.text("tag"),
            firmware: asset.text("firmware"), exMarking: model.text("ex_marking"), exCertificate: model.text("ex_certificate"),
            conditionAsReceived: request.condition ?? (seen.isEmpty ? "No finding was recorded." : seen))
    }

    private func parts() throws -> [PartChange] {
        let uses = try source.children("part_use", of: request.order).filter { $0.reference("asset") == request.asset }
        return try uses.filter { !uses.corrected.contains($0.id) }.inTime().compactMap { use in
            guard let action = use.text("action").flatMap({ PartAction(rawValue: $0) }) else { return nil }
            let part = try use.reference("part").flatMap { try source.view("part", $0) }
            let name = [part?.text("number"), part?.text("name")].compactMap { $0 }.joined(separator: " ")
            return PartChange(action: action, part: "\(use.text("quantity") ?? "1") × \(name)", serial: use.text("serial") ?? use.text("lot"))
        }
    }

    // MARK: Results

    private var conditions: CalibrationConditions {
        func last(_ name: String) -> String? { readings.last { $0.text(name) != nil }?.text(name) }
        return CalibrationConditions(
            temperature: last("temperature"), humidity: last("humidity"), pressure: last("pressure"), flow: last("flow"), areEstimated: false)
    }

    private func channel(_ view: RecordView) -> ChannelUnderTest? {
        guard let number = view.integer("number").flatMap({ Int(exactly: $0) }), let unit = view.text("unit").flatMap({ GasUnit(rawValue: $0) })
        else { return nil }
        let mine = readings.filter { $0.reference("channel") == view.id }
        let basis = view.text("lfl_percent").flatMap { limit in view.text("lfl_source").map { LFLBasis(percentVolume: limit, source: $0) } }
        let seen = mine.last { $0.text("alarms") != nil }?.text("alarms")
        let alarms = [("A1", "alarm_1"), ("A2", "alarm_2")].compactMap { name, field -> AlarmResult? in
            guard let setPoint = view.text(field) else { return nil }
            return AlarmResult(name: name, setPoint: setPoint, reached: seen.map { AlarmResponse(reached: $0.uppercased().contains(name)) })
        }
        let adjusted = mine.last { $0.text("phase") == "adjusted" }?.text("at")
        let result = ChannelResult(
            number: number, gas: view.text("gas_name") ?? "", cas: view.text("cas") ?? "", unit: unit, lfl: unit == .percentLEL ? basis : nil,
            rangeLow: view.text("range_low"), rangeHigh: view.text("range_high") ?? "", resolution: view.text("resolution") ?? "",
            technology: view.text("technology") ?? "", sensorSerial: view.text("sensor_serial"), sensorExpires: view.text("sensor_expires"),
            isMandatory: true, points: [], adjustment: adjusted.map { ChannelAdjustment(at: $0) }, alarms: alarms,
            t90Seconds: mine.last { $0.integer("t90_seconds") != nil }?.integer("t90_seconds").flatMap { Int(exactly: $0) })
        return ChannelUnderTest(channel: result, tolerancePercent: view.text("tolerance_percent"), toleranceMinimum: view.text("tolerance_minimum"))
    }

    private func cylinders() throws -> [(id: RecordID, used: CylinderUsed)] {
        try Set(readings.compactMap { $0.reference("cylinder") }).sorted().compactMap { id in
            guard let view = try source.view("reference_gas", id), let unit = view.text("unit").flatMap({ GasUnit(rawValue: $0) }) else { return nil }
            let gas = ReferenceGas(
                cylinder: view.text("cylinder") ?? "", lot: view.text("lot") ?? "", maker: view.text("maker") ?? "", gas: view.text("gas_name") ?? "",
                cas: view.text("cas") ?? "", concentration: view.text("concentration") ?? "", unit: unit, uncertainty: view.text("uncertainty") ?? "",
                coverageFactor: view.text("coverage_factor") ?? "", balance: view.text("balance_gas"), certificate: view.text("certificate") ?? "",
                certificateHash: view["certificate_hash"].bytes?.hexadecimal, expiresOn: view.text("expires_on") ?? "")
            return (id, CylinderUsed(gas: gas, certifiedOn: view.text("certified_on") ?? "", isWithdrawn: view.text("withdrawn") == "yes"))
        }
    }

    private func readings(_ channels: [RecordView], _ cylinders: [(id: RecordID, used: CylinderUsed)]) -> [CalibrationReading] {
        readings.enumerated().compactMap { place, view in
            guard let number = channels.first(where: { $0.id == view.reference("channel") })?.integer("number").flatMap({ Int(exactly: $0) }),
                let kind = view.text("kind").flatMap({ CalibrationReading.Kind(rawValue: $0) }),
                let phase = view.text("phase").flatMap({ CalibrationReading.Phase(rawValue: $0) }),
                let point = view.text("point").flatMap({ CalibrationPoint(rawValue: $0) }),
                let unit = view.text("unit").flatMap({ GasUnit(rawValue: $0) })
            else { return nil }
            let cylinder = view.reference("cylinder").map { id in cylinders.first { $0.id == id }?.used.gas.cylinder ?? "unknown …\(id.short)" }
            let hasResponded = view.text("alarms") != nil || view.quantity("indicated").map { $0 != .zero } ?? false
            return CalibrationReading(
                channel: number, kind: kind, phase: phase, point: point, applied: view.text("applied") ?? "", indicated: view.text("indicated") ?? "",
                unit: unit, cylinder: cylinder, at: view.text("at") ?? "", place: place, hasResponded: hasResponded)
        }
    }

    /// Values that stand side by side decide nothing; a certificate waits until somebody picks.
    private mutating func noteSiblings(_ channels: [RecordView]) throws {
        for channel in channels {
            for name in ["lfl_percent", "alarm_1", "alarm_2"] {
                let values = Set(channel.standing(name).map(\.value))
                guard values.count > 1 else { continue }
                missing.append(
                    "Channel \(channel.integer("number") ?? 0) has several values for \(name) (\(values.sorted().joined(separator: ", "))); "
                        + "pick one: resolve sensor_channel/\(channel.id) \(name) VALUE")
            }
        }
        for task in try source.children("task", of: request.order) where task.reference("asset").map({ $0 == request.asset }) ?? true {
            let answers = Set(task.standing("answer").map(\.value))
            guard answers.count > 1 else { continue }
            missing.append(
                "“\(task.text("title") ?? "")” has several answers (\(answers.sorted().joined(separator: ", "))); pick one: resolve task/\(task.id) answer VALUE"
            )
        }
    }
}
