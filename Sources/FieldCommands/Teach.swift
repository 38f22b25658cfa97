/// Help texts that teach.
enum Teach {
    static let recorded = "0 recorded, 1 failed, 2 refused by a rule (the list says what is missing; nothing was recorded), 64 bad usage."
    static let read = "0 shown, 1 failed, 64 bad usage."
    static let network = "0 done, 1 failed, 3 offline (nothing is lost), 4 something needs attention, 64 bad usage."

    static func text(_ text: String, _ examples: String..., exits: String) -> String {
        text + "\n\nEXAMPLE\n" + examples.map { "  truckroll-field \($0)" }.joined(separator: "\n") + "\n\nEXIT STATUS: \(exits)"
    }
}
