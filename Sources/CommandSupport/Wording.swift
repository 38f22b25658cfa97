import ArgumentParser

/// Texts that people read, as they come from the command line.
public enum Wording {
    /// Takes a text as it is typed, when it says something.
    ///
    /// - Throws: `ValidationError`, which ends a command with 64 before anything is opened.
    public static func read(_ text: String) throws -> String {
        guard text.contains(where: { !$0.isWhitespace }) else { throw ValidationError("It says nothing. Write it in a few words.") }
        return text
    }
}
