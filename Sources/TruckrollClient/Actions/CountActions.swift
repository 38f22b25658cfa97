import TruckrollCore
import TruckrollDomain
import TruckrollSync

/// What somebody counted of a part at a place.
public struct CountEntry: Sendable, Hashable {
    public var part: RecordID
    /// The user's own van when it is `nil`.
    public var location: RecordID?
    /// How much lies there; of a part with serial numbers, how many pieces whose number cannot be read.
    public var quantity: Quantity?
    /// The serial numbers that were seen, all of them.
    public var serials: [String] = []
    public var note: String?

    public init(part: RecordID) { self.part = part }
}

extension DeviceClient {
    /// Records a count. It moves the book by the difference to what should lie there by all this device knows.
    ///
    /// - Throws: ``DeviceProblem`` `value-unfit`, `serial-missing`, `no-van`.
    public func count(_ entry: CountEntry) throws -> Recorded {
        let now = try now()
        let (line, place) = try screen { screen in
            guard let place = try entry.location.map({ try screen.reader.view("stock_location", $0) }) ?? screen.reader.van(of: screen.user) else {
                throw DeviceProblem(
                    "no-van", "No van of yours is among this device's records.", next: "Say with --at what place was counted.")
            }
            return (try Self.stock(at: place, now, screen).first { $0.part == entry.part }, place.id)
        }
        return try act("count") { editor in
            let part = try editor.require("part", entry.part)
            let unit = part.text("unit") ?? ""
            let seen = Set(entry.serials)
            let isSerialised = part.boolean("serialised")
            guard isSerialised || seen.isEmpty else {
                throw DeviceProblem(.valueUnfit, "\(part.text("number") ?? "The part") has no serial numbers.", next: "Give how much lies there.")
            }
            guard isSerialised || entry.quantity != nil else {
                throw DeviceProblem(.valueUnfit, "How much lies there was not said.", next: "Give the quantity; 0 when nothing is left.")
            }
            guard seen.allSatisfy({ !$0.allSatisfy(\.isWhitespace) }), seen.count == entry.serials.count else {
                throw DeviceProblem(.serialMissing, "A serial number is blank, or given twice.", next: "Give each that you saw once.")
            }
            let unnamed = entry.quantity ?? .zero
            if unnamed > .zero { try part.checkAmount(unnamed) }
            guard unnamed >= .zero, let counted = Quantity(millionths: Int64(seen.count) * Quantity.one.millionths).adding(unnamed) else {
                throw DeviceProblem(.valueUnfit, "Nobody counts less than nothing.", next: "Give how much lies there; 0 when nothing is left.")
            }
            let expected = line?.predicted ?? .zero
            let known = Set(isSerialised ? line?.serials ?? [] : [])
            let (missing, found) = (known.subtracting(seen).sorted(), seen.subtracting(known).sorted())
            let id = try editor.create(
                "stock_count",
                [
                    "location": .reference(place), "part": .reference(entry.part), "counted": .text(counted.description),
                    "expected": .text(expected.description), "missing": missing.isEmpty ? .null : .list(missing.map { .text($0) }),
                    "found": found.isEmpty ? .null : .list(found.map { .text($0) }), "note": .optional(entry.note), "at": .time(editor.now),
                    "by": .reference(editor.user),
                ])
            var notices: [String] = []
            if counted != expected { notices.append("\(expected) \(unit) should lie there; the office gets a question.") }
            if !missing.isEmpty { notices.append("Not seen: \(missing.joined(separator: ", ")).") }
            if !found.isEmpty { notices.append("Not expected there: \(found.joined(separator: ", ")).") }
            if let offered = line?.offered, offered > .zero {
                notices.append("\(offered) of it are being handed over: they lie there by the book until they are accepted.")
            }
            return (id, notices)
        }
    }
}
