import Testing
import TruckrollCore
import TruckrollDomain

@Suite("Who waits for a part, and what can be promised")
struct BackorderQueueTests {
    private static let today = CalendarDate(daysSince1970: 20_000)
    private static func day(_ days: Int) -> CalendarDate { CalendarDate(daysSince1970: 20_000 + days) }
    private static func pieces(_ count: Int) -> Quantity { Quantity(millionths: Int64(count) * 1_000_000) }

    private static func line(
        _ number: UInt64, wants: Int, priority: Int = 2, neededBy: Int64? = nil, takesPart: Bool = false, isEmergency: Bool = false
    ) -> BackorderLine {
        BackorderLine(
            reservation: RecordID(high: 1, low: number), outstanding: pieces(wants), priority: priority, neededBy: neededBy, asked: number,
            takesPart: takesPart, isEmergency: isEmergency)
    }

    private static func grants(_ lines: [BackorderLine], of pieces: Int, keeping kept: Int = 0) -> [String] {
        BackorderQueue(lines).grants(of: Self.pieces(pieces), keeping: Self.pieces(kept)).map {
            "\($0.line.reservation.low): \($0.quantity)" + ($0.fromSafetyStock > .zero ? " (\($0.fromSafetyStock) kept back)" : "")
        }
    }

    @Test("lines are served by emergency, priority, need and who asked first")
    func order() {
        let lines = [
            Self.line(1, wants: 1), Self.line(2, wants: 1, priority: 1), Self.line(3, wants: 1, neededBy: 5), Self.line(4, wants: 1, neededBy: 4),
            Self.line(5, wants: 1, priority: 3, isEmergency: true), Self.line(6, wants: 1),
        ]
        #expect(BackorderQueue(lines.shuffled()).lines.map(\.reservation.low) == [5, 2, 4, 3, 1, 6])
    }

    @Test(
        "what lies there goes in turn; who wants all or nothing holds it against the less urgent alone",
        arguments: [
            ([line(1, wants: 2), line(2, wants: 2)], 3, ["1: 2"]),
            ([line(1, wants: 2), line(2, wants: 2, takesPart: true)], 3, ["1: 2", "2: 1"]),
            // Of one urgency, the smaller may go first.
            ([line(1, wants: 5), line(2, wants: 2)], 3, ["2: 2"]),
            // The less urgent may not.
            ([line(1, wants: 5, priority: 0), line(2, wants: 2, priority: 1)], 3, []),
            ([line(1, wants: 5, priority: 0, takesPart: true), line(2, wants: 2, priority: 1)], 3, ["1: 3"]),
            ([line(1, wants: 1, priority: 0), line(2, wants: 2, priority: 1)], 3, ["1: 1", "2: 2"]),
        ] as [([BackorderLine], Int, [String])])
    func turns(lines: [BackorderLine], pieces: Int, expected: [String]) {
        #expect(Self.grants(lines, of: pieces) == expected)
    }

    @Test("ordinary lines leave the safety stock, an emergency takes it and says how much")
    func safetyStock() {
        #expect(Self.grants([Self.line(1, wants: 2)], of: 3, keeping: 2) == [])
        #expect(Self.grants([Self.line(1, wants: 2, takesPart: true)], of: 3, keeping: 2) == ["1: 1"])
        #expect(Self.grants([Self.line(1, wants: 2, isEmergency: true)], of: 3, keeping: 2) == ["1: 2 (1 kept back)"])
        #expect(Self.grants([Self.line(1, wants: 2, isEmergency: true), Self.line(2, wants: 1)], of: 3, keeping: 1) == ["1: 2"])
        // More is promised than lies there: nobody gets anything.
        #expect(Self.grants([Self.line(1, wants: 1, takesPart: true, isEmergency: true)], of: -1) == [])
    }

    @Test("whatever waits: no more is given than there is, and nobody who is next waits for what is there", arguments: 0..<500 as Range<UInt64>)
    func always(seed: UInt64) {
        var random = Generator(state: seed)
        let lines = (1...UInt64.random(in: 1...8, using: &random)).map { number in
            Self.line(
                number, wants: .random(in: 1...6, using: &random), priority: .random(in: 0...2, using: &random),
                neededBy: Bool.random(using: &random) ? .random(in: 0...3, using: &random) : nil, takesPart: .random(using: &random),
                isEmergency: Int.random(in: 0..<5, using: &random) == 0)
        }
        let (free, kept) = (Int.random(in: 0...15, using: &random), Int.random(in: 0...4, using: &random))
        let queue = BackorderQueue(lines)
        let grants = queue.grants(of: Self.pieces(free), keeping: Self.pieces(kept))
        let given = grants.reduce(Int64(0)) { $0 + $1.quantity.millionths }
        let ordinary = grants.filter { !$0.line.isEmergency }.reduce(Int64(0)) { $0 + $1.quantity.millionths }
        #expect(given <= Self.pieces(free).millionths)
        #expect(ordinary == 0 || given <= Self.pieces(free - kept).millionths)
        #expect(
            grants.allSatisfy { $0.quantity > .zero && ($0.line.takesPart ? $0.quantity <= $0.line.outstanding : $0.quantity == $0.line.outstanding) }
        )
        // Given away in one go or in two, nobody can be given more after it.
        let after = lines.compactMap { line -> BackorderLine? in
            let got = grants.first { $0.line == line }?.quantity ?? .zero
            guard let left = line.outstanding.subtracting(got), left > .zero else { return nil }
            return BackorderLine(
                reservation: line.reservation, outstanding: left, priority: line.priority, neededBy: line.neededBy, asked: line.asked,
                takesPart: line.takesPart, isEmergency: line.isEmergency)
        }
        let rest = Quantity(millionths: Self.pieces(free).millionths - given)
        #expect(BackorderQueue(after).grants(of: rest, keeping: Self.pieces(kept)).isEmpty)
    }

    // MARK: Promises for a day

    private static let announced = [
        ExpectedReceipt(day: day(-1), quantity: pieces(50)), ExpectedReceipt(day: day(2), quantity: pieces(3)),
        ExpectedReceipt(day: day(5), quantity: pieces(4)),
    ]

    @Test("what can be promised is what lies there less what is committed and kept back, and what is announced until the day")
    func available() {
        let stock = StockAvailability(
            onHand: Self.pieces(10), reserved: Self.pieces(3), leased: Self.pieces(2), safetyStock: Self.pieces(1),
            expected: Self.announced.reversed())
        #expect(stock.available == Self.pieces(4))
        #expect([0, 1, 2, 4, 5].map { stock.available(on: Self.day($0), today: Self.today) } == [4, 4, 7, 7, 11].map(Self.pieces))
        #expect(stock.firstDay(with: Self.pieces(4), today: Self.today) == Self.today)
        #expect(stock.firstDay(with: Self.pieces(8), today: Self.today) == Self.day(5))
        #expect(stock.firstDay(with: Self.pieces(12), today: Self.today) == nil)
        #expect(StockAvailability(onHand: Self.pieces(1), reserved: Self.pieces(2)).available == .zero)
    }

    @Test("everybody who waits is told the day on which all of it should be there, one after the other")
    func days() {
        let stock = StockAvailability(onHand: Self.pieces(1), backordered: Self.pieces(9), safetyStock: Self.pieces(1), expected: Self.announced)
        let queue = BackorderQueue([Self.line(1, wants: 2, priority: 1), Self.line(2, wants: 4), Self.line(3, wants: 3)])
        let days = queue.days(of: stock, today: Self.today)
        #expect(days == [RecordID(high: 1, low: 1): Self.day(2), RecordID(high: 1, low: 2): Self.day(5)])
    }

    @Test("great quantities add up to the greatest that can be written")
    func greatest() {
        let many = (0..<20).map { ExpectedReceipt(day: Self.day($0), quantity: .greatest) }
        let stock = StockAvailability(onHand: .greatest, backordered: .greatest, expected: many)
        #expect(stock.position == .greatest && stock.available(on: Self.day(30), today: Self.today) == .greatest)
    }

    /// SplitMix64.
    private struct Generator: RandomNumberGenerator {
        var state: UInt64
        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var mixed = state
            mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
            mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
            return mixed ^ (mixed >> 31)
        }
    }
}
