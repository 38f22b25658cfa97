extension JSONValue {
    /// What a program prints on standard output under `--json` in place of a result: what went wrong, and what to do about it.
    ///
    /// - Parameters:
    ///   - code: its lasting name.
    ///   - whatHappened: in words; a line that begins with `· ` is one of several problems and is listed apart.
    ///   - next: what the person does next, if the words do not say it.
    public static func problem(code: String, _ whatHappened: String, next: String?) -> JSONValue {
        let lines = whatHappened.split(separator: "\n").map(String.init)
        let problems = lines.filter { $0.hasPrefix("· ") }.map { JSONValue.string(String($0.dropFirst(2))) }
        let message = lines.filter { !$0.hasPrefix("· ") }.joined(separator: "\n")
        return [
            "error": [
                "code": .string(code), "message": .string(message), "next": next.map { .string($0) } ?? .null, "problems": .array(problems),
            ]
        ]
    }
}
