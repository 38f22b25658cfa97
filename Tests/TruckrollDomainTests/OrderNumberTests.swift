import Testing
import TruckrollDomain

@Suite("Numbers of orders")
struct OrderNumberTests {
    private let numbers = [
        OrderNumber.text(series: "ACME-2026-D4", .field, 1), OrderNumber.text(series: "ACME-2026-D17", .office, 90_817),
        OrderNumber.text(series: "HGS-2027-D203", .field, 1_234_567_890),
    ]

    @Test("the check digit is that of the published example")
    func example() {
        #expect(OrderNumber.text(series: "", .field, 572) == "-J572-4")
    }

    @Test("92: every digit that is mistyped and every two neighbours that change places are found")
    func mistyped() {
        for number in numbers {
            #expect(!OrderNumber.isMistyped(number))
            let characters = Array(number)
            for place in characters.indices where characters[place].isNumber {
                for digit in "0123456789" where digit != characters[place] {
                    var other = characters
                    other[place] = digit
                    #expect(OrderNumber.isMistyped(String(other)), "\(String(other)) for \(number)")
                }
                guard let next = characters[(place + 1)...].firstIndex(where: \.isNumber), characters[next] != characters[place] else { continue }
                var other = characters
                other.swapAt(place, next)
                #expect(OrderNumber.isMistyped(String(other)), "\(String(other)) for \(number)")
            }
        }
    }

    @Test(
        "numbers of other making have no check digit",
        arguments: ["SO-2026-000001", "J1", "ACME-2026-D4-J1", "", "ACME-2026-D4-X1-7", "D4-J1-7", "J1-7"])
    func others(_ number: String) {
        #expect(!OrderNumber.isMistyped(number))
    }
}
