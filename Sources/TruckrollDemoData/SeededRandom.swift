/// SplitMix64 (Steele, Lea and Flood, 2014), with its own way of choosing so that no library decides what is drawn.
///
/// Every record has a generator of its own, made from the seed, its kind and its number. So any record can be made alone,
/// in any order, and a large company needs no memory.
struct SeededRandom: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    init(seed: UInt64, _ stream: Stream, _ index: Int, purpose: UInt64 = 0) {
        var mixer = SeededRandom(seed: seed)
        mixer = SeededRandom(seed: mixer.next() ^ (stream.rawValue << 8 | purpose))
        mixer = SeededRandom(seed: mixer.next() ^ UInt64(truncatingIfNeeded: index))
        state = mixer.next()
    }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    /// A number from 0 up to, not including, `bound`, which is above zero.
    mutating func number(below bound: Int) -> Int {
        Int(next().multipliedFullWidth(by: UInt64(bound)).high)
    }

    mutating func number(in range: ClosedRange<Int>) -> Int {
        range.lowerBound + number(below: range.upperBound - range.lowerBound + 1)
    }

    /// True so many times in a hundred.
    mutating func chance(_ percent: Int) -> Bool { number(below: 100) < percent }

    /// One of `items`, which are not empty.
    mutating func pick<Item>(_ items: [Item]) -> Item { items[number(below: items.count)] }

    /// 32 bytes in place of the SHA-256 of a paper nobody scanned.
    mutating func hash() -> [UInt8] {
        (0..<4).flatMap { _ in
            let word = next()
            return (0..<8).map { UInt8(truncatingIfNeeded: word >> UInt64(8 * $0)) }
        }
    }
}

/// What is numbered on its own: the raw values are part of what a seed means, so they never change.
enum Stream: UInt64 {
    case tenant = 1
    case gas, model, document, part, approval, depot, user, van, qualification
    case stock, cylinder, customer, site, area, asset, channel, order, task, block, round, typeCertificate, gasApproval
}
