import TruckrollCore
import TruckrollDomain
import TruckrollSync

/// Finds the one record a person means by a number, a name, an id, or a part of one, whatever its case and accents.
///
/// The whole number or name wins over its end, and that over a part within it; what fits several records is refused with them.
struct RecordFinder {
    let reader: LocalReader

    /// - Parameters:
    ///   - columns: fields a person may name the record by; the first is what it is called.
    ///   - views: the records to choose from; all of the entity when it is `nil`.
    ///   - what: what such a record is called; the entity's title when it is `nil`.
    ///   - next: what to do when there is none.
    ///   - label: how a candidate is listed.
    /// - Throws: ``DeviceProblem`` `not-found` or `ambiguous`, the latter with the candidates.
    func find(
        _ entity: String, _ text: String, by columns: [String], among views: [RecordView]? = nil, what: String? = nil, next: String? = nil,
        label: (RecordView) -> String
    ) throws -> RecordView {
        _ = try reader.enrolled()
        let what = try what ?? reader.schema.entity(entity).title.lowercased()
        let wanted = text.trimmed
        guard !wanted.isEmpty else { throw DeviceProblem("not-found", "No \(what) was named.", next: "Give its number, name or id.") }
        if views == nil, let found = try direct(entity, wanted, columns) { return found }
        let choice = try Choice(entity, wanted, columns, among: views, reader)
        let (key, id) = (wanted.folded, wanted.lowercased())
        let exact = try choice.whole().filter { view in view.id.description == id || columns.contains { view.text($0)?.folded == key } }
        if let only = try one(exact, what, wanted, label) { return only }
        // Below four characters the end of an id says too little.
        let ending = try choice.ending().filter { view in
            id.count >= 4 && view.id.description.hasSuffix(id) || columns.prefix(1).contains { view.text($0)?.folded.hasSuffix(key) ?? false }
        }
        if let only = try one(ending, what, wanted, label) { return only }
        let within = try choice.within().filter { view in columns.contains { view.text($0)?.folded.contains(key) ?? false } }
        if let only = try one(within, what, wanted, label) { return only }
        let near = try choice.near().filter { view in columns.contains { Self.isNear(view.text($0)?.folded ?? "", key) } }.prefix(5).map(label)
        if entity == "service_order", OrderNumber.isMistyped(wanted) {
            throw DeviceProblem(
                .misread, "“\(wanted.prefix(60))” is mistyped: its check digit does not fit.", missing: near.map { "near: \($0)" },
                next: "Compare it digit by digit.")
        }
        throw DeviceProblem(
            "not-found", (["This device holds no \(what) “\(wanted.prefix(60))”."] + near.map { "· near: \($0)" }).joined(separator: "\n"),
            next: next ?? (near.isEmpty ? "Sync, or check the number." : "Check the number."))
    }

    /// The record of that id, or the only one of exactly that number or name, without reading them all.
    private func direct(_ entity: String, _ text: String, _ columns: [String]) throws -> RecordView? {
        if let id = RecordID(text.lowercased()), let view = try reader.view(entity, id) { return view }
        let indexed = Set(try reader.schema.entity(entity).columns.map(\.name))
        for column in columns where indexed.contains(column) {
            let found = try reader.views(entity, where: column, equals: .text(text))
            if found.count == 1 { return found.first }
        }
        return nil
    }

    private func one(_ found: [RecordView], _ what: String, _ text: String, _ label: (RecordView) -> String) throws -> RecordView? {
        guard found.count > 1 else { return found.first }
        let isAll = found.count < Choice.limit
        let shown =
            found.prefix(10).map { "· …\($0.id.short)  \(label($0))" }
            + (found.count > 10 ? ["· and \(found.count - 10)\(isAll ? "" : " or") more"] : [])
        throw DeviceProblem(
            "ambiguous",
            (["“\(text.prefix(60))” means \(found.count)\(isAll ? "" : " or more") records (\(what))."] + shown).joined(separator: "\n"),
            next: "Give more of the number or the id.")
    }

    /// Whether one typing mistake lies between the two.
    static func isNear(_ a: String, _ b: String) -> Bool {
        let (a, b) = (Array(a.utf8), Array(b.utf8))
        guard a.count >= 4, abs(a.count - b.count) <= 1 else { return false }
        let head = zip(a, b).prefix { $0 == $1 }.count
        let tail = zip(a.reversed(), b.reversed()).prefix { $0 == $1 }.count
        if head + tail >= max(a.count, b.count) - 1 { return true }
        return a.count == b.count && head + tail >= a.count - 2 && a[head] == b[head + 1] && a[head + 1] == b[head]
    }
}

extension String {
    var trimmed: String {
        let start = drop(while: \.isWhitespace)
        return String(start.reversed().drop(while: \.isWhitespace).reversed())
    }

    /// Case and accents aside, so that `zolkiewski` finds Żółkiewski's colleagues too.
    var folded: String { Folding.folded(trimmed) }
}

extension DeviceClient {
    /// The order a person means by its number, id, or the end of either.
    public func findJob(_ text: String) throws -> RecordID {
        try read {
            try RecordFinder(reader: $0).find("service_order", text, by: ["number"]) { "\($0.text("number") ?? "")  \($0.text("title") ?? "")" }.id
        }
    }

    /// The task a person means by its place in the list of the order from 1, its id, or words of its title.
    public func findTask(_ text: String, of order: RecordID) throws -> RecordID {
        try read { reader in
            let tasks = try TaskLine.sorted(reader.children("task", of: order))
            if let place = Int(text), tasks.indices.contains(place - 1) { return tasks[place - 1].id }
            return try RecordFinder(reader: reader).find("task", text, by: ["title"], among: tasks) { $0.text("title") ?? "" }.id
        }
    }

    /// The part a person means by its number, GTIN, id or name.
    public func findPart(_ text: String) throws -> RecordID {
        try read {
            try RecordFinder(reader: $0).find("part", text, by: ["number", "gtin", "name"]) { "\($0.text("number") ?? "")  \($0.text("name") ?? "")" }
                .id
        }
    }

    /// The stock location a person means by its name, plate or id.
    public func findLocation(_ text: String) throws -> RecordID {
        try read {
            try RecordFinder(reader: $0).find("stock_location", text, by: ["name", "plate"]) { "\($0.text("kind") ?? "")  \($0.text("name") ?? "")" }
                .id
        }
    }

    /// The stock location a person means to hand something to: by its name, plate or id, or by who drives the van.
    public func findReceiver(_ text: String) throws -> RecordID {
        let place = { try self.findLocation(text) }
        do { return try place() } catch let problem as DeviceProblem where problem.code == "not-found" {
            let van = try read { reader in
                let people = try reader.views("user", where: "role", equals: .text(Role.technician.rawValue))
                let finder = RecordFinder(reader: reader)
                let person = try? finder.find("user", text, by: ["number", "name"], among: people) { $0.text("name") ?? "" }
                return try person.flatMap { try reader.van(of: $0.id)?.id }
            }
            guard let van else { throw problem }
            return van
        }
    }

    /// The site a person means by its name or id.
    public func findSite(_ text: String) throws -> RecordID {
        try read { try RecordFinder(reader: $0).find("site", text, by: ["name"]) { "\($0.text("name") ?? "")  \($0.text("city") ?? "")" }.id }
    }

    /// The hazardous area a person means by its name or id.
    public func findArea(_ text: String) throws -> RecordID {
        try read { try RecordFinder(reader: $0).find("hazardous_area", text, by: ["name"]) { $0.text("name") ?? "" }.id }
    }

    /// The customer a person means by number, name or id.
    public func findCustomer(_ text: String) throws -> RecordID {
        try read {
            try RecordFinder(reader: $0).find("customer", text, by: ["number", "name"]) { "\($0.text("number") ?? "")  \($0.text("name") ?? "")" }.id
        }
    }

    /// The certificate a person means by its number or id.
    public func findCertificate(_ text: String) throws -> RecordID {
        try read { try RecordFinder(reader: $0).find("certificate", text, by: ["number"]) { $0.text("number") ?? "" }.id }
    }

    /// The lease a person means by its id, or by the number of its part.
    public func findLease(_ text: String) throws -> RecordID {
        try read { try RecordFinder(reader: $0).find("lease", text, by: []) { "\($0.text("kind") ?? "") \($0.text("granted") ?? "")" }.id }
    }

    /// The channel of an asset by its number.
    public func findChannel(_ number: Int, of asset: RecordID) throws -> RecordID {
        try read { reader in
            let channels = try reader.views("sensor_channel", where: "asset", equals: .reference(asset))
            guard let channel = channels.first(where: { $0.integer("number") == Int64(number) }) else {
                let known = channels.compactMap { $0.integer("number") }.sorted().map { "\($0)" }.joined(separator: ", ")
                throw DeviceProblem(
                    "not-found", "The asset has no channel \(number).", next: known.isEmpty ? "It has no channels here." : "It has \(known).")
            }
            return channel.id
        }
    }

    /// The record a person means: `entity/id`, an order number, an asset's tag or serial, or the end of any id.
    public func findRecord(_ text: String) throws -> (entity: Entity, id: RecordID) {
        try read { reader in
            _ = try reader.enrolled()
            let parts = text.split(separator: "/", maxSplits: 1).map { String($0) }
            if parts.count == 2 {
                guard let entity = reader.schema[parts[0]] else {
                    throw DeviceProblem(
                        "not-found", "“\(parts[0])” is no kind of record.", next: "Such as service_order, task, asset, sensor_channel.")
                }
                let columns = entity.columns.filter { $0.type.name == "text" }.map(\.name)
                return (entity, try RecordFinder(reader: reader).find(entity.name, parts[1], by: columns) { "\(entity.name)/\($0.id)" }.id)
            }
            let found = try Self.anyRecords(text.trimmed.lowercased(), reader)
            guard let first = found.first else { throw DeviceProblem.unknown("record", text, next: "Name it as entity/id, or by its number.") }
            guard found.count == 1 else {
                // An order's number is what people say; nothing else hides it.
                if let order = found.first(where: { $0.0.name == "service_order" }), found.filter({ $0.0.name == "service_order" }).count == 1 {
                    return order
                }
                let shown = found.prefix(10).map { "· \($0.0.name)/\($0.1)" }
                throw DeviceProblem(
                    "ambiguous", (["“\(text)” means \(found.count) records."] + shown).joined(separator: "\n"), next: "Name one as entity/id.")
            }
            return first
        }
    }

    /// The records of any kind whose whole number or name a text is, or the end of whose id; of orders the end of the number as well. What
    /// is shorter than four characters means nothing here.
    private static func anyRecords(_ key: String, _ reader: LocalReader) throws -> [(entity: Entity, id: RecordID)] {
        guard key.count >= 4 else { return [] }
        let search = WordSearch(key)
        func names(_ view: RecordView) -> [String] {
            view.entity.columns.compactMap { $0.type.name == "text" ? view.text($0.name)?.lowercased() : nil }
        }
        func views(_ keys: [RecordKey]) throws -> [RecordView] {
            try keys.compactMap { key in try reader.schema[key.type].flatMap { try reader.view($0.name, key.id) } }
        }
        let named = try views(reader.keys(search, .whole, limit: Choice.limit)).filter { names($0).contains(key) }
        let orders = try views(reader.keys(search, .ending, of: ["service_order"], limit: Choice.limit))
            .filter { names($0).contains { $0.hasSuffix(key) } }
        var found: [RecordKey: Entity] = [:]
        for view in try named + orders + views(reader.keys(idEndingWith: key)) { found[view.key] = view.entity }
        return found.sorted { $0.key < $1.key }.map { ($0.value, $0.key.id) }
    }
}
