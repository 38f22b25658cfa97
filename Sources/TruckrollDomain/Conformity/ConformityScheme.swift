/// By whose rules equipment for explosive atmospheres is certified.
public enum ConformityScheme: String, Hashable, Sendable, CaseIterable {
    /// Certificates of conformity of the IECEx system.
    case iecex = "IECEx"
    /// EU-type examination by 2014/34/EU.
    case atex = "ATEX"
    /// UK-type examination by SI 2016/1107.
    case ukex = "UKEX"
    /// Listing for North America, by the National Electrical Code and the Canadian Electrical Code.
    case nec = "NEC"

    private static let european: Set<String> = [
        "AT", "BE", "BG", "CH", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU", "IE", "IS", "IT", "LI", "LT", "LU", "LV", "MT",
        "NL", "NO", "PL", "PT", "RO", "SE", "SI", "SK", "TR",
    ]

    /// Those that count in a country.
    ///
    /// - Parameter country: ISO 3166-1 alpha-2 code, in capitals.
    public static func accepted(in country: String) -> [ConformityScheme] {
        if european.contains(country) { return [.atex] }
        switch country {
        case "GB": return [.ukex, .atex]
        case "US", "CA": return [.nec]
        default: return [.iecex]
        }
    }
}
