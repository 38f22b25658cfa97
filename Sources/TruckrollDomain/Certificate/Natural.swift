/// A whole number from zero up, of any size: so that no typed number can overflow a calculation.
struct Natural: Comparable, Sendable {
    /// 32 bits each, the least first, without zeros at the end.
    private var limbs: [UInt32] = []

    init(_ value: UInt64) {
        limbs = [UInt32(truncatingIfNeeded: value), UInt32(truncatingIfNeeded: value >> 32)]
        trim()
    }

    /// 10 to the power of `exponent`.
    static func powerOfTen(_ exponent: Int) -> Natural {
        (0..<max(exponent, 0)).reduce(Natural(1)) { power, _ in power * Natural(10) }
    }

    var isZero: Bool { limbs.isEmpty }

    private var bitWidth: Int { limbs.count * 32 }

    private mutating func trim() {
        while limbs.last == 0 { limbs.removeLast() }
    }

    static func < (left: Natural, right: Natural) -> Bool {
        guard left.limbs.count == right.limbs.count else { return left.limbs.count < right.limbs.count }
        return left.limbs.reversed().lexicographicallyPrecedes(right.limbs.reversed())
    }

    static func + (left: Natural, right: Natural) -> Natural {
        var (sum, carry) = (Natural(0), UInt64(0))
        for index in 0..<max(left.limbs.count, right.limbs.count) {
            carry += UInt64(left.limb(index)) + UInt64(right.limb(index))
            sum.limbs.append(UInt32(truncatingIfNeeded: carry))
            carry >>= 32
        }
        if carry > 0 { sum.limbs.append(UInt32(truncatingIfNeeded: carry)) }
        return sum
    }

    /// The difference; taking the greater from the smaller is a mistake of the program.
    static func - (left: Natural, right: Natural) -> Natural {
        precondition(right <= left, "a natural number below zero")
        var (difference, borrow) = (left, Int64(0))
        for index in left.limbs.indices {
            let value = Int64(left.limbs[index]) - Int64(right.limb(index)) - borrow
            borrow = value < 0 ? 1 : 0
            difference.limbs[index] = UInt32(truncatingIfNeeded: value)
        }
        difference.trim()
        return difference
    }

    static func * (left: Natural, right: Natural) -> Natural {
        var product = Natural(0)
        product.limbs = [UInt32](repeating: 0, count: left.limbs.count + right.limbs.count)
        for (offset, factor) in left.limbs.enumerated() {
            var carry: UInt64 = 0
            for index in right.limbs.indices {
                carry += UInt64(factor) * UInt64(right.limbs[index]) + UInt64(product.limbs[offset + index])
                product.limbs[offset + index] = UInt32(truncatingIfNeeded: carry)
                carry >>= 32
            }
            product.limbs[offset + right.limbs.count] = UInt32(truncatingIfNeeded: carry)
        }
        product.trim()
        return product
    }

    /// How often `divisor` fits, and what is left; a divisor of zero is a mistake of the program.
    func divided(by divisor: Natural) -> (quotient: Natural, remainder: Natural) {
        precondition(!divisor.isZero, "a division by zero")
        var (quotient, remainder) = (Natural(0), Natural(0))
        quotient.limbs = [UInt32](repeating: 0, count: limbs.count)
        for bit in (0..<bitWidth).reversed() {
            remainder = remainder + remainder
            if limbs[bit / 32] >> UInt32(bit % 32) & 1 == 1 { remainder = remainder + Natural(1) }
            if divisor <= remainder {
                remainder = remainder - divisor
                quotient.limbs[bit / 32] |= 1 << UInt32(bit % 32)
            }
        }
        quotient.trim()
        return (quotient, remainder)
    }

    /// Decimal digits.
    var text: String {
        var (rest, digits) = (self, [UInt8]())
        repeat {
            let (quotient, remainder) = rest.divided(by: Natural(10))
            digits.append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: remainder.limb(0)))
            rest = quotient
        } while !rest.isZero
        return String(decoding: digits.reversed(), as: UTF8.self)
    }

    var isOdd: Bool { limb(0) & 1 == 1 }

    private func limb(_ index: Int) -> UInt32 { index < limbs.count ? limbs[index] : 0 }
}
