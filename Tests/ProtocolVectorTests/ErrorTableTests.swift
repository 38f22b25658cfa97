import Foundation
import Testing

/// The table of codes in `Protocol/11-errors.md` against the codes in the sources.
@Suite("Error codes")
struct ErrorTableTests {
    /// First cells of the form `| \`code\` |`.
    private func listed() throws -> Set<String> {
        let page = try String(contentsOf: VectorFile.root.appendingPathComponent("Protocol/11-errors.md"), encoding: .utf8)
        return Set(page.split(separator: "\n").compactMap { $0.firstMatch(of: /^\| `([a-z0-9-]+)` \|/).map { String($0.output.1) } })
    }

    /// The codes with which the sources make problems, remarks and rulings, each with one of its places.
    private func used() throws -> [String: String] {
        let sources = VectorFile.root.appendingPathComponent("Sources")
        let files = try #require(FileManager.default.enumerator(at: sources, includingPropertiesForKeys: nil))
        var codes: [String: String] = [:]
        for case let file as URL in files where file.pathExtension == "swift" && !file.path.contains("/Generated/") {
            let source = try String(contentsOf: file, encoding: .utf8)
            var found = source.matches(of: /\b(?:WireProblem|DecodingProblem|EngineProblem|DeviceProblem|problem)\(\s*"([a-z0-9-]+)"\s*,/).map {
                String($0.output.1)
            }
            found += source.matches(of: /\b(?:code|rule): "([a-z0-9-]+)"/).map { String($0.output.1) }
            if file.lastPathComponent == "Refusal.swift" { found += rawValues(in: source, of: "enum Refusal") }
            if ["TransportProblem.swift", "StoreProblem.swift"].contains(file.lastPathComponent) {
                found += source.matches(of: /case \.[A-Za-z]+: "([a-z-]+)"/).map { String($0.output.1) }
            }
            for code in found { codes[code] = file.lastPathComponent }
        }
        return codes
    }

    private func rawValues(in source: String, of declaration: String) -> [String] {
        guard let start = source.range(of: declaration), let end = source[start.upperBound...].range(of: "\n}") else { return [] }
        return source[start.upperBound..<end.lowerBound].matches(of: /\n    case ([a-z]+[A-Za-z]*)(?: = "([a-z-]+)")?/).map {
            String($0.output.2 ?? $0.output.1)
        }
    }

    @Test("every code in the sources stands in the table")
    func missing() throws {
        let listed = try listed()
        let missing = try used().filter { !listed.contains($0.key) }
        #expect(missing.isEmpty, "not in Protocol/11-errors.md: \(missing.sorted { $0.key < $1.key })")
    }

    @Test("every code in the table is used")
    func unused() throws {
        let unused = try listed().subtracting(try used().keys)
        #expect(unused.isEmpty, "nowhere used: \(unused.sorted())")
    }
}
