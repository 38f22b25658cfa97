import TruckrollCore
import TruckrollDomain
import TruckrollSync

/// One reading as a technician takes it.
public struct ReadingEntry: Sendable {
    public var channel: RecordID
    /// `nil` is that of the reading it corrects, else full.
    public var kind: CalibrationReading.Kind?
    public var phase: CalibrationReading.Phase
    public var point: CalibrationPoint
    /// Both in the channel's unit.
    public var applied: String
    public var indicated: String
    /// Number on the cylinder; not needed for air at zero.
    public var cylinder: String?
    public var flow: String?
    public var t90Seconds: Int?
    /// Alarms seen, such as `A1,A2`.
    public var alarms: String?
    public var temperature: String?
    public var humidity: String?
    public var pressure: String?
    /// Why this gas was used although it is not listed for the model.
    public var override: String?
    /// Whether the person says that a value far outside the channel's range is what they saw.
    public var isCertain = false
    /// When it was taken; `nil` is the time of the reading it corrects, else now.
    public var at: DeviceTime?
    /// The reading this one replaces. What is not given again is as it was there.
    public var corrects: RecordID?

    public init(
        channel: RecordID, phase: CalibrationReading.Phase, point: CalibrationPoint, applied: String, indicated: String, cylinder: String? = nil
    ) {
        self.channel = channel
        self.phase = phase
        self.point = point
        self.applied = applied
        self.indicated = indicated
        self.cylinder = cylinder
    }
}

extension DeviceClient {
    /// Records a reading of a channel.
    ///
    /// - Throws: ``DeviceProblem`` `cylinder-unknown` when the device does not hold the cylinder's certificate, `value-unfit` when
    ///   the surroundings are none in which anybody takes a reading, `doubtful` when a value is so far outside the channel's range
    ///   that it looks like a slip and the entry does not say that it is none, `gas-unlisted` when the gas is not one that is listed for the
    ///   model and the entry does not say why it was used.
    public func recordReading(_ entry: ReadingEntry, on order: RecordID) throws -> Recorded {
        for (text, bounds) in [
            (entry.flow, AmbientBounds.flow), (entry.temperature, .temperature), (entry.humidity, .humidity), (entry.pressure, .pressure),
        ] {
            if let text, let problem = bounds.problem(text) {
                throw DeviceProblem(.valueUnfit, problem, next: "Look at the instrument again, and at its unit.")
            }
        }
        let cylinder = try entry.cylinder.map { try self.cylinder($0) }
        return try act("reading") { editor in
            let channel = try editor.require("sensor_channel", entry.channel)
            guard let asset = channel.reference("asset") else { throw DeviceProblem.unknown("asset of channel", entry.channel.short) }
            let belongs = try editor.require("service_order", order).references("assets").contains(asset)
            let former = try editor.corrected("reading", entry.corrects, on: order)
            var entry = entry
            entry.kind = entry.kind ?? former?.text("kind").flatMap { CalibrationReading.Kind(rawValue: $0) } ?? .full
            if !entry.isCertain { try DisplayReach(channel)?.check(entry) }
            let at = entry.at ?? former?.time("at") ?? editor.now
            guard at.milliseconds <= editor.now.milliseconds + Int64(StampRule.aheadMilliseconds) else {
                throw DeviceProblem(.valueUnfit, "A reading taken at \(at) is one of the future.", next: "Check the time, and the device's clock.")
            }
            let all = try editor.children("reading", of: order).filter { $0.reference("channel") == entry.channel }
            let alike = all.filter { $0.text("phase") == entry.phase.rawValue && $0.text("point") == entry.point.rawValue }
            let kept = former?.integer("attempt").flatMap { number in alike.contains { $0.id == former?.id } ? number : nil }
            let found = try editor.gasFindings(
                entry, flow: entry.flow ?? former?.text("flow"),
                cylinder ?? former?.reference("cylinder").flatMap { try editor.view("reference_gas", $0) }, at: asset)
            func given(_ text: String?, _ field: String) -> Value { text.map { .text($0) } ?? former?[field] ?? .null }
            let id = try editor.create(
                "reading",
                [
                    "order": .reference(order), "asset": .reference(asset), "channel": .reference(entry.channel),
                    "kind": .text((entry.kind ?? .full).rawValue),
                    "phase": .text(entry.phase.rawValue), "attempt": .integer(kept ?? Int64(alike.count + 1)), "point": .text(entry.point.rawValue),
                    "applied": .text(entry.applied), "indicated": .text(entry.indicated), "unit": channel["unit"],
                    "cylinder": cylinder.map { .reference($0.id) } ?? former?["cylinder"] ?? .null,
                    "flow": given(entry.flow, "flow"),
                    "t90_seconds": entry.t90Seconds.map { .integer(Int64($0)) } ?? former?["t90_seconds"] ?? .null,
                    "alarms": given(entry.alarms, "alarms"), "temperature": given(entry.temperature, "temperature"),
                    "humidity": given(entry.humidity, "humidity"), "pressure": given(entry.pressure, "pressure"),
                    "at": .time(at), "by": .reference(editor.user), "corrects": .optional(entry.corrects),
                    "override": .optional(entry.override),
                ])
            let applied = try cylinder ?? former?.reference("cylinder").flatMap { try editor.view("reference_gas", $0) }
            let earlier = all.standingInTime().filter { $0.id != former?.id && ($0.time("at")?.milliseconds ?? 0) <= at.milliseconds }
            let foreign = "The asset is not among those of the order, so no certificate of it rests on this; add it with `edit --add-asset`."
            return (
                id,
                found + (belongs ? [] : [foreign])
                    + ReadingNotices(entry, channel: channel, cylinder: applied, earlier: earlier, today: at.date).all
            )
        }
    }

    /// The cylinder of that number, whose certificate this device has to hold.
    func cylinder(_ number: String) throws -> RecordView {
        try read { reader in
            let wanted = number.trimmed
            if let exact = try reader.views("reference_gas", where: "cylinder", equals: .text(wanted)).first { return exact }
            let all = try reader.views("reference_gas")
            if let found = all.first(where: { $0.text("cylinder")?.lowercased() == wanted.lowercased() }) { return found }
            let mine = try reader.van(of: reader.enrolled().user).map { van in all.filter { $0.reference("location") == van.id } } ?? []
            throw DeviceProblem(
                .cylinderUnknown, "Cylinder “\(wanted)” is not among this device's records, so its certificate is not known.",
                missing: mine.prefix(6).map {
                    "in the van: \($0.text("cylinder") ?? "") \($0.text("gas_name") ?? "") \($0.text("concentration") ?? "") \($0.text("unit") ?? "")"
                },
                next: "Check the number on its collar, or have the office enter its certificate and sync.")
        }
    }
}

extension LocalEditor {
    /// What the rules find about the gas. One that is not listed for the model is used with a reason; zero may be set with any clean air.
    fileprivate func gasFindings(_ entry: ReadingEntry, flow: String?, _ cylinder: RecordView?, at asset: RecordID) throws -> [String] {
        guard entry.point == .span, let cylinder, let report = try rules.report(onGas: cylinder.id, flow: flow, at: asset) else { return [] }
        guard report.verdict == .error else { return report.findings.map(\.text) }
        guard entry.override != nil else {
            throw DeviceProblem(
                .gasUnlisted, report, next: "If it was used all the same, record it with --override and the reason; quality is told.")
        }
        return report.findings.map(\.text) + ["Quality is told."]
    }
}

/// What a technician should know about a reading at once; certifying asks for it again.
struct ReadingNotices {
    private(set) var all: [String] = []

    init(_ entry: ReadingEntry, channel: RecordView, cylinder: RecordView?, earlier: [RecordView], today: CalendarDate) {
        // With a gas that no certificate can rest on, or one nobody has named, there is nothing to judge by.
        var isJudged = true
        if let cylinder {
            let name = "Cylinder \(cylinder.text("cylinder") ?? "")"
            if let last = cylinder.text("expires_on"), let day = CalendarDate(last), day < today {
                all.append("\(name) expired on \(last); no certificate can rest on it.")
                isJudged = false
            }
            if cylinder.text("withdrawn") == "yes" {
                all.append("\(name) is withdrawn from use; no certificate can rest on it.")
                isJudged = false
            }
            if Quantity(entry.applied) != .zero, cylinder.text("cas") != channel.text("cas") {
                all.append(
                    "\(name) is certified for \(cylinder.text("gas_name") ?? ""), the channel measures \(channel.text("gas_name") ?? ""): not judged."
                )
                isJudged = false
            }
        } else if let applied = Quantity(entry.applied), applied != .zero {
            all.append("No cylinder is named, so this is not judged; a certificate will need one.")
            isJudged = false
        }
        if entry.phase == .asFound, earlier.contains(where: { $0.text("phase") == "adjusted" }) {
            all.append("The channel was adjusted before; an as-found reading taken now proves nothing.")
        }
        let alike = earlier.last { $0.text("phase") == entry.phase.rawValue && $0.text("point") == entry.point.rawValue }
        if let alike, entry.corrects == nil {
            all.append(
                "The \(entry.phase.rawValue.replacing("_", with: " ")) \(entry.point.rawValue) was read before, \(alike.text("indicated") ?? "") "
                    + "(…\(alike.id.short)); both stand. To replace a slip, give --corrects \(alike.id.short).")
        }
        if Self.places(entry.indicated) > Self.places(channel.text("resolution") ?? "") {
            all.append("The display shows steps of \(channel.text("resolution") ?? ""); \(entry.indicated) has more digits than it can show.")
        }
        if isJudged, let verdict = Self.verdict(entry, channel, cylinder) { all.append(verdict) }
    }

    private static func places(_ text: String) -> Int { text.utf8.contains(0x2E) ? text.utf8.reversed().prefix { $0 != 0x2E }.count : 0 }

    /// The reading against its tolerance, as a certificate would judge it.
    private static func verdict(_ entry: ReadingEntry, _ channel: RecordView, _ cylinder: RecordView?) -> String? {
        func number(_ text: String?) -> ExactDecimal? { text.flatMap { try? ExactDecimal(parsing: $0) } }
        guard entry.kind != .bump, let applied = number(entry.applied), let indicated = number(entry.indicated),
            let step = channel.text("resolution"),
            let resolution = number(step), resolution > .zero
        else { return nil }
        let (percent, minimum) = (number(channel.text("tolerance_percent")) ?? .zero, number(channel.text("tolerance_minimum")) ?? .zero)
        guard percent > .zero || minimum > .zero else { return nil }
        var reference: Evaluation.Reference?
        if let concentration = number(cylinder?.text("concentration")), let uncertainty = number(cylinder?.text("uncertainty")),
            let factor = number(cylinder?.text("coverage_factor"))
        {
            reference = Evaluation.Reference(concentration: concentration, uncertainty: uncertainty, coverageFactor: factor)
        }
        let result = Evaluation(
            applied: applied, indicated: indicated, resolution: resolution, places: places(step), tolerancePercent: percent,
            toleranceMinimum: minimum, reference: reference)
        return
            "\(result.verdict.word): error \(result.error), accepted \(result.tolerance), uncertainty \(result.uncertainty) \(channel.text("unit") ?? "")."
    }
}
