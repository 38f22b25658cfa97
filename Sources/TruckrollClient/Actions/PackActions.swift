import TruckrollCore
import TruckrollDomain
import TruckrollSync

/// What the rules find about leaving for one job.
public struct JobPack: Sendable {
    /// The job, as a line of the list.
    public let job: JobLine
    /// What is missing for it, and what could not be looked at.
    public let report: RuleReport
}

extension DeviceClient {
    /// Looks at every job of a day before the technician leaves, by what this device holds.
    public func packs(on day: CalendarDate) throws -> [JobPack] {
        let (jobs, now, filling) = (try jobs(on: day), try now(), try engine.filling())
        return try screen { screen in
            let reader = PackReader(screen: screen, now: now, isViewWhole: filling == nil, van: try screen.reader.van(of: screen.user))
            return try jobs.map { job in JobPack(job: job, report: PackCheck.rules.report(on: try reader.subject(job.id))) }
        }
    }
}

/// Reads what a job needs and what is there of it.
private struct PackReader {
    let screen: ScreenReader
    let now: DeviceTime
    let isViewWhole: Bool
    let van: RecordView?
    private var reader: LocalReader { screen.reader }

    init(screen: ScreenReader, now: DeviceTime, isViewWhole: Bool, van: RecordView?) {
        (self.screen, self.now, self.isViewWhole, self.van) = (screen, now, isViewWhole, van)
    }

    func subject(_ id: RecordID) throws -> PackCheck.Subject {
        let order = try reader.require("service_order", id)
        var pack = PackCheck.Subject()
        pack.isViewWhole = isViewWhole
        pack.secondsSinceSync = try reader.state().lastSync.map { Int(clamping: max(0, (now.milliseconds - $0) / 1000)) }
        pack.isCalibration = order.text("kind") == "calibration"
        let assets = try order.references("assets").map { (id: $0, view: try reader.view("asset", $0)) }
        pack.missingRecords = try missing(order) + assets.filter { $0.view == nil }.map { "asset …\($0.id.short)" }
        pack.parts = try parts(of: id)
        let models = Set(assets.compactMap { $0.view?.reference("model") }).sorted()
        pack.documents = try models.flatMap { try reader.views("document", where: "model", equals: .reference($0)) }.map { view in
            let hash = view["sha256"].bytes
            return PackCheck.Subject.Document(title: view.text("title") ?? "", isHere: try hash.map { try reader.attachment($0) != nil })
        }
        pack.tools = try tools(order)
        pack.gases = try gases(of: assets.map(\.id))
        pack.start = try reader.rules.report(onStart: id, by: screen.user, at: startOfWork(id)) ?? pack.start
        return pack
    }

    private func missing(_ order: RecordView) throws -> [String] {
        try [("site", "site"), ("customer", "customer")].compactMap { field, entity in
            guard let id = order.reference(field), try reader.view(entity, id) == nil else { return nil }
            return "the \(field) …\(id.short)"
        }
    }

    /// A qualification has to hold on the day of the visit.
    private func startOfWork(_ order: RecordID) throws -> DeviceTime {
        let visits = try reader.children("appointment", of: order).filter {
            $0.text("state") == "active" && $0.reference("technician") == screen.user
        }
        return visits.compactMap { screen.time($0, "starts_at") }.min { $0.milliseconds < $1.milliseconds } ?? now
    }

    private func parts(of order: RecordID) throws -> [PackCheck.Subject.Part] {
        try reader.children("reservation", of: order).compactMap { view in
            guard let part = view.reference("part"), let wanted = view.quantity("quantity"),
                let state = view.text("state").flatMap({ ReservationState(rawValue: $0) }), state.isOpen
            else { return nil }
            let amounts = ReservationAmounts(view)
            let depot = try view.reference("location").flatMap { try reader.view("stock_location", $0)?.text("name") }
            let used = wanted.remainder(after: amounts.granted).remainder(after: amounts.picked).remainder(after: amounts.loaded)
                .remainder(after: amounts.backordered)
            return PackCheck.Subject.Part(
                number: try reader.view("part", part)?.text("number") ?? "a part", wanted: wanted.remainder(after: used), inVan: amounts.loaded,
                atDepot: amounts.granted.adding(amounts.picked) ?? amounts.granted, depot: depot ?? "the depot")
        }.sorted { $0.number < $1.number }
    }

    private func tools(_ order: RecordView) throws -> [PackCheck.Subject.Tool] {
        let kinds = (order["tools_needed"].list ?? []).compactMap(\.text)
        guard !kinds.isEmpty else { return [] }
        let mine = try van.map { try reader.views("tool", where: "location", equals: .reference($0.id)) } ?? []
        return kinds.sorted().map { kind in
            let own = mine.filter { $0.text("kind")?.folded == kind.folded }
            return PackCheck.Subject.Tool(kind: kind, inVan: own.map { ($0.text("number") ?? "", problem(withTool: $0)) })
        }
    }

    private func problem(withTool view: RecordView) -> String? {
        if view.text("withdrawn") == "yes" { return "is withdrawn" }
        guard let due = view.text("calibration_due"), due < now.date.description else { return nil }
        return "was to be calibrated by \(due)"
    }

    /// Of each gas that a channel measures: the cylinders in the van, by the rules of its model.
    private func gases(of assets: [RecordID]) throws -> [PackCheck.Subject.Gas] {
        let mine = try van.map { try reader.views("reference_gas", where: "location", equals: .reference($0.id)) } ?? []
        var gases: [String: PackCheck.Subject.Gas] = [:]
        for asset in assets {
            for channel in try reader.views("sensor_channel", where: "asset", equals: .reference(asset)) {
                guard let cas = channel.text("cas"), gases[cas] == nil else { continue }
                let own = mine.filter { $0.text("cas") == cas }
                gases[cas] = PackCheck.Subject.Gas(
                    name: channel.text("gas_name") ?? cas, inVan: try own.map { ($0.text("cylinder") ?? "", try problem(withGas: $0, at: asset)) })
            }
        }
        return gases.values.sorted { $0.name < $1.name }
    }

    private func problem(withGas view: RecordView, at asset: RecordID) throws -> String? {
        if view.text("withdrawn") == "yes" { return "is withdrawn" }
        if let last = view.text("expires_on"), last < now.date.description { return "expired on \(last)" }
        let report = try reader.rules.report(onGas: view.id, flow: nil, at: asset)
        return report?.verdict == .error ? "is not listed for the model" : nil
    }
}
