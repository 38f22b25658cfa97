import TruckrollCore

/// What a notified body says of a product: that pieces of it may be used in explosive atmospheres, and where.
public struct TypeCertificate: Hashable, Sendable {
    /// By whose rules it was issued.
    public let scheme: ConformityScheme
    /// Its number, as its issuer writes it.
    public let number: String
    /// The text of the plate that it allows; `nil` where nobody has typed it off.
    public let marking: String?
    /// ISO 3166-1 alpha-2 codes of where it counts, where that is narrower or wider than its scheme; empty where it is as the scheme says.
    public let countries: Set<String>
    /// The pieces it is for.
    public let serials: SerialRange
    /// Its first day; `nil` where nobody has said.
    public let from: CalendarDate?
    /// Its last day; `nil` where it ends only by being withdrawn, as most certificates of conformity do.
    public let to: CalendarDate?
    /// Whether its issuer has taken it back.
    public let isWithdrawn: Bool

    public init(
        scheme: ConformityScheme, number: String, marking: String? = nil, countries: Set<String> = [],
        serials: SerialRange = SerialRange(from: nil, to: nil), from: CalendarDate? = nil, to: CalendarDate? = nil, isWithdrawn: Bool = false
    ) {
        (self.scheme, self.number, self.marking, self.countries) = (scheme, number, marking, countries)
        (self.serials, self.from, self.to, self.isWithdrawn) = (serials, from, to, isWithdrawn)
    }

    /// As a record says; `nil` where it names no scheme that is known.
    public init?(_ view: RecordView) {
        guard let scheme = view.text("scheme").flatMap({ ConformityScheme(rawValue: $0) }), let number = view.text("number") else { return nil }
        self.init(
            scheme: scheme, number: number, marking: view.text("marking"),
            countries: Set((view["countries"].list ?? []).compactMap { $0.text?.uppercased() }),
            serials: SerialRange(from: view.text("serial_from"), to: view.text("serial_to")),
            from: view.text("valid_from").flatMap { CalendarDate($0) }, to: view.text("valid_to").flatMap { CalendarDate($0) },
            isWithdrawn: view.text("withdrawn") == "yes")
    }

    /// Its scheme and its number.
    public var name: String { number.uppercased().contains(scheme.rawValue.uppercased()) ? number : "\(scheme.rawValue) \(number)" }

    /// Whether it counts in a country, an ISO 3166-1 alpha-2 code in any case: by its own list, else as its scheme does.
    public func isAccepted(in country: String) -> Bool {
        let country = country.uppercased()
        return countries.isEmpty ? ConformityScheme.accepted(in: country).contains(scheme) : countries.contains(country)
    }

    /// What keeps it from standing for a whole span of days, as the rest of a sentence about it; `nil` when nothing does.
    ///
    /// - Parameter days: how many days after the first one it has to last at least.
    public func problem(from day: CalendarDate, lasting days: Int = 0) -> String? {
        if isWithdrawn { return "is withdrawn" }
        if let from, day < from { return "is not in force before \(from)" }
        guard let to else { return nil }
        if to < day { return "ended on \(to)" }
        let left = to.daysSince1970 - day.daysSince1970
        return left < days ? "ends on \(to), \(left) days after \(day); \(days) are asked for" : nil
    }
}
