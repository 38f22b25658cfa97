import TruckrollCertificates
import TruckrollCore
import TruckrollCryptography
import TruckrollDomain

/// A calibration of a four-gas controller, made up of valid parts for tests to change.
enum Samples {
    static let day = "2026-11-20"

    static func at(_ time: String) -> String { "\(day)T\(time):00+01:00" }

    static func draft(
        channels: [SampleChannel] = SampleChannel.four, customer: String = "Παπαδόπουλος Διυλιστήρια Α.Ε.",
        technician: String = "Jürgen Żółkiewski"
    ) throws -> CertificateDraft {
        var particulars = CertificateParticulars(
            number: try CertificateNumber(parsing: "ACME-2026-D07-000123"),
            issuer: CertificateParty(
                name: "ACME Gas Safety GmbH", address: ["Hafenstraße 12", "20457 Hamburg, Germany"],
                contact: "+49 40 5550 100 · service@acme.example", reference: nil),
            customer: CertificateParty(
                name: customer, address: ["Λεωφόρος Νάτο 100", "193 00 Ασπρόπυργος"], contact: "Марія Коваленко",
                reference: "PO-4500018823"),
            place: PlaceOfWork(
                site: "Refinery Aspropyrgos, hydrotreater U-300", area: "Compressor house K-301",
                zone: "Zone 1, IIC T3",
                mounting: "Column C4, 0.5 m above floor"),
            method: CalibrationMethod(
                procedure: "Maker's manual GD-4 §7", revision: "edition 2025-03",
                standard: "IEC 60079-29-2:2015 (as guidance)"),
            item: CalibratedItem(
                maker: "Dräxler", model: "GD-4 Controller", serial: "GD4-20871-A", tag: "AT-30114", firmware: "3.8.1",
                exMarking: "II 2G Ex db IIC T6 Gb, −40 °C ≤ Ta ≤ +60 °C", exCertificate: "IECEx XYZ 19.0042X",
                conditionAsReceived: "Filter of channel 3 wet; housing clean, no damage; last calibrated 2026-05-18."),
            issued: at("11:40"),
            conditions: CalibrationConditions(
                temperature: "18.4", humidity: "52", pressure: "1013", flow: "0.5", exposureSeconds: 120,
                areEstimated: false),
            technician: CertifiedTechnician(
                name: technician, role: "Service technician", qualification: "IECEx CoPC, units Ex 001 and Ex 007",
                qualificationNumber: "IECEx ABC 24.0187", qualificationIssuer: "ABC Certification B.V.",
                validUntil: "2029-04-30"),
            software: CertificateSoftware(name: "Truckroll", version: "0.1.0", rules: "1"))
        particulars.order = "SO-2026-004711"
        particulars.deviations = ["T90 of channel 4 was not taken: the sensor is behind a permanent cover."]
        particulars.opinions = [
            "The hydrogen sulphide sensor has lost a fifth of its sensitivity; replace it within three months."
        ]
        particulars.parts = [
            PartChange(action: .fitted, part: "Filter disc 6812-110", serial: "LOT 2290", certificate: "EN 10204-2.1"),
            PartChange(action: .removed, part: "Filter disc 6812-110", serial: nil, certificate: nil),
        ]
        particulars.suppliedByCustomer = ["Tag number and zone classification."]
        return CertificateDraft(
            particulars: particulars, channels: channels.map(\.underTest), cylinders: SampleChannel.cylinders,
            readings: channels.flatMap(\.readings))
    }

    static func acceptance(of draft: CertificateDraft) throws -> CustomerAcceptance {
        CustomerAcceptance(
            name: "Μαρία Παπαδοπούλου", role: "Shift supervisor", meaning: .accepted, at: at("11:38"),
            shownHash: try draft.shownHash(),
            strokes: [
                [0, 900, 200, 300, 380, 20, 460, 420, 420, 900, 700, 480, 900, 420, 860, 800, 1200, 500],
                [1250, 520, 1500, 760, 1800, 300, 2100, 820, 2500, 420, 3000, 640],
            ])
    }

    /// The accepted certificate as it is frozen.
    static func content() throws -> CertificateContent {
        var draft = try draft()
        draft.particulars.acceptance = try acceptance(of: draft)
        return try draft.freeze()
    }
}

/// A channel with its readings: found, adjusted, left.
struct SampleChannel {
    var number: Int
    var gas: String
    var cas: String
    var unit: GasUnit
    var lfl: LFLBasis?
    var rangeHigh: String
    var resolution: String
    var technology: String
    var percent: String?
    var minimum: String
    var cylinder: String
    var applied: String
    var found: (zero: String, span: String)
    var left: (zero: String, span: String)
    var alarms: [(String, String)]
    var isAdjusted = true

    static let four = [
        SampleChannel(
            number: 1, gas: "Methane", cas: "74-82-8", unit: .percentLEL,
            lfl: LFLBasis(percentVolume: "4.4", source: "IEC 60079-20-1:2010"), rangeHigh: "100", resolution: "1",
            technology: "catalytic", percent: "10", minimum: "3", cylinder: "CYL-778", applied: "50",
            found: ("1", "43"), left: ("0", "50"), alarms: [("A1", "20"), ("A2", "40")]),
        SampleChannel(
            number: 2, gas: "Carbon monoxide", cas: "630-08-0", unit: .partsPerMillion, rangeHigh: "300",
            resolution: "1", technology: "electrochemical", percent: "10", minimum: "3", cylinder: "CYL-4410",
            applied: "100", found: ("0", "97"), left: ("0", "99"), alarms: [("A1", "30"), ("A2", "60")],
            isAdjusted: false),
        SampleChannel(
            number: 3, gas: "Hydrogen sulphide", cas: "7783-06-4", unit: .partsPerMillion, rangeHigh: "100.0",
            resolution: "0.1", technology: "electrochemical", percent: "10", minimum: "1.5", cylinder: "CYL-4410-S",
            applied: "25.0", found: ("0.2", "18.9"), left: ("0.0", "23.2"), alarms: [("A1", "5.0"), ("A2", "10.0")]),
        SampleChannel(
            number: 4, gas: "Oxygen", cas: "7782-44-7", unit: .percentVolume, rangeHigh: "25.0", resolution: "0.1",
            technology: "electrochemical", percent: nil, minimum: "0.6", cylinder: "CYL-902", applied: "18.0",
            found: ("-0.1", "17.9"), left: ("0.0", "18.0"), alarms: [("A1", "19.0")], isAdjusted: false),
    ]

    static let cylinders = [
        cylinder("CYL-778", "L-55", "Methane", "74-82-8", "2.20", .percentVolume, "0.02", "synthetic air"),
        cylinder("CYL-4410", "L-61", "Carbon monoxide", "630-08-0", "100", .partsPerMillion, "2", "nitrogen"),
        cylinder("CYL-4410-S", "L-62", "Hydrogen sulphide", "7783-06-4", "25.0", .partsPerMillion, "1.2", "nitrogen"),
        cylinder("CYL-902", "L-12", "Oxygen", "7782-44-7", "18.0", .percentVolume, "0.1", "nitrogen"),
    ]

    private static func cylinder(
        _ number: String, _ lot: String, _ gas: String, _ cas: String, _ concentration: String, _ unit: GasUnit,
        _ uncertainty: String, _ balance: String
    ) -> CylinderUsed {
        CylinderUsed(
            gas: ReferenceGas(
                cylinder: number, lot: lot, maker: "Linden Gases", gas: gas, cas: cas, concentration: concentration,
                unit: unit, uncertainty: uncertainty, coverageFactor: "2", balance: balance,
                certificate: "CG-991-\(lot)",
                certificateHash: String(repeating: "5e", count: 32), expiresOn: "2027-05-31"),
            certifiedOn: "2025-06-01")
    }

    var underTest: ChannelUnderTest {
        let channel = ChannelResult(
            number: number, gas: gas, cas: cas, unit: unit, lfl: lfl, rangeLow: "0", rangeHigh: rangeHigh,
            resolution: resolution, technology: technology, sensorSerial: "SN-\(number)0442", sensorExpires: "2028-03",
            isMandatory: true, points: [],
            adjustment: isAdjusted
                ? ChannelAdjustment(
                    at: Samples.at("10:15"), gainBefore: "1.00", gainAfter: "1.17", offsetBefore: "0.00",
                    offsetAfter: "-0.02") : nil,
            alarms: alarms.map {
                AlarmResult(
                    name: $0.0, setPoint: $0.1, reached: AlarmResponse(reached: true, outputs: "relay, horn, lamp"))
            }, t90Seconds: number == 4 ? nil : 22)
        return ChannelUnderTest(channel: channel, tolerancePercent: percent, toleranceMinimum: minimum)
    }

    var readings: [CalibrationReading] {
        [
            reading(.asFound, .zero, found.zero, "09:12"), reading(.asFound, .span, found.span, "09:20"),
            reading(.asLeft, .zero, left.zero, "11:00"), reading(.asLeft, .span, left.span, "11:10"),
        ]
    }

    private func reading(
        _ phase: CalibrationReading.Phase, _ point: CalibrationPoint, _ indicated: String, _ time: String
    ) -> CalibrationReading {
        CalibrationReading(
            channel: number, kind: .full, phase: phase, point: point, applied: point == .zero ? "0" : applied,
            indicated: indicated, unit: unit, cylinder: point == .zero ? nil : cylinder, at: Samples.at(time))
    }
}

/// A tenant, a device that signs, and the proof they make.
struct SampleIssuer {
    let tenantKey = P256.Signing.PrivateKey()
    let deviceKey = P256.Signing.PrivateKey()
    let device = [UInt8](repeating: 0xD7, count: 16)

    var publicKey: [UInt8] { Array(tenantKey.publicKey.x963Representation) }

    func enrolment() throws -> ProofFile.Enrolment {
        let statement = try EnrolmentStatement(
            tenant: [UInt8](repeating: 1, count: 16), device: device, user: [UInt8](repeating: 2, count: 16),
            replica: 7,
            publicKey: Array(deviceKey.publicKey.x963Representation), issuedAt: 1_760_000_000_000)
        let bytes = statement.encoded
        return .init(statement: bytes, signature: try LowS.sign(bytes, with: tenantKey))
    }

    func seal(_ content: CertificateContent) throws -> SealedCertificate {
        try SealedCertificate(sealing: content, device: device) { try LowS.sign($0, with: deviceKey) }
    }

    func proof(of sealed: SealedCertificate, pdf: [UInt8]) throws -> ProofFile {
        let registration = PDFRegistration(content: sealed.contentHash, pdf: pdf)
        return ProofFile(
            number: sealed.printedNumber, content: sealed.contentBytes, device: device,
            signature: sealed.signature ?? [], enrolment: try enrolment(),
            pdf: .init(
                sha256: registration.sha256, size: pdf.count, device: device,
                signature: try LowS.sign(registration.encoded, with: deviceKey), enrolment: try enrolment()))
    }
}
