import TruckrollCore
import TruckrollDomain
import TruckrollSync

/// Who hands what to whom, and what the other says to it: mostly what the offer says, at times before the offer is known.
struct HandOverActs {
    let context: ActContext
    private var editor: LocalEditor { context.editor }
    private var how: UInt32 { context.how }

    /// Hands something over: out of the own van, the hand or a depot.
    func offer() throws {
        let places = try editor.views("stock_location")
        guard let part = context.one(try context.shown(.part), how), let to = context.one(places.map(\.id), how >> 8) else { return }
        let isSerialised = try editor.view("part", part)?.boolean("serialised") ?? false
        let isFromHand = isSerialised && how % 6 == 1
        let from = isFromHand ? nil : try stock()
        guard isFromHand || from != nil else { return }
        let code = String(editor.newID().description.suffix(8)).uppercased()
        let id = HandOverCode.id(try editor.schema.entity("hand_over"), code: code, to: to)
        var offer: [String: Value] = [
            "part": .reference(part), "quantity": .text("\(1 + (how >> 4) % 2)"), "to": .reference(to), "code": .text(code), "at": context.now,
            "by": context.me,
        ]
        if let from { offer["from"] = .reference(from) }
        if how % 2 == 0, let order = try context.order { offer["order"] = .reference(order) }
        if isSerialised {
            offer["quantity"] = .text("1")
            if how % 17 != 0 {
                let holder: UnitHolder = from.map { .location($0) } ?? .person(editor.user)
                offer["serial"] = .text(try UnitActs(context: context).serial(part, at: holder))
            }
        }
        try editor.create("hand_over", id: id, offer)
        context.said.handOvers.append(SaidCodes.HandOver(id: id, to: to, part: part, serial: offer["serial"]?.text))
        // Who takes something along has accepted it at once.
        guard how % 7 == 0 else { return }
        try editor.create(
            "hand_over_answer",
            [
                "hand_over": .reference(id), "action": .text("accept"), "location": .reference(to), "at": context.now, "by": context.me,
            ])
    }

    private func stock() throws -> RecordID? {
        let van = try editor.views("stock_location", where: "holder", equals: context.me).first?.id
        return how % 3 == 0 || van == nil ? context.one(try context.shown(.depot), how >> 12) : van
    }

    /// Answers a hand-over that the device shows, or one whose code somebody has said.
    func answer() throws {
        let known = try editor.views("hand_over")
        let open = known.filter { $0.text("state") == "offered" }
        let action: HandOverAction = how % 8 == 0 ? .withdraw : how % 8 == 1 ? .decline : .accept
        var answer: [String: Value] = ["action": .text(action.rawValue), "at": context.now, "by": context.me]
        let said = context.said.handOvers
        if how % 3 == 0, !said.isEmpty {
            let heard = said[max(0, said.count - 1 - Int(how >> 16) % 8)]
            answer["hand_over"] = .reference(heard.id)
            answer["location"] = .reference(heard.to)
            // What was received is seldom something else.
            if how % 9 == 0 { answer["quantity"] = .text("\(1 + (how >> 4) % 2)") }
        } else {
            let offers = open.isEmpty || how % 5 == 0 ? known : open
            guard !offers.isEmpty else { return }
            let offer = offers[Int(how >> 6) % offers.count]
            answer["hand_over"] = .reference(offer.id)
            answer["location"] = action == .withdraw ? offer["from"] : offer["to"]
        }
        try editor.create("hand_over_answer", answer)
        // Who was told a code has the piece in hand, and uses it at times before anybody's device knows of the hand-over.
        guard how % 3 == 0, action == .accept, let heard = said.first(where: { $0.id == answer["hand_over"]?.reference }), let serial = heard.serial,
            let order = try context.order
        else { return }
        try editor.create(
            "part_use",
            [
                "order": .reference(order), "part": .reference(heard.part), "serial": .text(serial), "quantity": .text("1"),
                "from": .reference(heard.to), "action": .text("consumed"), "at": context.now, "by": context.me,
            ])
    }
}
