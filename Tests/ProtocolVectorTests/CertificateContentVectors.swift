import Testing
import TruckrollCore
import TruckrollDomain

/// What is the content of a certificate, and what is not.
struct CertificateContentCase: VectorCase {
    static let file = "certificate-contents"
    var name: String
    var content: String
    var accepted: Bool

    /// With every member that may be absent, but for the accreditation.
    private static let whole = #"""
        {"acceptance":{"at":"2026-11-28T18:55:00+01:00","meaning":"accepted","name":"R. Meier","role":"shift leader",
        "shown_hash":"0000000000000000000000000000000000000000000000000000000000000000","strokes":[[0,0,
        -40,250]]},"accreditation":null,"channels":[{"adjustment":{"at":"2026-11-28T18:51:16+01:00","gain_after":"1.04",
        "gain_before":"1","offset_after":"-0.2","offset_before":null},"alarms":[{"name":"A1","reached":{"outputs":"horn, relay 2",
        "reached":true},"set_point":"20"},{"name":"A2","reached":{"outputs":null,"reached":true},"set_point":"40"}],
        "cas":"74-82-8","gas":"methane","is_mandatory":true,"lfl":{"percent_volume":"4.4","source":"IEC 60079-20-1:2010"},
        "number":1,"points":[{"as_found":{"applied":"0","at":"2026-11-28T07:50:56+01:00","coverage_factor":"2",
        "cylinder":"C070131","error":"1","indicated":"1","tolerance":"3","uncertainty":"1","verdict":"pass"},
        "as_left":{"applied":"0","at":"2026-11-28T08:02:56+01:00","coverage_factor":"2","cylinder":"C070131",
        "error":"0","indicated":"0","tolerance":"3","uncertainty":"1","verdict":"pass"},"point":"zero"},
        {"as_found":{"applied":"50","at":"2026-11-28T07:52:56+01:00","coverage_factor":"2","cylinder":"C070130",
        "error":"-7","indicated":"43","tolerance":"5","uncertainty":"2","verdict":"conditionalFail"},"as_left":{"applied":"50",
        "at":"2026-11-28T08:04:56+01:00","coverage_factor":"2","cylinder":"C070130","error":"0","indicated":"50",
        "tolerance":"5","uncertainty":"2","verdict":"pass"},"point":"span"}],"range_high":"100","range_low":"0",
        "resolution":"1","sensor_expires":"2028-01-27","sensor_serial":"S00000000","t90_seconds":18,"technology":"catalytic",
        "unit":"%LEL"}],"conditions":{"are_estimated":false,"exposure_seconds":120,"flow":"0.5","humidity":"55",
        "pressure":"1008","temperature":"18.4"},"customer":{"address":["Pakhuisplein 34","24939 Flensburg",
        "DE"],"contact":"Cees Jespersen, +49 40 66969 901","name":"Brunsholt Chemie GmbH","reference":null},
        "dates":{"begin":"2026-11-28T07:50:56+01:00","end":"2026-11-28T08:04:56+01:00","issued":"2026-11-28T09:10:56+01:00",
        "received":null},"decision_rule":{"guard_band":"w = U (k = 2)",
        "rule":"Four-valued statement of conformity after ILAC-G8:09/2019, 4.2.3."},
        "deviations":[],"format":"truckroll/certificate/1","from_others":[],"issuer":{"address":["Siloweg 14",
        "24939 Flensburg","DE"],"contact":null,"name":"Halligtal Gaswarnservice GmbH","reference":null},
        "item":{"condition_as_received":"Sinter filter dirty, replaced","ex_certificate":"IECEx ZNV 18.0042X",
        "ex_marking":"II 2G Ex db IIC T6 Gb","firmware":"1.6.5","maker":"Halvorsund Instruments","model":"Stavn K210",
        "serial":"HK18-000001","tag":"GD-101"},"left_in_service":true,"level":"traceable","method":{"procedure":"CP-K210 rev. 6",
        "revision":null,"standard":null},"next_calibration":"2027-05-28","number":"HGS-2026-D3-000001","opinions":[],
        "order":"SO-2026-000001","outcome":"pass","parts":[{"action":"fitted","certificate":null,"part":"Filter disc",
        "serial":null}],"place":{"area":"Reactor hall, pits and drains","mounting":"reactor R1, 30 cm below the ceiling",
        "site":"Anlage Flensburg 7, Siloweg 35, 24939 Flensburg, DE","zone":"zone 1, IIB, T3"},"references":[{"balance":"synthetic air",
        "cas":"74-82-8","certificate":"TS-251399-1","certificate_hash":"e0b52ec429e55979c9bacc5dfa507acd3b7293e90fae43593bf2cd6fe957a7b3",
        "concentration":"2.2","coverage_factor":"2","cylinder":"C070130","expires_on":"2028-11-29","gas":"methane",
        "lot":"251399-1","maker":"Tangnæs Specialgas","uncertainty":"0.044","unit":"%vol"},{"balance":"oxygen",
        "cas":"7727-37-9","certificate":"TS-225424-2","certificate_hash":"71f8d453923766f7b4a1e0c7dc32d8d9d18d73aa2070eec6bb15d4cdbe7a922d",
        "concentration":"79.1","coverage_factor":"2","cylinder":"C070131","expires_on":"2027-11-15","gas":"nitrogen (synthetic air)",
        "lot":"225424-2","maker":"Tangnæs Specialgas","uncertainty":"0.4","unit":"%vol"}],"revision":1,"software":{"name":"Truckroll",
        "rules":"schema 3","version":"1.0"},"supersedes":{"number":"HGS-2026-D3-000000-0000","reason":"wrong tag",
        "revision":0},"supplied_by_customer":["Tag GD-101","Area classification zone 1, IIB, T3"],"technician":{"name":"Femke de Boer",
        "qualification":"IECEx CoPC Ex 001","qualification_issuer":"Zertifizierstelle Nordverbund","qualification_number":"0101-01/33657",
        "role":"Service technician","valid_until":"2031-02-28"},"title":"Calibration certificate"}
        """#.replacing("\n", with: "")

    static func make() throws -> [CertificateContentCase] {
        [
            ("whole", "", ""), ("a functional check", #""level":"traceable""#, #""level":"functional_check""#),
            ("an accredited calibration", #""accreditation":null"#, #""accreditation":"D-K-00000-00-00""#),
            ("absent is null", #""next_calibration":"2027-05-28""#, #""next_calibration":null"#),
            ("absent is left out", #""next_calibration":"2027-05-28","#, ""),
            ("a member nobody knows", #""title":"#, #""titel":"x","title":"#), ("a number as number", #""flow":"0.5""#, #""flow":1"#),
            ("a fraction without digits", #""flow":"0.5""#, #""flow":"1.""#), ("a fraction without a whole", #""flow":"0.5""#, #""flow":".5""#),
            ("an exponent", #""flow":"0.5""#, #""flow":"5e-1""#), ("a plus sign", #""flow":"0.5""#, #""flow":"+0.5""#),
            ("18 digits", #""flow":"0.5""#, #""flow":"1.23456789012345678""#), ("19 digits", #""flow":"0.5""#, #""flow":"1.234567890123456789""#),
            ("another level", #""level":"traceable""#, #""level":"test certificate""#),
            ("accredited without accreditation", #""level":"traceable""#, #""level":"accredited""#),
            ("another verdict", #""verdict":"pass""#, #""verdict":"ok""#), ("another point", #""point":"zero""#, #""point":"half""#),
            ("another unit", #""unit":"%LEL""#, #""unit":"g/m3""#), ("another action", #""action":"fitted""#, #""action":"glued""#),
            ("another meaning", #""meaning":"accepted""#, #""meaning":"liked""#),
            ("channel 0", #""number":1,"points""#, #""number":0,"points""#), ("channel 65", #""number":1,"points""#, #""number":65,"points""#),
            ("revision 1001", #""revision":1,"#, #""revision":1001,"#), ("a response of an hour and a second", ":18,", ":3601,"),
            ("an instant without offset", #""at":"2026-11-28T18:55:00+01:00""#, #""at":"2026-11-28T18:55:00""#),
            ("an instant with milliseconds", "18:55:00+01:00", "18:55:00.123+01:00"),
            ("an instant with microseconds", "18:55:00+01:00", "18:55:00.123456+01:00"),
            ("an instant of no day", "2026-11-28T18:55", "2026-02-30T18:55"), ("an instant before 1970", "2026-11-28T18:55", "1969-12-31T18:55"),
            ("a leap second", "18:55:00+01:00", "18:55:60+01:00"), ("an offset of 18 hours", "18:55:00+01:00", "18:55:00-18:00"),
            ("an offset of 19 hours", "18:55:00+01:00", "18:55:00+19:00"), ("digits of another script", #""flow":"0.5""#, #""flow":"٠.٥""#),
            ("a line separator", "R. Meier", "R.\u{2028}Meier"), ("a mark that hides", "R. Meier", "R. \u{FEFF}Meier"),
            ("blanks alone", "R. Meier", "   "), ("a mark that reorders", "R. Meier", "R.\u{202E} Meier"),
            ("a stroke with half a point", "[0,0,-40,250]", "[0,0,-40]"), ("a stroke beyond half a metre", "[0,0,-40,250]", "[0,0,-40,50001]"),
            ("a hash in capitals", String(repeating: "0", count: 62) + "00\"", String(repeating: "0", count: 62) + "AA\""),
            ("white space", #""title":"#, #""title": "#), ("another format", "certificate/1", "certificate/2"),
        ].map { name, old, new in
            var content = old.isEmpty ? whole : whole.replacing(old, with: new, maxReplacements: 1)
            if name == "an accredited calibration" { content = content.replacing(#""level":"traceable""#, with: #""level":"accredited""#) }
            #expect(old.isEmpty || content != whole, "\(name) changes nothing")
            return CertificateContentCase(
                name: name, content: content, accepted: (try? CertificateContent(canonicalBytes: Array(content.utf8))) != nil)
        }
    }
}

@Suite("Vectors: contents of certificates")
struct CertificateContentVectorTests {
    @Test("are read or refused", arguments: try VectorFile.load(CertificateContentCase.self))
    func content(_ vector: CertificateContentCase) {
        #expect(((try? CertificateContent(canonicalBytes: Array(vector.content.utf8))) != nil) == vector.accepted)
    }

    @Test("the file is as this code makes it")
    func made() throws {
        #expect(try CertificateContentCase.make() == VectorFile.load(CertificateContentCase.self))
    }
}
