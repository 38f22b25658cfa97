import TruckrollCore
import TruckrollDomain
import TruckrollSync

/// Finds the one record a dispatcher means by a number, a name or a part of it.
public struct DispatchLookup {
    private let reader: LocalReader
    private var finder: RecordFinder { RecordFinder(reader: reader) }

    /// A lookup in what the reader sees.
    public init(_ reader: LocalReader) { self.reader = reader }

    /// An order by its number, a part of its number, or its id.
    public func order(_ text: String) throws -> RecordView {
        try finder.find("service_order", text, by: ["number"], what: "order", next: "Look with `list --all`, and check the spelling.") {
            Self.words($0, ["number", "title"])
        }
    }

    /// A technician by personnel number or name.
    public func technician(_ text: String) throws -> RecordView {
        let technicians = try reader.views("user", where: "role", equals: .text(Role.technician.rawValue))
        return try finder.find(
            "user", text, by: ["number", "name"], among: technicians, what: "technician", next: "Look with `technicians`, and check the spelling."
        ) { Self.words($0, ["number", "name"]) }
    }

    /// Anybody of the company by personnel number or name.
    public func person(_ text: String) throws -> RecordView {
        try finder.find("user", text, by: ["number", "name"], what: "person", next: "Check the spelling.") { Self.words($0, ["number", "name"]) }
    }

    /// A customer by number or name.
    public func customer(_ text: String) throws -> RecordView {
        try finder.find("customer", text, by: ["number", "name"]) { Self.words($0, ["number", "name"]) }
    }

    /// A customer's site by name or city; without a text the customer's only site.
    public func site(_ text: String?, of customer: RecordView) throws -> RecordView {
        let sites = try reader.views("site", where: "customer", equals: .reference(customer.id))
        guard let text else {
            if sites.count == 1, let only = sites.first { return only }
            let names = sites.prefix(6).map { Self.words($0, ["name", "city"]) }.joined(separator: "; ") + (sites.count > 6 ? "; …" : "")
            throw DeviceProblem(
                "site-ambiguous", "\(customer.text("name") ?? "The customer") has \(sites.count) sites: \(names).", next: "Name one with --site.")
        }
        return try finder.find("site", text, by: ["name", "city"], among: sites) { Self.words($0, ["name", "city"]) }
    }

    /// An asset of a site by serial number or tag.
    public func asset(_ text: String, at site: RecordID) throws -> RecordView {
        let here = try reader.views("asset", where: "site", equals: .reference(site))
        return try finder.find("asset", text, by: ["serial", "tag"], among: here, what: "asset at this site") { Self.words($0, ["serial", "tag"]) }
    }

    /// A part by number, GTIN or name.
    public func part(_ text: String) throws -> RecordView {
        try finder.find("part", text, by: ["number", "gtin", "name"]) { Self.words($0, ["number", "name"]) }
    }

    /// A place where stock lies by name or plate.
    public func location(_ text: String) throws -> RecordView {
        try finder.find("stock_location", text, by: ["name", "plate"], what: "place", next: "Look with `stock list`, and check the spelling.") {
            Self.words($0, ["kind", "name"])
        }
    }

    /// Any site by its name, city or id.
    public func anySite(_ text: String) throws -> RecordView {
        try finder.find("site", text, by: ["name", "city"], next: "Check the spelling.") { Self.words($0, ["name", "city"]) }
    }

    /// A model by its name.
    public func model(_ text: String) throws -> RecordView {
        try finder.find("asset_model", text, by: ["name"], next: "Check the spelling.") { Self.words($0, ["maker", "name"]) }
    }

    /// A calendar by its name.
    public func calendar(_ text: String) throws -> RecordView {
        try finder.find("work_calendar", text, by: ["name"], what: "calendar", next: "Look with `levels`, and check the spelling.") {
            $0.text("name") ?? ""
        }
    }

    /// A record of an entity by its id or the end of it.
    public func record(_ entity: String, _ text: String) throws -> RecordView { try finder.find(entity, text, by: []) { $0.id.description } }

    private static func words(_ view: RecordView, _ fields: [String]) -> String { fields.compactMap { view.text($0) }.joined(separator: "  ") }
}
