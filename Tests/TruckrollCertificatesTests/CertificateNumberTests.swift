import Testing
import TruckrollDomain

struct CertificateNumberTests {
    @Test("prints the first 20 bits of the hash in Crockford's base 32")
    func checkCharacters() throws {
        let start: [UInt8] = [0b00000_000, 0b01_11111_0, 0b1010_0000]
        let hash = try #require(ContentHash(bytes: start + [UInt8](repeating: 0xFF, count: 29)))
        #expect(hash.checkCharacters == "01ZA")
        let number = try CertificateNumber(parsing: "ACME-2026-D07-000123")
        #expect(number.printed(for: hash) == "ACME-2026-D07-000123-01ZA")
        let split = try CertificateNumber.split(printed: "ACME-2026-D07-000123-01ZA")
        #expect(split.number == number)
        #expect(split.checkCharacters == "01ZA")
    }

    @Test(
        "refuses what is not a number",
        arguments: ["", "A", "ACME", "acme-1", "A--1", "-A-1", "A-1-", "A-É", "A 1", "A-1\n", "A-1-2-3-4-5-6-7-8"])
    func malformed(_ text: String) {
        #expect(throws: NumberProblem.malformed(text)) { try CertificateNumber(parsing: text) }
    }

    @Test(
        "refuses check characters that base 32 does not have",
        arguments: ["A-1-K7QI", "A-1-K7QU", "A-1-k7qx", "A-1-K7Q"])
    func malformedCheck(_ text: String) {
        #expect(throws: NumberProblem.malformed(text)) { try CertificateNumber.split(printed: text) }
    }

    @Test(
        "reads instants with their offset",
        arguments: [
            ("1970-01-01T00:00:00Z", 0), ("2000-02-29T23:59:59.5+01:30", 951_863_399_500),
            ("2026-11-20T11:40:00+01:00", 1_795_171_200_000), ("2025-10-09T08:53:20Z", 1_760_000_000_000),
        ] as [(String, Int64)])
    func instants(text: String, milliseconds: Int64) throws {
        #expect(try CertificateInstant(parsing: text).milliseconds == milliseconds)
    }

    @Test(
        "refuses other spellings of time",
        arguments: [
            "", "2026-11-20", "2026-11-20T11:40:00", "2026-11-20 11:40:00Z", "2026-02-29T00:00:00Z",
            "2026-13-01T00:00:00Z", "2026-11-20T24:00:00Z", "2026-11-20T11:40:60Z", "2026-11-20T11:40:00.1234Z",
            "2026-11-20T11:40:00.Z", "2026-11-20T11:40:00+1:00", "2026-11-20T11:40:00Zx", "1969-12-31T23:59:59Z",
        ])
    func badInstants(_ text: String) {
        #expect(throws: InstantProblem.malformed(text)) { try CertificateInstant(parsing: text) }
    }
}
