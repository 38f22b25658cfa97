import TruckrollCore
import TruckrollDomain
import TruckrollSync

/// A part that an order is to bring.
public struct OrderLine: Sendable {
    /// Who took it down, and where that is.
    public let fact: Fact
    /// Number and name of the part.
    public let part: String
    /// Its unit.
    public let unit: String
    /// How much; several values where people changed it without seeing each other.
    public let quantities: [Quantity]
    /// For which asset; `nil` where it is for the order as a whole.
    public let asset: String?
    /// The pieces that are named.
    public let serials: [String]
    /// What else is said.
    public let note: String?
    /// What was promised of it, in words; `nil` where nobody has asked.
    public let promise: String?

    init(_ view: RecordView, _ screen: ScreenReader) throws {
        let reader = screen.reader
        fact = try screen.fact(view, at: "at", by: "made_by")
        let part = try view.reference("part").flatMap { try reader.view("part", $0) }
        self.part = [part?.text("number"), part?.text("name")].compactMap(\.self).joined(separator: " ")
        unit = part?.text("unit") ?? ""
        if case .siblings(let set)? = view.entity["quantity"].flatMap({ view.state($0) }) {
            quantities = set.siblings.compactMap { $0.value.text.flatMap { Quantity($0) } }
        } else {
            quantities = [view.quantity("quantity")].compactMap(\.self)
        }
        asset = try view.reference("asset").map { try screen.assetName($0) }
        serials = (view["serials"].list ?? []).compactMap(\.text).sorted()
        note = view.text("note")
        let asked = try view.reference("order").map { try reader.views("reservation", where: "order", equals: .reference($0)) } ?? []
        promise =
            asked.filter { $0["part"] == view["part"] }.map { reservation in
                let granted = reservation.quantity("granted").map { " \($0)" } ?? ""
                let day = reservation.text("expected_on").map { ", the rest on \($0)" } ?? ""
                return "\((reservation.text("state") ?? "asked").split(separator: "_").joined(separator: " "))\(granted)\(day)"
            }.sorted().first
    }
}

/// An order line as somebody takes it down.
public struct OrderLineEntry: Sendable {
    /// What.
    public var part: RecordID
    /// How much, in the part's unit.
    public var quantity: Quantity
    /// For which asset; `nil` where it is for the order as a whole.
    public var asset: RecordID?
    /// The pieces that are named.
    public var serials: [String] = []
    /// What else is to be said.
    public var note: String?

    public init(part: RecordID, quantity: Quantity) { (self.part, self.quantity) = (part, quantity) }
}

extension DeviceClient {
    /// What an order is to bring.
    public func lines(of order: RecordID) throws -> [OrderLine] {
        try screen { try $0.lines(of: order) }
    }

    /// Takes down what an order is to bring.
    ///
    /// - Throws: ``DeviceProblem`` `value-unfit`.
    public func addLine(_ entry: OrderLineEntry, to order: RecordID) throws -> Recorded {
        try act("order-line") { editor in
            _ = try editor.require("service_order", order)
            return (try editor.line(entry, on: order), [])
        }
    }

    /// Names pieces of a line, or takes their names off it.
    public func nameLine(_ line: RecordID, add: [String], remove: [String] = []) throws -> Recorded {
        try act("line-serials") { editor in
            let view = try editor.require("order_line", line)
            let part = try view.reference("part").flatMap { try editor.view("part", $0) }
            guard part?.boolean("serialised") ?? true else {
                throw DeviceProblem(
                    .valueUnfit, "The pieces of \(part?.text("number") ?? "this part") have no serial numbers.", next: "Leave them out.")
            }
            for serial in add { try editor.change("order_line", line, "serials", element: .text(serial), op: .add) }
            for serial in remove { try editor.change("order_line", line, "serials", element: .text(serial), op: .remove) }
            return (line, [])
        }
    }

    /// Says that a line is of another quantity.
    public func setLine(_ line: RecordID, quantity: Quantity) throws -> Recorded {
        try act("line-quantity") { editor in
            let view = try editor.require("order_line", line)
            if let part = try view.reference("part").flatMap({ try editor.view("part", $0) }) { try part.checkAmount(quantity) }
            try editor.patch("order_line", line, ["quantity": .text("\(quantity)")])
            return (line, [])
        }
    }

    /// Takes a line off its order.
    public func removeLine(_ line: RecordID) throws -> Recorded {
        try act("line-removed") { editor in
            _ = try editor.require("order_line", line)
            try editor.delete("order_line", line)
            return (line, [])
        }
    }

    /// The line a person means by its id, or by its part where the order has one line of it.
    public func findLine(_ text: String, of order: RecordID) throws -> RecordID {
        let lines = try read { try $0.views("order_line", where: "order", equals: .reference(order)) }
        if let part = try? findPart(text) {
            let own = lines.filter { $0.reference("part") == part }
            if own.count == 1 { return own[0].id }
        }
        return try read { reader in
            try RecordFinder(reader: reader).find("order_line", text, by: [], among: lines) { line in
                let part = try? line.reference("part").flatMap { try reader.view("part", $0) }
                return "\(part?.text("number") ?? "")  \(line.text("quantity") ?? "")"
            }.id
        }
    }
}

extension ScreenReader {
    /// What an order is to bring, by part.
    func lines(of order: RecordID) throws -> [OrderLine] {
        try reader.views("order_line", where: "order", equals: .reference(order)).map { try OrderLine($0, self) }.sorted {
            ($0.part, $0.fact.id) < ($1.part, $1.fact.id)
        }
    }
}

extension LocalEditor {
    /// Takes down what an order is to bring.
    @discardableResult
    func line(_ entry: OrderLineEntry, on order: RecordID) throws -> RecordID {
        try require("part", entry.part).checkAmount(entry.quantity)
        return try create(
            "order_line",
            [
                "order": .reference(order), "part": .reference(entry.part), "quantity": .text("\(entry.quantity)"), "asset": .optional(entry.asset),
                "serials": entry.serials.isEmpty ? .null : .list(entry.serials.map { .text($0) }), "note": .optional(entry.note),
                "made_by": .reference(user),
            ])
    }
}
