extension String {
    /// The text with its line of usage folded between arguments, so that it fits a terminal of 80 columns like all around it.
    func foldingUsage(columns: Int = 80) -> String {
        split(separator: "\n", omittingEmptySubsequences: false).map { line -> String in
            guard line.hasPrefix("USAGE: ") || line.hasPrefix("Usage: "), line.count > columns else { return String(line) }
            var lines: [String] = []
            var current = ""
            for part in line.usageParts {
                if !current.isEmpty, current.count + 1 + part.count > columns {
                    lines.append(current)
                    current = "    " + part
                } else {
                    current += current.isEmpty ? part : " " + part
                }
            }
            return (lines + [current]).joined(separator: "\n")
        }.joined(separator: "\n")
    }
}

extension Substring {
    /// What stays together: a word, something in brackets, an option with its value.
    fileprivate var usageParts: [String] {
        var parts: [String] = []
        var depth = 0
        for word in split(separator: " ") {
            let isValue = word.hasPrefix("<") && (parts.last?.hasPrefix("--") ?? false) && !(parts.last?.contains(" ") ?? true)
            if depth > 0 || isValue, let last = parts.popLast() { parts.append(last + " " + word) } else { parts.append(String(word)) }
            depth += word.count { $0 == "[" || $0 == "(" } - word.count { $0 == "]" || $0 == ")" }
        }
        return parts
    }
}
