import ArgumentParser
import TruckrollDomain

/// A part and how much of it, as they are typed: `HI-1002=2`.
public struct PartQuantity: ExpressibleByArgument, Hashable, Sendable {
    /// Its number, GTIN, name or id.
    public let part: String
    /// In the part's unit.
    public let quantity: Quantity

    /// `nil` without a part, and for no number above zero behind the last equals sign.
    public init?(argument: String) {
        guard let place = argument.lastIndex(of: "=") else { return nil }
        let part = argument[..<place].drop(while: \.isWhitespace)
        guard !part.isEmpty, let quantity = Quantity(String(argument[argument.index(after: place)...])), quantity > .zero else { return nil }
        (self.part, self.quantity) = (String(part), quantity)
    }
}
