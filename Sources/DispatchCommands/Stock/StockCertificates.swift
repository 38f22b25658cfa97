import ArgumentParser
import CommandSupport
import TruckrollClient
import TruckrollCore
import TruckrollDomain
import TruckrollSync
import TruckrollTerminal

extension ConformityScheme: ExpressibleByArgument {}
extension ExplosionMarking.Group: ExpressibleByArgument {}

/// What pieces have to be certified for, as it is typed.
struct CriteriaOptions: ParsableArguments {
    @Option(help: "By whose rules they are certified: IECEx, ATEX, UKEX or NEC.") var scheme: ConformityScheme?
    @Option(help: "The zone they are fit for: 0, 1, 2, 20, 21 or 22.") var zone: Int?
    @Option(help: "The gas or dust group they are fit for, such as IIC.") var group: ExplosionMarking.Group?
    @Option(help: ArgumentHelp("The temperature class they keep, T1 to T6.", valueName: "class")) var temperature: String?
    @Option(help: ArgumentHelp("How long their certificate lasts beyond the day they are needed.", valueName: "days")) var validDays: Int?

    func validate() throws {
        if let zone, ![0, 1, 2, 20, 21, 22].contains(zone) { throw ValidationError("--zone is 0, 1, 2, 20, 21 or 22.") }
        if let temperature, !["T1", "T2", "T3", "T4", "T5", "T6"].contains(temperature.uppercased()) {
            throw ValidationError("--temperature is a class from T1 to T6.")
        }
        if let validDays, !(0...3650).contains(validDays) { throw ValidationError("--valid-days is from 0 to 3650.") }
    }

    /// `nil` where nothing is asked for.
    var criteria: UnitCriteria? {
        var criteria = UnitCriteria()
        (criteria.scheme, criteria.zone, criteria.group) = (scheme, zone, group)
        (criteria.temperatureClass, criteria.validDays) = (temperature?.uppercased(), validDays)
        return criteria.isEmpty ? nil : criteria
    }
}

struct StockCandidatesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "candidates", abstract: "Which pieces at a place are certified for what is asked, and what speaks against the others.",
        discussion: """
            `stock reserve` with the same options names as many of them for an order as it asks for, or none; those whose certificates end \
            sooner go first.

            EXAMPLE
              truckroll-dispatch stock candidates HI-1002 --at "Depot Nord" \\
                --scheme IECEx --zone 1 --group IIC --valid-days 90

            EXIT STATUS: 0 shown, being offline included; 2 none is what is asked for; 64 bad usage; 1 anything else.
            JSON: part, location, criteria, pieces (serial, eligible, reserved, valid_to, verdict, findings, not_asked), synced, \
            as_of_position.
            """)

    @OptionGroup var options: DispatchOptions
    @Argument(help: "The part: its number, GTIN, name or id.") var part: String
    @Option(help: ArgumentHelp("The place: its name or id.", valueName: "location")) var at: String
    @OptionGroup var asked: CriteriaOptions
    @Option(help: ArgumentHelp("YYYY-MM-DD, today or tomorrow; today when left out.", valueName: "day"), transform: CalendarText.day)
    var neededOn: String?

    func run() async throws {
        try await options.run { session in
            let reach = try await session.sync()
            var isMet = false
            try session.print(reach) { reader, calendar in
                let lookup = DispatchLookup(reader)
                let (part, place) = (try lookup.part(part), try lookup.location(at))
                let criteria = asked.criteria ?? UnitCriteria()
                let candidates = try reader.conformity.candidates(part.id, at: place.id, for: criteria, neededOn: try calendar.day(neededOn))
                isMet = candidates.contains(where: \.isEligible)
                var table = Table(
                    [.init("Piece"), .init("Certified until"), .init("Fit"), .init("What speaks against it", .left, .wraps(minimum: 30))],
                    emptyText: "No piece of \(part.text("number") ?? "it") is known there by its number.",
                    footer: StyledText(
                        "\(candidates.count(where: \.isEligible)) of \(candidates.count.counted("piece"))"
                            + (criteria.isEmpty ? "" : " for \(criteria.words)")))
                for candidate in candidates {
                    let words = candidate.report.findings.map(\.text) + (candidate.reservedFor == nil ? [] : ["It is named for an order already."])
                    table.addRow(
                        StyledText(candidate.serial, .bold), StyledText(candidate.validTo.map { "\($0)" } ?? "no end"),
                        StyledText(candidate.isEligible ? "yes" : "no", candidate.isEligible ? .green : .red),
                        StyledText(words.joined(separator: " ")))
                }
                let pieces = candidates.map { candidate in
                    JSONValue.object(
                        [
                            ("serial", .string(candidate.serial)), ("eligible", .bool(candidate.isEligible)),
                            ("reserved", .bool(candidate.reservedFor != nil)), ("valid_to", .text(candidate.validTo.map { "\($0)" })),
                        ] + candidate.report.json)
                }
                return (
                    [
                        ("part", .text(part.text("number"))), ("location", .text(place.text("name"))), ("criteria", .string(criteria.words)),
                        ("pieces", .array(pieces)),
                    ], [table]
                )
            }
            return isMet ? .done : .refused
        }
    }
}

struct StockCertificateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "certificate", abstract: "Enter a type certificate of a part or a model, or withdraw one.",
        discussion: """
            It says where pieces may be used: by its scheme, or in the countries that are named. Without an end it holds until it is withdrawn; \
            who was promised pieces that are not certified any more is given others, or waits again.

            EXAMPLE
              truckroll-dispatch stock certificate --part HI-1002 --scheme IECEx \\
                --number "IECEx BVS 21.0012X" --marking "Ex db IIC T6 Gb" \\
                --valid-to 2027-03-31
              truckroll-dispatch stock certificate --withdraw 1f2e3d4c

            \(StockCommand.written)
            JSON: answer (granted, refused, pending), text, id.
            """)

    @OptionGroup var options: DispatchOptions
    @Option(help: "The part: its number, GTIN, name or id.") var part: String?
    @Option(help: "The model, by its name or id.") var model: String?
    @Option(help: "By whose rules: IECEx, ATEX, UKEX or NEC.") var scheme: ConformityScheme?
    @Option(help: "Its number, with all its letters.", transform: Wording.read) var number: String?
    @Option(help: "The text of the plate that it allows.", transform: Wording.read) var marking: String?
    @Option(help: ArgumentHelp("A country where it counts, as DE; repeat it for several.", valueName: "code")) var country: [String] = []
    @Option(help: ArgumentHelp("The first piece it is for.", valueName: "serial")) var serialFrom: String?
    @Option(help: ArgumentHelp("The last piece it is for.", valueName: "serial")) var serialTo: String?
    @Option(help: ArgumentHelp("Its first day, YYYY-MM-DD.", valueName: "day"), transform: CalendarText.day) var validFrom: String?
    @Option(help: ArgumentHelp("Its last day, YYYY-MM-DD.", valueName: "day"), transform: CalendarText.day) var validTo: String?
    @Option(help: ArgumentHelp("One that is entered, by its id or the end of it: it gets the --valid-to.", valueName: "certificate")) var change:
        String?
    @Option(help: ArgumentHelp("One that is withdrawn, by its id or the end of it.", valueName: "certificate")) var withdraw: String?

    func validate() throws {
        let isNew = change == nil && withdraw == nil
        if isNew, (part == nil) == (model == nil) { throw ValidationError("Name the --part or the --model it is for.") }
        if isNew, scheme == nil || number == nil { throw ValidationError("Give its --scheme and its --number.") }
        if change != nil, validTo == nil { throw ValidationError("--change is with --valid-to.") }
        if change != nil, withdraw != nil { throw ValidationError("--change and --withdraw exclude each other.") }
        for code in country where !code.wholeMatchesCountry { throw ValidationError("“\(code.prefix(10))” is no country's code of two letters.") }
    }

    func run() async throws {
        try await options.run { session in
            let calendar = try session.calendar()
            let last = try validTo.map { try calendar.day($0) }
            let first = try validFrom.map { try calendar.day($0) }
            if let first, let last, last < first { throw ValidationError("It ends before it begins.") }
            return try await session.stock("Certificate \(number ?? change ?? withdraw ?? "")", "Noted.") { client in
                if let id = change ?? withdraw {
                    let record = try client.read { try DispatchLookup($0).record("type_certificate", id).id }
                    return try client.dispatchCertificate(record, validTo: last, isWithdrawn: withdraw != nil)
                }
                let (part, model) = try client.read { reader in
                    let lookup = DispatchLookup(reader)
                    return (try self.part.map { try lookup.part($0).id }, try self.model.map { try lookup.model($0).id })
                }
                var new = NewTypeCertificate(part: part, model: model, scheme: scheme ?? .iecex, number: number ?? "")
                (new.marking, new.countries) = (marking, country.map { $0.uppercased() })
                new.serials = SerialRange(from: serialFrom, to: serialTo)
                (new.from, new.to) = (first, last)
                return try client.dispatchCertificate(new)
            }
        }
    }
}

extension String {
    fileprivate var wholeMatchesCountry: Bool { count == 2 && allSatisfy { $0.isASCII && $0.isLetter } }
}

struct StockCertificatesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "certificates", abstract: "Type certificates of parts and models, those that end soonest first.",
        discussion: """
            EXAMPLE
              truckroll-dispatch stock certificates
              truckroll-dispatch stock certificates --part HI-1002

            \(StockCommand.read)
            JSON: certificates (id, of, scheme, number, marking, countries, serial_from, serial_to, valid_from, valid_to, withdrawn), synced, \
            as_of_position.
            """)

    @OptionGroup var options: DispatchOptions
    @Option(help: "A part: its number, GTIN, name or id.") var part: String?

    func run() async throws {
        try await options.run { session in
            try await session.show { reader, calendar in
                let wanted = try part.map { try DispatchLookup(reader).part($0).id }
                let views =
                    try wanted.map { try reader.views("type_certificate", where: "part", equals: .reference($0)) } ?? reader.views("type_certificate")
                let today = calendar.now.date
                var table = Table(
                    [
                        .init("Of", .left, .truncates(minimum: 10)), .init("Scheme"), .init("Number"), .init("Plate", .left, .wraps(minimum: 16)),
                        .init("Pieces"), .init("Until"), .init("Id"),
                    ], emptyText: "No certificates are kept.", footer: StyledText(views.count.counted("certificate")))
                var list: [JSONValue] = []
                for view in views.sorted(by: { ($0.text("valid_to") ?? "9", $0.id) < ($1.text("valid_to") ?? "9", $1.id) }) {
                    let of =
                        try view.reference("part").flatMap { try reader.view("part", $0)?.text("number") }
                        ?? view.reference("model").flatMap { try reader.view("asset_model", $0)?.text("name") } ?? ""
                    let stands = TypeCertificate(view).map { $0.problem(from: today) == nil } ?? false
                    let pieces = [view.text("serial_from"), view.text("serial_to")].compactMap(\.self).joined(separator: " to ")
                    let until = view.text("withdrawn") == "yes" ? "withdrawn" : view.text("valid_to") ?? "no end"
                    table.addRow(
                        StyledText(of, .bold), StyledText(view.text("scheme") ?? ""), StyledText(view.text("number") ?? ""),
                        StyledText(view.text("marking") ?? ""), StyledText(pieces.isEmpty ? "all" : pieces),
                        StyledText(until, stands ? .plain : [.bold, .red]), StyledText("…\(view.id.short)", .dim))
                    list.append(
                        .object(
                            [("id", .string("\(view.id)")), ("of", .string(of))]
                                + JSONValue.members(
                                    view,
                                    ["scheme", "number", "marking", "countries", "serial_from", "serial_to", "valid_from", "valid_to", "withdrawn"])))
                }
                return ([("certificates", .array(list))], [table])
            }
        }
    }
}
