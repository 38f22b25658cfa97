/// Help texts that teach.
enum Teach {
    static let recorded = "0 recorded, 1 failed, 2 refused by a rule (the list says what is missing; nothing was recorded), 64 bad usage."
    static let read = "0 shown, 1 failed, 64 bad usage."
    static let network = "0 done, 1 failed, 3 offline (nothing is lost), 4 something needs attention, 64 bad usage."

    static func text(_ text: String, _ examples: String..., exits: String) -> String {
        text + "\n\nEXAMPLE\n" + examples.map { fitting("  truckroll-field \($0)") }.joined(separator: "\n") + "\n\nEXIT STATUS: \(exits)"
    }

    /// A help text is wrapped at this width where a terminal has no other.
    private static let width = 80

    /// An example in lines that no help text wraps: cut in two there, it would be copied as two commands.
    private static func fitting(_ example: String) -> String {
        guard example.count >= width else { return example }
        var (lines, line, isQuoted): ([String], String, Bool) = ([], "", false)
        var cut: String.Index?
        for character in example {
            if character == "\"" { isQuoted.toggle() }
            // An option stays with its value.
            let isAfterOption = line.split(separator: " ").last?.hasPrefix("--") ?? false
            if character == " ", !isQuoted, !isAfterOption, line.contains(where: { $0 != " " }) { cut = line.endIndex }
            line.append(character)
            guard line.count >= width - 2, let place = cut else { continue }
            lines.append(line[..<place] + " \\")
            line = "     " + line[place...]
            cut = nil
        }
        return (lines + [line]).joined(separator: "\n")
    }
}
