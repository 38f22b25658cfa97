import Foundation
import TruckrollCore
import TruckrollSync

/// What a scanned text says: a plain serial number or tag, a GS1 element string, a link of one, or a link with an id.
public struct ScannedCode: Sendable, Hashable {
    /// What to look for, the surest first.
    public enum Key: Sendable, Hashable {
        case record(RecordID)
        case serial(String)
        /// Individual asset number, application identifier 8004.
        case giai(String)
        /// Text that may be a serial number or a tag.
        case plain(String)
    }

    public let keys: [Key]
    /// Trade item number, application identifier 01.
    public let gtin: String?

    /// - Throws: ``DeviceProblem`` `misread` when a number contradicts its check digit.
    public init(_ text: String) throws(DeviceProblem) {
        let text = text.trimmed
        guard !text.isEmpty, text.unicodeScalars.count <= 500 else {
            throw DeviceProblem(.misread, "A scan has 1 to 500 characters.", next: "Scan it again.")
        }
        let elements = Self.bracketed(text) ?? Self.link(text) ?? Self.raw(text)
        gtin = elements?.first { $0.identifier == "01" }?.value
        if let gtin, !Self.hasRightCheckDigit(gtin) {
            throw DeviceProblem(
                .misread, "The trade item number \(gtin) contradicts its check digit.", next: "Scan it again, or type the serial number.")
        }
        var keys: [Key] = []
        if text.contains("/") || text.contains(":"), let id = Self.recordID(in: text) { keys.append(.record(id)) }
        for element in elements ?? [] {
            if element.identifier == "21" { keys.append(.serial(element.value)) }
            if element.identifier == "8004" { keys.append(.giai(element.value)) }
        }
        self.keys = keys + [.plain(text)]
    }

    struct Element: Hashable {
        let identifier: String
        let value: String
    }

    /// `(01)04012345678901(21)AB-12`.
    private static func bracketed(_ text: String) -> [Element]? {
        guard text.first == "(" else { return nil }
        var elements: [Element] = []
        for part in text.dropFirst().split(separator: "(", omittingEmptySubsequences: false) {
            let pieces = part.split(separator: ")", maxSplits: 1, omittingEmptySubsequences: false)
            guard pieces.count == 2, (2...4).contains(pieces[0].count), pieces[0].utf8.allSatisfy(isDigit) else { return nil }
            elements.append(Element(identifier: String(pieces[0]), value: String(pieces[1]).trimmed))
        }
        return elements
    }

    /// A GS1 digital link: `https://…/01/04012345678901/21/AB-12`, or `…?serial=AB-12`.
    private static func link(_ text: String) -> [Element]? {
        guard let start = text.range(of: "://") else { return nil }
        let pieces = text[start.upperBound...].split(separator: "?", maxSplits: 1)
        let path = (pieces.first ?? "").split(separator: "/").dropFirst().map { decoded($0) }
        var elements: [Element] = []
        for (name, value) in zip(path, path.dropFirst()) where ["01", "21", "8004"].contains(name) {
            elements.append(Element(identifier: name, value: value))
        }
        for pair in (pieces.count == 2 ? pieces[1] : "").split(separator: "&") {
            let parts = pair.split(separator: "=", maxSplits: 1)
            guard parts.count == 2 else { continue }
            switch parts[0].lowercased() {
            case "21", "serial", "sn": elements.append(Element(identifier: "21", value: decoded(parts[1])))
            case "8004", "giai", "tag": elements.append(Element(identifier: "8004", value: decoded(parts[1])))
            default: break
            }
        }
        return elements
    }

    /// As a scanner sends it: identifiers without brackets, elements of variable length ended by the group separator.
    private static func raw(_ text: String) -> [Element]? {
        var rest = Substring(text)
        let prefixes = ["]C1", "]d2", "]Q3", "]e0", "]J1", "\u{1D}"]
        while let prefix = prefixes.first(where: { rest.hasPrefix($0) }) { rest = rest.dropFirst(prefix.count) }
        let fixed = ["01": 14, "02": 14, "00": 18, "11": 6, "13": 6, "15": 6, "17": 6]
        let open = ["8004", "240", "241", "10", "21"]
        var elements: [Element] = []
        while !rest.isEmpty {
            if rest.first == "\u{1D}" {
                rest = rest.dropFirst()
            } else if let (identifier, length) = fixed.first(where: { rest.hasPrefix($0.key) }) {
                let value = rest.dropFirst(identifier.count).prefix(length)
                guard value.count == length, value.utf8.allSatisfy(isDigit) else { return nil }
                elements.append(Element(identifier: identifier, value: String(value)))
                rest = rest.dropFirst(identifier.count + length)
            } else if let identifier = open.first(where: { rest.hasPrefix($0) }) {
                let value = rest.dropFirst(identifier.count).prefix { $0 != "\u{1D}" }
                guard !value.isEmpty else { return nil }
                elements.append(Element(identifier: identifier, value: String(value)))
                rest = rest.dropFirst(identifier.count + value.count)
            } else {
                return nil
            }
        }
        // A bare "21…" is more likely a serial number that begins so; it is tried as a plain text anyway.
        return elements
    }

    private static func recordID(in text: String) -> RecordID? {
        text.lowercased().split { !($0.isHexDigit || $0 == "-") }.lazy.compactMap { RecordID($0.suffix(36)) }.first
    }

    private static func decoded(_ text: some StringProtocol) -> String { String(text).removingPercentEncoding ?? String(text) }
    private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }

    /// The check digit of GS1 numbers: weights 3 and 1 from the right, modulo 10.
    static func hasRightCheckDigit(_ number: String) -> Bool {
        let digits = Array(number.utf8)
        guard digits.count == 14, digits.allSatisfy(isDigit) else { return false }
        let sum = digits.reversed().enumerated().reduce(0) { $0 + Int($1.element - 0x30) * ($1.offset.isMultiple(of: 2) ? 1 : 3) }
        return sum.isMultiple(of: 10)
    }
}
