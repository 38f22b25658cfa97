import Foundation
import TruckrollCore
import TruckrollDomain
import TruckrollSync

/// Finds the one record a person means by a number, a name or a part of it.
///
/// The exact number or name wins over a part of it; what fits several records is refused, with their names.
public struct DispatchLookup {
    private let reader: LocalReader

    /// A lookup in what the reader sees.
    public init(_ reader: LocalReader) { self.reader = reader }

    /// An order by its number, the end of its number, or its id.
    public func order(_ text: String) throws -> RecordView {
        if let id = RecordID(text), let view = try reader.view("service_order", id) { return view }
        if let view = try exact("service_order", ["number"], text) { return view }
        return try one("order", text, of: try reader.views("service_order"), exact: ["number"], listing: "list --all") { view, wanted in
            Self.folded(view.text("number") ?? "").hasSuffix(wanted)
        }
    }

    /// A technician by personnel number or name.
    public func technician(_ text: String) throws -> RecordView {
        let technicians = try reader.views("user", where: "role", equals: .text(Role.technician.rawValue))
        return try one("technician", text, of: technicians, exact: ["number", "name"], listing: "technicians") { view, wanted in
            Self.folded(view.text("name") ?? "").contains(wanted)
        }
    }

    /// A customer by number or name.
    public func customer(_ text: String) throws -> RecordView {
        if let view = try exact("customer", ["number", "name"], text) { return view }
        return try one("customer", text, of: try reader.views("customer"), exact: ["number", "name"]) { view, wanted in
            Self.folded(view.text("name") ?? "").contains(wanted)
        }
    }

    /// A customer's site by name or city; without a text the customer's only site.
    public func site(_ text: String?, of customer: RecordView) throws -> RecordView {
        // The customer of a site is no column to query by.
        let sites = try reader.views("site").filter { $0.reference("customer") == customer.id }
        guard let text else {
            if sites.count == 1, let only = sites.first { return only }
            throw DeviceProblem(
                "site-ambiguous", "\(customer.text("name") ?? "The customer") has \(sites.count) sites: \(Self.names(sites)).",
                next: "Name one with --site.")
        }
        return try one("site", text, of: sites, exact: ["name"]) { view, wanted in
            Self.folded("\(view.text("name") ?? "") \(view.text("city") ?? "")").contains(wanted)
        }
    }

    /// An asset by serial number or tag, first among those of a site.
    public func asset(_ text: String, at site: RecordID) throws -> RecordView {
        let here = try reader.views("asset", where: "site", equals: .reference(site))
        return try one("asset at this site", text, of: here, exact: ["serial", "tag"]) { view, wanted in
            ["serial", "tag"].contains { Self.folded(view.text($0) ?? "").hasSuffix(wanted) }
        }
    }

    // MARK: Choosing

    /// The one record a column of which is exactly the text, without reading them all.
    private func exact(_ entity: String, _ columns: [String], _ text: String) throws -> RecordView? {
        for column in columns {
            let found = try reader.views(entity, where: column, equals: .text(text))
            if found.count == 1 { return found.first }
        }
        return nil
    }

    private func one(
        _ what: String, _ text: String, of candidates: [RecordView], exact fields: [String], listing: String? = nil,
        matching: (RecordView, String) -> Bool
    ) throws -> RecordView {
        let wanted = Self.folded(text)
        guard !wanted.isEmpty else { throw DeviceProblem("selection-empty", "No \(what) was named.", next: "Give a number or a name.") }
        let whole = candidates.filter { view in fields.contains { Self.folded(view.text($0) ?? "") == wanted } }
        let found = whole.isEmpty ? candidates.filter { matching($0, wanted) } : whole
        switch found.count {
        case 1: return found[0]
        case 0:
            throw DeviceProblem(
                "selection-unknown", "There is no \(what) “\(text.prefix(60))” among the \(candidates.count) this device holds.",
                next: listing.map { "Look with `\($0)`, and check the spelling." } ?? "Check the spelling, and sync if it is new.")
        default:
            throw DeviceProblem(
                "selection-ambiguous", "“\(text.prefix(60))” fits \(found.count): \(Self.names(found)).", next: "Give the whole number or name.")
        }
    }

    private static func names(_ views: [RecordView]) -> String {
        let shown = views.prefix(6).map { view in
            let parts = [view.text("number") ?? view.text("serial"), view.text("name") ?? view.text("tag")].compactMap(\.self)
            return parts.isEmpty ? view.id.short : parts.joined(separator: " ")
        }
        return shown.joined(separator: ", ") + (views.count > shown.count ? ", …" : "")
    }

    /// Case and accents aside, so that `zolkiewski` finds Żółkiewski's colleagues too.
    static func folded(_ text: String) -> String {
        text.trimmingCharacters(in: .whitespacesAndNewlines).folding(options: [.caseInsensitive, .diacriticInsensitive], locale: nil)
    }
}
