/// An amount of money: whole minor units of one currency, never binary floating point.
public struct Money: Hashable, Sendable, CustomStringConvertible {
    public let minorUnits: Int64
    /// ISO 4217 code, three capital letters.
    public let currency: String

    public init(minorUnits: Int64, currency: String) { (self.minorUnits, self.currency) = (minorUnits, currency) }

    /// What a record says of it; `nil` without amount or currency.
    ///
    /// - Parameter field: the amount; the currency is the record's.
    public init?(_ view: RecordView, _ field: String) {
        guard let amount = view.integer(field), let currency = view.text("currency") else { return nil }
        self.init(minorUnits: amount, currency: currency)
    }

    /// Reads an amount and a currency such as `12000.50 EUR`, with a point and no more digits behind it than the currency has. `nil` for
    /// anything else, and for less than nothing.
    public init?(_ text: some StringProtocol) {
        let words = text.split(separator: " ")
        guard words.count == 2, case let code = String(words[1]), code.utf8.count == 3, code.utf8.allSatisfy({ (0x41...0x5A).contains($0) }) else {
            return nil
        }
        let parts = words[0].split(separator: ".", omittingEmptySubsequences: false)
        let digits = Self.decimals(of: code)
        guard (1...2).contains(parts.count), parts.allSatisfy({ !$0.isEmpty && $0.utf8.allSatisfy { (0x30...0x39).contains($0) } }) else {
            return nil
        }
        let fraction = parts.count == 2 ? String(parts[1]) : ""
        guard fraction.utf8.count <= digits else { return nil }
        let padded = fraction + String(repeating: "0", count: digits - fraction.utf8.count)
        guard let units = Int64(parts[0] + padded) else { return nil }
        self.init(minorUnits: units, currency: code)
    }

    public var description: String {
        let digits = Self.decimals(of: currency)
        let all = String(minorUnits.magnitude)
        let padded = String(repeating: "0", count: max(0, digits + 1 - all.count)) + all
        let sign = minorUnits < 0 ? "-" : ""
        return digits == 0 ? "\(sign)\(padded) \(currency)" : "\(sign)\(padded.dropLast(digits)).\(padded.suffix(digits)) \(currency)"
    }

    /// How many digits a currency has behind the point: ISO 4217, list one, of 2024.
    public static func decimals(of currency: String) -> Int {
        switch currency {
        case "BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "UYI", "VND", "VUV", "XAF", "XOF", "XPF": 0
        case "BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND": 3
        case "CLF", "UYW": 4
        default: 2
        }
    }
}
