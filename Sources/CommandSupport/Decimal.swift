import ArgumentParser
import TruckrollDomain

/// A decimal number as it is typed; its digits are kept.
public struct Decimal: Sendable {
    public let text: String
    public let value: Quantity

    /// - Throws: `ValidationError`, which ends a command with 64 before anything is opened.
    public static func read(_ text: String) throws -> Decimal {
        if let value = Quantity(text) { return Decimal(text: text, value: value) }
        let pointed = text.replacing(",", with: ".")
        guard pointed != text, Quantity(pointed) != nil else {
            throw ValidationError("It is a decimal number such as 47.5, with at most six digits behind the point.")
        }
        let parts = text.split(separator: ",", omittingEmptySubsequences: false)
        if parts.count == 2, parts[1].count == 3, parts[0].contains(where: { ("1"..."9").contains($0) }) {
            throw ValidationError("“\(text)” can be read in two ways. Write \(pointed) for a fraction, or \(text.replacing(",", with: "")).")
        }
        throw ValidationError("Use a point: \(pointed).")
    }
}
