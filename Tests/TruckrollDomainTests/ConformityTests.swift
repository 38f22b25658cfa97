import Testing
import TruckrollCore
import TruckrollDomain

@Suite("What pieces are approved and certified for")
struct ConformityTests {
    private func day(_ text: String) throws -> CalendarDate { try #require(CalendarDate(text)) }

    // MARK: Ranges

    @Test(
        "a serial number belongs to a range when it is built like its ends",
        arguments: [
            ("GX-0100", true), ("GX-0199", true), ("gx-0150", true), ("GX-150", true), ("GX-00150", true), ("GX-0099", false), ("GX-0200", false),
            ("GZ-0150", false), ("GX-0150-R", false), ("GX-", false), ("0150", false), ("", false), ("GX0150", false),
        ])
    func serials(_ serial: String, _ isCovered: Bool) {
        #expect(SerialRange(from: "GX-0100", to: "GX-0199").contains(serial) == isCovered)
    }

    @Test("an end that is left out is none, numbers of any length compare by their value, and years before numbers decide first")
    func openSerials() {
        #expect(SerialRange(from: nil, to: " ").isOpen && SerialRange(from: nil, to: nil).contains("anything"))
        #expect(SerialRange(from: "A99999999999999999999", to: nil).contains("A100000000000000000000"))
        #expect(!SerialRange(from: nil, to: "A5").contains("A6") && SerialRange(from: nil, to: "A5").contains("A4"))
        let range = SerialRange(from: "2024-900", to: "2025-100")
        #expect(range.contains("2024-999") && range.contains("2025-001") && !range.contains("2025-101") && !range.contains("2024-899"))
    }

    @Test(
        "revisions compare part by part",
        arguments: [
            ("2.1", true), ("2.1.0", true), ("v2.10", true), ("2.9.9", true), ("2.10.1", false), ("2.0.9", false), ("3", false), ("beta", false),
            ("2..1", false), ("", false), (" ", false),
        ])
    func revisions(_ revision: String, _ isCovered: Bool) {
        #expect(RevisionRange(from: "2.1", to: "2.10").contains(revision) == isCovered)
    }

    // MARK: Certificates

    @Test("a certificate lasts as long as is asked for, to the day")
    func lasting() throws {
        let certificate = TypeCertificate(scheme: .iecex, number: "BVS 21.0012", from: try day("2026-01-01"), to: try day("2027-02-28"))
        let today = try day("2026-11-30")
        #expect(certificate.problem(from: today, lasting: 90) == nil)
        #expect(certificate.problem(from: today, lasting: 91)?.contains("90 days after") == true)
        #expect(certificate.problem(from: try day("2027-02-28")) == nil)
        #expect(certificate.problem(from: try day("2027-03-01")) == "ended on 2027-02-28")
        #expect(certificate.problem(from: try day("2025-12-31")) == "is not in force before 2026-01-01")
        #expect(TypeCertificate(scheme: .iecex, number: "X").problem(from: today, lasting: 3650) == nil)
        #expect(TypeCertificate(scheme: .iecex, number: "X", isWithdrawn: true).problem(from: today) == "is withdrawn")
    }

    @Test("a certificate counts where its scheme does, or where it says")
    func counting() {
        let atex = TypeCertificate(scheme: .atex, number: "1")
        #expect(atex.isAccepted(in: "de") && atex.isAccepted(in: "GB") && !atex.isAccepted(in: "US") && !atex.isAccepted(in: "AU"))
        #expect(TypeCertificate(scheme: .iecex, number: "1").isAccepted(in: "AU"))
        #expect(TypeCertificate(scheme: .iecex, number: "1", countries: ["US"]).isAccepted(in: "us"))
        #expect(!TypeCertificate(scheme: .iecex, number: "1", countries: ["US"]).isAccepted(in: "AU"))
    }

    // MARK: Criteria

    private let fit = TypeCertificate(
        scheme: .iecex, number: "BVS 21.0012", marking: "Ex db IIC T6 Gb", serials: SerialRange(from: "D1", to: "D5"), to: CalendarDate("2027-06-30"))

    private var criteria: UnitCriteria {
        var criteria = UnitCriteria()
        (criteria.scheme, criteria.zone, criteria.group, criteria.validDays) = (.iecex, 1, .iic, 90)
        return criteria
    }

    @Test("a piece that meets all is found fit, and each criterion that one fails is named")
    func criterion() throws {
        let today = try day("2026-11-30")
        func codes(_ serial: String, _ certificates: [TypeCertificate], _ change: (inout UnitCriteria) -> Void = { _ in }) -> [String] {
            var asked = criteria
            change(&asked)
            return asked.report(on: serial, certificates, neededOn: today).findings.map(\.code)
        }
        #expect(codes("D1", [fit]) == [])
        #expect(codes("D6", [fit]) == ["unit-certificate"])
        #expect(codes("D1", [fit]) { $0.scheme = .atex } == ["unit-certificate"])
        #expect(codes("D1", [fit]) { $0.validDays = 213 } == ["unit-validity"])
        #expect(codes("D1", [fit]) { $0.validDays = 212 } == [])
        #expect(codes("D1", [fit]) { $0.zone = 0 } == ["ex-zone"])
        #expect(codes("D1", [fit]) { $0.temperatureClass = "T6" } == [])
        #expect(codes("D1", [fit]) { ($0.zone, $0.group) = (21, .iiic) } == ["ex-zone"])
        let weak = TypeCertificate(scheme: .iecex, number: "2", marking: "Ex ec IIB T3 Gc")
        #expect(codes("D1", [weak]) { $0.temperatureClass = "T4" } == ["ex-zone", "ex-group", "ex-temperature"])
        #expect(codes("D1", [TypeCertificate(scheme: .iecex, number: "3")]).first == "ex-marking")
        #expect(codes("D1", [weak, fit]) == [])
        let dust = TypeCertificate(scheme: .iecex, number: "4", marking: "Ex tb IIIC T200°C Db")
        func dusty(_ temperature: String) -> [String] {
            codes("D1", [dust]) { ($0.zone, $0.group, $0.temperatureClass, $0.validDays) = (21, .iiic, temperature, nil) }
        }
        #expect(dusty("T3") == [] && dusty("T4") == ["ex-temperature"])
        var odd = criteria
        (odd.zone, odd.group) = (21, .iic)
        #expect(odd.isContradictory && !criteria.isContradictory)
        #expect(criteria.words == "IECEx, zone 1, IIC, valid for 90 days")
        #expect(UnitCriteria().isEmpty && UnitCriteria().report(on: "D1", [fit], neededOn: today).findings.isEmpty)
    }

    @Test("certain pieces go to nobody twice, and one that finds none holds nothing back")
    func queue() {
        let (a, b, c) = (RecordID(high: 1, low: 1), RecordID(high: 1, low: 2), RecordID(high: 1, low: 3))
        func line(_ number: UInt64, _ quantity: Int64, _ pieces: [RecordID]?, takesPart: Bool = false) -> BackorderLine {
            BackorderLine(
                reservation: RecordID(high: 2, low: number), outstanding: Quantity(millionths: quantity * 1_000_000), priority: Int(number),
                neededBy: nil, asked: number, takesPart: takesPart, isEmergency: false, pieces: pieces)
        }
        let three = Quantity(millionths: 3_000_000)
        let grants = BackorderQueue([line(1, 2, [a, b]), line(2, 2, [b, c], takesPart: true), line(3, 1, nil)]).grants(of: three, keeping: .zero)
        #expect(grants.map(\.pieces) == [[a, b], [c]])
        #expect(grants.map(\.quantity) == [Quantity(millionths: 2_000_000), .one])
        let others = BackorderQueue([line(1, 2, [a]), line(3, 2, nil)]).grants(of: three, keeping: .zero)
        #expect(others.map(\.line.reservation.low) == [3])
        // Two ordinary pieces are not held for three certified ones that are not there; two certified ones for both would be.
        let short = BackorderQueue([line(1, 3, [a]), line(3, 2, nil)]).grants(of: Quantity(millionths: 2_000_000), keeping: .zero)
        #expect(short.map(\.line.reservation.low) == [3])
        let held = BackorderQueue([line(1, 2, [a, b]), line(3, 1, nil)]).grants(of: .one, keeping: .zero)
        #expect(held.isEmpty)
        let kept = BackorderQueue([line(1, 2, [a, b], takesPart: true)]).grants(of: three, keeping: Quantity(millionths: 1_500_000))
        #expect(kept.map(\.pieces) == [[a]])
    }

    // MARK: Fitting

    private let model = RecordID(high: 9, low: 1)

    private func found(_ piece: FittingCheck.Piece, _ change: (inout FittingCheck.Asset) -> Void = { _ in }) throws -> RuleReport {
        var asset = FittingCheck.Asset(model: model, modelName: "GD-1", serial: "SN150", firmware: "2.4", isInHazardousArea: true, country: "DE")
        change(&asset)
        return FittingCheck.report(on: piece, in: asset, on: try day("2026-11-30"))
    }

    @Test("a part is fitted to the units that its approval names, and what it fails is named")
    func approvals() throws {
        let other = PartApproval(model: RecordID(high: 9, low: 2))
        let own = PartApproval(
            model: model, serials: SerialRange(from: "SN100", to: "SN199"), revisions: RevisionRange(from: "2", to: "3"), from: try day("2026-01-01"),
            to: try day("2026-11-30"))
        func codes(_ approvals: [PartApproval], _ change: (inout FittingCheck.Asset) -> Void = { _ in }) throws -> [String] {
            try found(FittingCheck.Piece(part: "P", approvals: approvals), change).findings.map(\.code)
        }
        #expect(try codes([own]) == [])
        #expect(try codes([other]) == ["part-model"])
        #expect(try codes([own]) { $0.serial = "SN200" } == ["part-serial"])
        #expect(try codes([own]) { $0.serial = nil } == ["part-serial"])
        #expect(try codes([own]) { $0.firmware = "3.1" } == ["part-revision"])
        let unknown = try found(FittingCheck.Piece(part: "P", approvals: [own])) { $0.firmware = nil }
        #expect(unknown.findings.map(\.code) == ["part-revision"] && unknown.verdict == .warning)
        #expect(try codes([PartApproval(model: model, from: day("2026-12-01"))]) == ["part-day"])
        #expect(try codes([PartApproval(model: model, to: day("2026-11-29"))]) == ["part-day"])
        #expect(try codes([PartApproval(model: model, isWithdrawn: true)]) == ["part-withdrawn"])
        #expect(try codes([PartApproval(model: model, isWithdrawn: true), own]) == [])
        let unkept = try found(FittingCheck.Piece(part: "P"))
        #expect(unkept.findings.isEmpty && unkept.skipped.count == 8)
    }

    @Test("what is certified is fitted where and while its certificate counts, and anywhere where nothing explosive is expected")
    func certificates() throws {
        func codes(_ certificates: [TypeCertificate], serial: String? = "B7", _ change: (inout FittingCheck.Asset) -> Void = { _ in }) throws
            -> [String]
        { try found(FittingCheck.Piece(part: "P", serial: serial, certificates: certificates), change).findings.map(\.code) }
        let atex = TypeCertificate(scheme: .atex, number: "1", serials: SerialRange(from: "B1", to: "B9"), to: try day("2026-11-30"))
        #expect(try codes([atex]) == [])
        #expect(try codes([atex]) { $0.country = "US" } == ["part-region"])
        #expect(try codes([atex], serial: "B10") == ["part-certificate"])
        #expect(try codes([atex], serial: nil) == [])
        #expect(try codes([atex], serial: "B10") { $0.isInHazardousArea = false } == [])
        #expect(try codes([TypeCertificate(scheme: .atex, number: "1", to: day("2026-11-29"))]) == ["part-validity"])
        #expect(try codes([TypeCertificate(scheme: .atex, number: "1", isWithdrawn: true)]) == ["part-validity"])
    }

    // MARK: Levels

    private struct Subject: Sendable { var (first, second) = (false, false) }

    private var rules: RuleSet<Subject> {
        RuleSet(
            "test/1",
            [
                RuleLevel(
                    "high", [Rule("a") { .found($0.first ? [RuleFinding("a", .error, at: "x", "A", remedy: "")] : []) }]),
                RuleLevel(
                    "low",
                    [
                        Rule("b", after: ["a"]) { .found($0.second ? [RuleFinding("b", .error, at: "x", "B", remedy: "")] : []) },
                        Rule("c") { _ in .notAsked("nobody knows") },
                    ]),
            ])
    }

    @Test("a lower level is skipped only where an error above makes it meaningless, and the report says which")
    func levels() {
        let all = rules.report(on: Subject(first: true, second: true))
        #expect(all.findings.map(\.code) == ["a"])
        #expect(all.skipped == [SkippedRule("b", because: "a was found."), SkippedRule("c", because: "nobody knows")])
        #expect(rules.report(on: Subject(first: false, second: true)).findings.map(\.code) == ["b"])
    }

    @Test("a company's weights change what is grave, what is skipped and the name of the rules")
    func weights() {
        let subject = Subject(first: true, second: true)
        let off = rules.report(on: subject, RuleSettings(["a": .off]))
        #expect(off.findings.map(\.code) == ["b"])
        #expect(rules.report(on: subject, RuleSettings(["a": .warning])).findings.map(\.severity) == [.warning, .error])
        #expect(rules.report(on: subject).rules == "test/1")
        #expect(off.rules == "test/1-bbf367a2")
    }
}
