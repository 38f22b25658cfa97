import TruckrollCore
import TruckrollDomain
import TruckrollSync

/// What the office does about exceptions.
struct ExceptionActs {
    let context: ActContext
    private var editor: LocalEditor { context.editor }
    private var how: UInt32 { context.how }

    /// Resolves one, by an event or by words as clients of the schema before do, or does something else about it. Now and then somebody
    /// raises one, or says when they go to whom.
    func deal() throws {
        if how % 13 == 0 { return try say() }
        guard let exception = context.one(try context.shown(.openException), context.pick) else { return try raise() }
        switch how % 8 {
        case 0: try editor.patch("exception", exception, ["resolution": .text("done \(how % 10)")])
        case 1, 2, 3: try act(.resolve, exception, ["text": .text("done \(how % 10)")])
        case 4:
            let until = DeviceTime(milliseconds: editor.now.milliseconds + Int64(1 + how % 180) * 60_000, offsetMinutes: 60)
            try act(.wait, exception, ["text": .text("they call back"), "until": .text(until.description)])
        case 5: try act(.escalate, exception, ["level": .integer(Int64(1 + (how >> 8) % 4)), "team": .text("management"), "text": .text("why")])
        case 6: try act(how & 256 == 0 ? .investigate : .resume, exception, [:])
        default: try act(how & 256 == 0 ? .assign : .override, exception, ["to": context.me, "text": .text("it goes on")])
        }
    }

    private func act(_ event: ExceptionEvent, _ exception: RecordID, _ more: [String: Value]) throws {
        let fields: [String: Value] = [
            "exception": .reference(exception), "event": .text(event.rawValue), "at": context.now, "by": context.me,
        ]
        try editor.create("exception_event", fields.merging(more) { $1 })
    }

    private func raise() throws {
        let kinds = ExceptionKind.allCases.filter(\.isRaisedByHand)
        let order: Value = try context.order.map { .reference($0) } ?? .null
        try editor.create(
            "exception", ["kind": .text(kinds[Int(how) % kinds.count].rawValue), "order": order, "text": .text("look"), "raised_at": context.now])
    }

    private func say() throws {
        let kind = ExceptionKind.allCases[Int(how >> 4) % ExceptionKind.allCases.count]
        let (level, after) = (Int64(1 + (how >> 8) % 3), Int64((how >> 10) % 5) * 3_600)
        try editor.create(
            "escalation_rule", ["kind": .text(kind.rawValue), "level": .integer(level), "after": .integer(after), "team": .text("lead")])
    }
}
