/// The number of an order that a device makes: its series, who took it down, its counter, and a check digit over all digits before it.
///
/// The check digit is Damm's (*Total anti-symmetrische Quasigruppen*, Marburg 2004): every digit that is read wrong and every two neighbours
/// that change places give another one.
public enum OrderNumber {
    /// Where an order was taken down.
    public enum Origin: String, Sendable {
        case field = "J"
        case office = "S"
        /// A maintenance plan; its orders are numbered after it.
        case maintenance = "M"
        /// A blanket order.
        case blanket = "B"
    }

    /// Such as `ACME-2026-D4-J17-3`.
    public static func text(series: String, _ origin: Origin, _ counter: UInt64) -> String {
        let number = "\(series)-\(origin.rawValue)\(counter)"
        return "\(number)-\(checkDigit(number))"
    }

    /// Whether a text is such a number, the whole of it, with another check digit than its digits give.
    public static func isMistyped(_ text: String) -> Bool {
        guard let match = text.wholeMatch(of: #/(.*-[0-9]{4}-[Dd][0-9]+-[JSMBjsmb][0-9]+)-([0-9])/#) else { return false }
        return String(match.2) != "\(checkDigit(match.1))"
    }

    /// Of the digits of a text; what else stands in it counts for nothing.
    static func checkDigit(_ text: some StringProtocol) -> Int {
        text.utf8.filter { (0x30...0x39).contains($0) }.reduce(0) { table[$0][Int($1) - 0x30] }
    }

    private static let table = [
        [0, 3, 1, 7, 5, 9, 8, 6, 4, 2], [7, 0, 9, 2, 1, 5, 4, 8, 6, 3], [4, 2, 0, 6, 8, 7, 1, 3, 5, 9], [1, 7, 5, 0, 9, 8, 3, 4, 2, 6],
        [6, 1, 2, 3, 0, 4, 5, 9, 7, 8], [3, 6, 7, 4, 2, 0, 9, 5, 8, 1], [5, 8, 6, 9, 7, 2, 0, 1, 3, 4], [8, 9, 4, 5, 3, 6, 2, 0, 1, 7],
        [9, 4, 3, 8, 6, 1, 7, 2, 0, 5], [2, 5, 8, 1, 4, 3, 6, 7, 9, 0],
    ]
}
