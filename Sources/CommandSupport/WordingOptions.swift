import ArgumentParser
import Foundation

/// How a person gives a text a new wording.
public struct WordingOptions: ParsableArguments {
    @Option(name: .customLong("set"), help: "The whole text as it is to read; what is alike stays its authors'.") public var whole: String?
    @Option(help: "A paragraph to add at the end.", transform: Wording.read) public var append: String?
    @Flag(help: "Read the whole text as it is to read from standard input, such as `< problem.txt`.") public var edit = false
    @Flag(help: "Leave no text: what everybody wrote is taken out.") public var clear = false

    public init() {}

    /// Whether anything is to be changed.
    public var isEdit: Bool { whole != nil || append != nil || edit || clear }

    public func validate() throws {
        guard [whole != nil, append != nil, edit, clear].filter({ $0 }).count <= 1 else {
            throw ValidationError("Give one of --set, --append, --edit and --clear.")
        }
        if let whole { try Self.refuseEmpty(whole) }
    }

    /// An editor or a pipe that failed leaves nothing: that must not take out what others wrote.
    private static func refuseEmpty(_ text: String) throws {
        guard text.contains(where: { !$0.isWhitespace }) else {
            throw ValidationError("The new text is empty, so nothing was changed. To take out the whole text, give --clear.")
        }
    }

    /// What makes the new wording of the present one. May wait for standard input, so call it before the store is opened.
    ///
    /// - Parameter input: where the text comes from that `--edit` reads.
    /// - Throws: `ValidationError` when the input cannot be read, is empty, too long or no UTF-8.
    public func wording(from input: FileHandle = .standardInput) throws -> (String) -> String {
        if clear { return { _ in "" } }
        if let whole { return { _ in whole } }
        if let append { return { $0.isEmpty ? append : $0 + ($0.hasSuffix("\n") ? "" : "\n") + append } }
        let text = try TextInput.read(input)
        try Self.refuseEmpty(text)
        return { _ in text }
    }
}
