import ArgumentParser
import Foundation

/// Text that is piped into a command.
public enum TextInput {
    /// Bytes that are read at most: far more than a text may have, so that what is too long is told by the text's own rule.
    public static let largest = 1 << 20

    /// Reads all of an input.
    ///
    /// - Throws: `ValidationError`, which ends a command with 64, when it cannot be read, has no end in sight or is no UTF-8.
    public static func read(_ input: FileHandle) throws -> String {
        var bytes = Data()
        do {
            // A pipe hands out what it has; the end is where nothing comes.
            while bytes.count <= largest, let part = try input.read(upToCount: largest + 1 - bytes.count), !part.isEmpty { bytes += part }
        } catch {
            throw ValidationError(
                "Standard input cannot be read, so nothing was changed. Give a file of text, such as `< problem.txt`, not a folder.")
        }
        guard bytes.count <= largest else {
            throw ValidationError("Standard input has more than \(largest >> 20) MiB, so nothing was changed. A text has at most 64 KiB.")
        }
        guard let text = String(validating: bytes, as: UTF8.self) else { throw ValidationError("Standard input is no UTF-8 text.") }
        return text
    }
}
