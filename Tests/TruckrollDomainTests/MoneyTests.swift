import Testing
import TruckrollDomain

struct MoneyTests {
    @Test(
        "an amount is read with its currency's digits, and written back the same",
        arguments: [("12000.50 EUR", 12_000_50), ("0.05 EUR", 5), ("7 EUR", 7_00), ("1500 JPY", 1500), ("1.234 KWD", 1234), ("0.1 KWD", 100)])
    func reads(_ text: String, _ units: Int64) throws {
        let money = try #require(Money(text))
        #expect(money.minorUnits == units)
        #expect(Money("\(money)") == money)
    }

    @Test(
        "what is no amount is none",
        arguments: [
            "", "12", "EUR", "12 eur", "12 EURO", "-1 EUR", "1.234 EUR", "1.5 JPY", "1. EUR", ".5 EUR", "1,50 EUR", "1e3 EUR",
            "99999999999999999999 EUR", "1.2.3 EUR",
        ])
    func refuses(_ text: String) { #expect(Money(text) == nil) }

    @Test("written with all digits of the currency")
    func words() {
        #expect("\(Money(minorUnits: 5, currency: "EUR"))" == "0.05 EUR")
        #expect("\(Money(minorUnits: -1234, currency: "EUR"))" == "-12.34 EUR")
        #expect("\(Money(minorUnits: 0, currency: "JPY"))" == "0 JPY")
        #expect("\(Money(minorUnits: 12, currency: "KWD"))" == "0.012 KWD")
    }
}
