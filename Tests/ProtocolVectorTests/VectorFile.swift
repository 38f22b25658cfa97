import Foundation
import Testing
import TruckrollCore

/// One case of a file in `Protocol/vectors`.
protocol VectorCase: Codable, Hashable, Sendable, CustomTestStringConvertible {
    /// The file's name without `.json`.
    static var file: String { get }
    /// The cases as this code makes them, the same at every run.
    static func make() throws -> [Self]
    var name: String { get }
}

extension VectorCase {
    var testDescription: String { name }
}

/// Reads the vectors; with `TRUCKROLL_WRITE_VECTORS=1` writes them first.
enum VectorFile {
    /// The project's folder, also when this file is reached through a link.
    static let root: URL = {
        let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().resolvingSymlinksInPath()
        return folder.deletingLastPathComponent().deletingLastPathComponent()
    }()

    static let folder = root.appendingPathComponent("Protocol/vectors")

    static var isWriting: Bool { ProcessInfo.processInfo.environment["TRUCKROLL_WRITE_VECTORS"] == "1" }

    static func url(_ name: String) -> URL { folder.appendingPathComponent("\(name).json") }

    static func load<Case: VectorCase>(_: Case.Type) throws -> [Case] {
        if isWriting { try write(try Case.make(), to: Case.file) }
        return try read(Case.file)
    }

    static func read<Case: Codable>(_ name: String) throws -> [Case] {
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        return try decoder.decode([Case].self, from: try Data(contentsOf: url(name)))
    }

    static func write<Case: Codable>(_ cases: [Case], to name: String) throws {
        let encoder = JSONEncoder()
        encoder.keyEncodingStrategy = .convertToSnakeCase
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try (try encoder.encode(cases) + Data("\n".utf8)).write(to: url(name), options: .atomic)
    }
}

/// Bytes that stand in JSON as lower-case hexadecimal text.
struct Hex: Codable, Hashable, Sendable {
    let bytes: [UInt8]

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    init(from decoder: any Decoder) throws {
        let text = try decoder.singleValueContainer().decode(String.self)
        guard let bytes = [UInt8](hexadecimal: text), bytes.hexadecimal == text else {
            throw DecodingError.dataCorrupted(.init(codingPath: decoder.codingPath, debugDescription: "“\(text)” is no lower-case hexadecimal text"))
        }
        self.bytes = bytes
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(bytes.hexadecimal)
    }
}

/// The code with which `body` refuses, or `nil` when it does not.
func refusal(_ body: () throws -> Void) -> String? {
    do {
        try body()
        return nil
    } catch let problem as DecodingProblem {
        return problem.code
    } catch { return "\(error)" }
}

func bigEndian(_ value: some FixedWidthInteger) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.append(bigEndian: value)
    return bytes
}

func text(_ value: String) -> [UInt8] { Array(value.utf8) }
