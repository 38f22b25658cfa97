import Testing
import TruckrollCore

@Suite("Stamps and versions")
struct ClockTests {
    static func stamp(_ milliseconds: UInt64, _ counter: UInt16 = 0, _ replica: UInt32 = 2) -> Stamp {
        Stamp(milliseconds: milliseconds, counter: counter, replica: ReplicaID(rawValue: replica))
    }

    @Test(
        "byte order is stamp order",
        arguments: [(1, 0, 2, 1, 0, 3), (1, 5, 2, 1, 6, 1), (255, 0, 9, 256, 0, 1)] as [(UInt64, UInt16, UInt32, UInt64, UInt16, UInt32)])
    func order(_ a: UInt64, _ ac: UInt16, _ ar: UInt32, _ b: UInt64, _ bc: UInt16, _ br: UInt32) throws {
        let (low, high) = (Self.stamp(a, ac, ar), Self.stamp(b, bc, br))
        #expect(low < high)
        #expect(low.encoded.lexicographicallyPrecedes(high.encoded))
        #expect(try Stamp(decoding: low.encoded) == low)
    }

    @Test("the next stamp rises when the clock went back, and past a full counter")
    func next() {
        #expect(Self.stamp(1000).next(wallMilliseconds: 10) == Self.stamp(1000, 1))
        #expect(Self.stamp(1000, .max).next(wallMilliseconds: 10) == Self.stamp(1001))
        #expect(Self.stamp(1000).next(wallMilliseconds: 2000) == Self.stamp(2000))
    }

    @Test("the server clamps a claim to five minutes ahead and raises it above what was seen")
    func fixing() {
        let now: UInt64 = 1_000_000
        let future = Self.stamp(now + 3_600_000)
        #expect(StampRule.fixed(claimed: future, last: nil, bases: [], nowMilliseconds: now) == Self.stamp(now + 300_000))
        let base = Self.stamp(now + 200, 7, 9)
        #expect(StampRule.fixed(claimed: Self.stamp(5), last: nil, bases: [base], nowMilliseconds: now) == Self.stamp(now + 200, 8))
        let last = Self.stamp(now + 300_000, .max)
        #expect(StampRule.fixed(claimed: future, last: last, bases: [], nowMilliseconds: now) == Self.stamp(now + 300_001))
    }

    @Test(
        "malformed stamps and versions are refused", arguments: [[], [UInt8](repeating: 0, count: 12), [UInt8](repeating: 1, count: 13)] as [[UInt8]])
    func refused(bytes: [UInt8]) {
        #expect(throws: DecodingProblem.self) { try Stamp(decoding: bytes) }
        #expect(throws: DecodingProblem.self) { try Version(decoding: bytes) }
    }
}
