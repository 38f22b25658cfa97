import ArgumentParser
import Foundation

/// How a person gives a text a new wording.
public struct WordingOptions: ParsableArguments {
    @Option(name: .customLong("set"), help: "The whole text as it is to read; what is alike stays its authors'.") public var whole: String?
    @Option(help: "A paragraph to add at the end.", transform: Wording.read) public var append: String?
    @Flag(help: "Read the whole text as it is to read from standard input, such as from an editor.") public var edit = false

    public init() {}

    /// Whether anything is to be changed.
    public var isEdit: Bool { whole != nil || append != nil || edit }

    public func validate() throws {
        guard [whole != nil, append != nil, edit].filter({ $0 }).count <= 1 else {
            throw ValidationError("Give one of --set, --append and --edit.")
        }
    }

    /// What makes the new wording of the present one.
    ///
    /// - Throws: `ValidationError` when standard input is no UTF-8.
    public func wording() throws -> (String) -> String {
        if let whole { return { _ in whole } }
        if let append { return { $0.isEmpty ? append : $0 + ($0.hasSuffix("\n") ? "" : "\n") + append } }
        let input = FileHandle.standardInput.readDataToEndOfFile()
        guard let text = String(validating: input, as: UTF8.self) else { throw ValidationError("Standard input is no UTF-8 text.") }
        return { _ in text }
    }
}
