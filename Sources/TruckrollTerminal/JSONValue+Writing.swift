extension JSONValue {
    /// The document on one line without spaces, for other programs.
    public var compact: String {
        var text = ""
        write(to: &text, indentation: nil)
        return text
    }

    /// The document with a line for each member and an indentation of two spaces.
    public var pretty: String {
        var text = ""
        write(to: &text, indentation: 0)
        return text
    }

    /// - Parameter indentation: the depth of this value in the pretty form; nil writes the compact form.
    private func write(to text: inout String, indentation: Int?) {
        switch self {
        case .null: text += "null"
        case .bool(let value): text += value ? "true" : "false"
        case .int(let value): text += String(value)
        case .string(let value): Self.writeQuoted(value, to: &text)
        case .array(let elements):
            Self.writeList(elements, between: ("[", "]"), to: &text, indentation) { element, text, inner in
                element.write(to: &text, indentation: inner)
            }
        case .object(let members):
            Self.writeList(members, between: ("{", "}"), to: &text, indentation) { member, text, inner in
                Self.writeQuoted(member.0, to: &text)
                text += inner == nil ? ":" : ": "
                member.1.write(to: &text, indentation: inner)
            }
        }
    }

    private static func writeList<Item>(
        _ items: [Item], between brackets: (open: String, close: String), to text: inout String, _ indentation: Int?,
        item write: (Item, inout String, Int?) -> Void
    ) {
        text += brackets.open
        for (index, item) in items.enumerated() {
            if index > 0 { text += "," }
            if let indentation { text += newline(indentation + 1) }
            write(item, &text, indentation.map { $0 + 1 })
        }
        if let indentation, !items.isEmpty { text += newline(indentation) }
        text += brackets.close
    }

    private static func newline(_ indentation: Int) -> String {
        "\n" + String(repeating: "  ", count: indentation)
    }

    /// Beyond what JSON demands this escapes delete, C1 controls and line separators: printed, they act on a terminal.
    private static func writeQuoted(_ string: String, to text: inout String) {
        text += "\""
        for scalar in string.unicodeScalars {
            switch scalar {
            case "\"": text += "\\\""
            case "\\": text += "\\\\"
            case "\n": text += "\\n"
            case "\r": text += "\\r"
            case "\t": text += "\\t"
            case "\0"..."\u{1F}", "\u{7F}"..."\u{9F}", "\u{2028}"..."\u{2029}":
                let digits = String(scalar.value, radix: 16)
                text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: text.unicodeScalars.append(scalar)
            }
        }
        text += "\""
    }
}

extension JSONValue: TerminalContent {
    /// The ``pretty`` form; it depends on no property of the terminal.
    public func lines(for terminal: Terminal) -> [String] {
        [pretty]
    }
}
