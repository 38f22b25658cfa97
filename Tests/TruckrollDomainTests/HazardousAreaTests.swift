import Testing
import TruckrollDomain

@Suite("Equipment in hazardous areas")
struct HazardousAreaTests {
    // MARK: Plates

    struct Plate: Sendable, CustomTestStringConvertible {
        let text: String
        /// One for each line, as ``words(_:)`` says it.
        let lines: [String]
        init(_ text: String, _ lines: String...) { (self.text, self.lines) = (text, lines) }
        var testDescription: String { text }
    }

    /// As they are found on equipment and in catalogues, and as people type them off.
    static let plates = [
        Plate("II 2G Ex db IIC T6 Gb", "gas b IIC 85"),
        Plate("II 2 G Ex db eb IIC T5 Gb", "gas b IIC 100"),
        Plate("Ex ia IIC T4 Ga", "gas a IIC 135"),
        Plate("Ex ia I Ma", "mine a I"),
        Plate("I M1 Ex ia I Ma", "mine a I"),
        Plate("I M2 Ex db I Mb", "mine b I"),
        Plate("II 2G Ex d IIC T6", "gas b IIC 85"),
        Plate("EEx d IIC T6", "gas - IIC 85"),
        Plate("Ex db IIB+H2 T4 Gb", "gas b IIB+H2 135"),
        Plate("II 2G Ex db IIB + H₂ T4 Gb", "gas b IIB+H2 135"),
        Plate("II 1G Ex ia IIC T4 Ga / II 1D Ex ia IIIC T135°C Da", "gas a IIC 135", "dust a IIIC 135"),
        Plate("II 2G Ex db IIC T6 Gb; II 2D Ex tb IIIC T85 °C Db", "gas b IIC 85", "dust b IIIC 85"),
        Plate("II 2GD Ex d IIC T6 Ex tb IIIC T85°C", "gas b IIC 85", "dust b IIIC 85"),
        Plate("II 3G Ex nA IIC T4 Gc", "gas c IIC 135"),
        Plate("II (1) 2G Ex db [ia Ga] IIC T4 Gb", "gas b IIC 135"),
        Plate("II 1/2G Ex ia/db IIC T4 Ga/Gb", "gas b IIC 135"),
        Plate("II 2G Ex db IIC T6 Gb -40 °C ≤ Ta ≤ +70 °C", "gas b IIC 85 [-40...70]"),
        Plate("II 2G Ex db IIC T6 Gb (−40 °C ≤ Ta ≤ +70 °C)", "gas b IIC 85 [-40...70]"),
        Plate("Ex db IIC T5 Gb Ta -40 °C to +85 °C, T6 Ta -40 °C to +70 °C", "gas b IIC 100 [-40...85] 85 [-40...70]"),
        Plate("II 2G Ex db IIC Gb T5 to +85 °C, T6 to +70 °C", "gas b IIC 100 [-20...85] 85 [-20...70]"),
        Plate("Ex db IIC T6...T4 Gb", "gas b IIC 135"),
        Plate("Ex db IIC T6…T4 Gb -20 °C ≤ Tamb ≤ +60 °C", "gas b IIC 135 [-20...60]"),
        Plate("Ex db IIC T4 Gb; Ta: -50...+60 °C", "gas b IIC 135 [-50...60]"),
        Plate("Class I, Division 1, Groups A, B, C, D T4", "gas b IIC 135 NEC"),
        Plate("Class I, Division 1, Groups B, C, D T4", "gas b IIB+H2 135 NEC"),
        Plate("Cl. I, Div. 2, Gr. A-D T3C", "gas c IIC 160 NEC"),
        Plate("Cl. I Div. 1 Gr. C and D T3B", "gas b IIB 165 NEC"),
        Plate("Class I, Zone 1 AEx db IIC T4 Gb", "gas b IIC 135 NEC"),
        Plate("Ex e II T4", "gas - IIC 135"),
        Plate("IP66, 24 V DC"), Plate(""), Plate("keine"),
    ]

    @Test("plates are read as they are written", arguments: plates)
    func plate(_ plate: Plate) {
        #expect(ExplosionMarking(plate.text).lines.map(Self.words) == plate.lines)
    }

    static func words(_ line: ExplosionMarking.Line) -> String {
        var words = [line.atmosphere.rawValue, line.level.map { "\($0)" } ?? "-"] + [line.group?.rawValue].compactMap(\.self)
        for temperature in line.temperatures {
            words.append("\(temperature.surface)")
            if let ambient = temperature.ambient { words.append("[\(ambient)]") }
        }
        if line.scheme == .northAmerican { words.append("NEC") }
        return words.joined(separator: " ")
    }

    // MARK: Areas

    private static let methane = HazardousArea.Gas(
        cas: "74-82-8", name: "Methane", ignition: 600, group: .iia, lowerLimit: try? ExactDecimal(parsing: "4.4"))
    private static let hydrogen = HazardousArea.Gas(cas: "1333-74-0", name: "Hydrogen", ignition: 560, group: .iic)
    private static let acetylene = HazardousArea.Gas(cas: "74-86-2", name: "Acetylene", ignition: 305, group: .iic)
    private static let ethylene = HazardousArea.Gas(cas: "74-85-1", name: "Ethylene", ignition: 440, group: .iib)
    private static let diethylEther = HazardousArea.Gas(cas: "60-29-7", name: "Diethyl ether", ignition: 175, group: .iib)
    private static let carbonDisulphide = HazardousArea.Gas(cas: "75-15-0", name: "Carbon disulphide", ignition: 90, group: .iic)

    private func area(
        _ zone: Int?, _ group: ExplosionMarking.Group? = nil, _ gases: [HazardousArea.Gas] = [], class name: String? = nil,
        ambient: ClosedRange<Int> = -20...40, dust: Int? = nil, country: String? = nil
    ) -> HazardousArea {
        var area = HazardousArea()
        (area.gasZone, area.gasGroup, area.gases, area.temperatureClass, area.ambient) = (zone, group, gases, name, ambient)
        (area.dustZone, area.country) = (dust, country)
        return area
    }

    private func codes(_ marking: String?, _ area: HazardousArea, certificate: String? = nil) -> [String] {
        HazardousAreaCheck.report(on: .init(marking: marking, certificate: certificate), in: area).findings.map(\.code)
    }

    @Test(
        "each zone asks for its level, by level or by category",
        arguments: [
            (0, "Ga", true), (0, "Gb", false), (0, "Gc", false), (1, "Ga", true), (1, "Gb", true), (1, "Gc", false), (2, "Ga", true), (2, "Gb", true),
            (2, "Gc", true),
        ])
    func zones(_ zone: Int, _ level: String, _ fits: Bool) {
        #expect(codes("Ex ia IIC T4 \(level)", area(zone)).contains("ex-zone") != fits)
        let category = ["Ga": "1", "Gb": "2", "Gc": "3"][level] ?? ""
        #expect(codes("II \(category)G Ex ia IIC T4", area(zone)).contains("ex-zone") != fits)
        let dusty = codes("Ex ia IIIC T135 °C \(level.replacing("G", with: "D"))", area(nil, dust: zone + 20))
        #expect(dusty.contains("ex-zone") != fits)
    }

    @Test("gas does not speak for dust, nor group I for anything above the ground")
    func atmospheres() {
        #expect(codes("II 2G Ex db IIC T6 Gb", area(nil, dust: 21)) == ["ex-zone"])
        #expect(codes("II 2D Ex tb IIIC T85°C Db", area(1)) == ["ex-zone"])
        #expect(codes("I M1 Ex ia I Ma", area(1)) == ["ex-zone"])
        var mine = HazardousArea()
        mine.isMine = true
        #expect(codes("I M2 Ex db I Mb", mine).isEmpty && codes("II 1G Ex ia IIC T4 Ga", mine) == ["ex-zone"])
        #expect(codes("II 2G Ex db IIC T6 Gb; II 2D Ex tb IIIC T85 °C Db", area(1, dust: 21)).isEmpty)
    }

    @Test("groups hold each other; IIB and hydrogen is not acetylene")
    func groups() {
        #expect(codes("Ex db IIC T1 Gb", area(1, .iib)).isEmpty)
        #expect(codes("Ex db IIB T1 Gb", area(1, .iic)) == ["ex-group"])
        #expect(codes("Ex db IIA T1 Gb", area(1, .iib)) == ["ex-group"])
        #expect(codes("Ex db IIB+H2 T1 Gb", area(1, .iib)).isEmpty)
        #expect(codes("Ex db IIB+H2 T1 Gb", area(1, nil, [Self.hydrogen])).isEmpty)
        #expect(codes("Ex db IIB+H2 T2 Gb", area(1, .iic, [Self.hydrogen, Self.ethylene])).isEmpty)
        #expect(codes("Ex db IIB+H2 T2 Gb", area(1, nil, [Self.acetylene])) == ["ex-group"])
        #expect(codes("Ex db IIB+H2 T1 Gb", area(1, .iic)) == ["ex-group"])
        #expect(codes("Class I, Division 1, Groups B, C, D T1", area(1, nil, [Self.acetylene])).contains("ex-group"))
        var dusty = area(nil, dust: 21)
        dusty.dustGroup = .iiic
        #expect(codes("Ex tb IIIB T85 °C Db", dusty) == ["ex-group"] && codes("Ex tb IIIC T85 °C Db", dusty).isEmpty)
    }

    @Test("the surface stays below what each gas ignites at, and within the class that is asked for")
    func temperatures() {
        #expect(codes("Ex db IIC T4 Gb", area(1, nil, [Self.diethylEther])).isEmpty)
        #expect(codes("Ex db IIC T3 Gb", area(1, nil, [Self.diethylEther])) == ["ex-temperature"])
        #expect(codes("Ex db IIC T5 Gb", area(1, nil, [Self.carbonDisulphide])) == ["ex-temperature"])
        #expect(codes("Ex db IIC T6 Gb", area(1, nil, [Self.carbonDisulphide])).isEmpty)
        // Between T4 and T3 lie subclasses: 165 °C is below the ether's 175, T3's 200 is not.
        #expect(codes("Class I, Division 1, Groups A-D T3B", area(1, nil, [Self.diethylEther])).isEmpty)
        #expect(codes("Ex db IIC T4 Gb", area(1, class: "T5")) == ["ex-temperature"] && codes("Ex db IIC T6 Gb", area(1, class: "T5")).isEmpty)
        #expect(TemperatureClass.required(byIgnitionAt: 305) == "T2" && TemperatureClass.required(byIgnitionAt: 260) == "T3")
        #expect(TemperatureClass.required(byIgnitionAt: 600) == "T1" && TemperatureClass.required(byIgnitionAt: 85) == nil)
        #expect(TemperatureClass.required(byIgnitionAt: 300) == "T3")
        #expect(codes("Ex db IIC Gb", area(1)) == ["ex-temperature"])
        var dusty = area(nil, dust: 21)
        dusty.dustTemperature = 100
        #expect(codes("Ex tb IIIC T85 °C Db", dusty).isEmpty && codes("Ex tb IIIC T135 °C Db", dusty) == ["ex-temperature"])
    }

    @Test("the area's temperatures lie within the marked ones; the class is that of the temperatures there")
    func ambient() {
        #expect(codes("Ex db IIC T4 Gb", area(1, ambient: -30...40)) == ["ex-ambient"])
        #expect(codes("Ex db IIC T4 Gb", area(1, ambient: -20...41)) == ["ex-ambient"])
        #expect(codes("Ex db IIC T4 Gb -40 °C ≤ Ta ≤ +60 °C", area(1, ambient: -30...50)).isEmpty)
        // T6 as long as it is no hotter than 70 °C, T5 up to 85 °C.
        let plate = "II 2G Ex db IIC Gb T5 to +85 °C, T6 to +70 °C"
        #expect(codes(plate, area(1, class: "T6", ambient: -20...60)).isEmpty)
        #expect(codes(plate, area(1, class: "T6", ambient: -20...80)) == ["ex-temperature"])
        #expect(codes(plate, area(1, nil, [Self.carbonDisulphide], ambient: -20...80)) == ["ex-temperature"])
        #expect(codes(plate, area(1, ambient: -20...90)) == ["ex-ambient"])
    }

    @Test("special conditions are read, and a certificate counts where it is accepted")
    func certificates() {
        let plate = "II 2G Ex db IIC T6 Gb"
        #expect(codes(plate, area(1, country: "DE"), certificate: "BVS 19 ATEX E 045 X") == ["ex-conditions"])
        #expect(codes(plate, area(1, country: "DE"), certificate: "BVS 19 ATEX E 045").isEmpty)
        #expect(codes(plate, area(1, country: "US"), certificate: "BVS 19 ATEX E 045") == ["ex-region"])
        #expect(codes("Ex db IIC T6 Gb", area(1, country: "DE"), certificate: "IECEx BVS 19.0045") == ["ex-region"])
        #expect(codes("Ex db IIC T6 Gb", area(1, country: "AU"), certificate: "IECEx BVS 19.0045").isEmpty)
        #expect(codes("Class I, Division 1, Groups A-D T6", area(1, country: "de")) == ["ex-region"])
        var equipment = HazardousAreaCheck.Equipment(marking: plate, certificate: "BVS 19 ATEX E 045 X")
        equipment.areConditionsAcknowledged = true
        #expect(HazardousAreaCheck.report(on: equipment, in: area(1)).findings.isEmpty)
    }

    @Test("a detector measures what may occur there, in a range that reaches the alarms")
    func gases() throws {
        func codes(_ channels: [HazardousAreaCheck.Channel]) -> [String] {
            var equipment = HazardousAreaCheck.Equipment(marking: "Ex db IIC T6 Gb")
            equipment.channels = channels
            return HazardousAreaCheck.report(on: equipment, in: area(1, nil, [Self.methane])).findings.map(\.code)
        }
        func channel(_ cas: String, _ upper: String, _ unit: String) throws -> HazardousAreaCheck.Channel {
            .init(cas: cas, upper: try ExactDecimal(parsing: upper), unit: unit)
        }
        #expect(try codes([channel("74-82-8", "100", "%LEL")]).isEmpty && codes([channel("74-82-8", "0.88", "%vol")]).isEmpty)
        #expect(try codes([channel("74-82-8", "0.87", "%vol")]) == ["ex-gases"] && codes([channel("74-82-8", "8799", "ppm")]) == ["ex-gases"])
        #expect(try codes([channel("7783-06-4", "100", "ppm")]) == ["ex-gases"] && codes([]) == ["ex-gases"])
    }

    @Test("what is not known is skipped and said, where nothing is expected nothing is asked, and no plate is an error")
    func unknown() {
        #expect(codes(nil, area(1)) == ["ex-marking"] && codes("  ", area(1)) == ["ex-marking"] && codes("IP66", area(1)) == ["ex-marking"])
        let nothing = HazardousAreaCheck.report(on: .init(marking: nil), in: area(nil))
        #expect(nothing.findings.isEmpty && nothing.verdict == nil && nothing.skipped.count == 7)
        let report = HazardousAreaCheck.report(on: .init(marking: "Ex db IIC T6 Gb"), in: area(1))
        #expect(report.findings.isEmpty && report.skipped.map(\.code) == ["ex-conditions", "ex-region", "ex-gases"])
        #expect(report.rules == HazardousAreaCheck.rules)
        #expect(codes("II 2G Ex db IIC T6 Gc", area(2)) == ["ex-contradiction"])
        // Of two schemes on one plate the one that fits speaks for it.
        #expect(codes("Class I, Division 2, Groups A-D T4 / II 2G Ex db IIC T4 Gb", area(1)).isEmpty)
    }
}
