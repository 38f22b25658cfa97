/// Comparisons that take as long for a wrong secret as for the right one.
public enum ConstantTime {
    /// Whether `a` and `b` hold the same bytes. Only their lengths can be learned from the time it takes.
    public static func equal(_ a: some Collection<UInt8>, _ b: some Collection<UInt8>) -> Bool {
        guard a.count == b.count else { return false }
        var difference: UInt8 = 0
        for (x, y) in zip(a, b) { difference |= x ^ y }
        return difference == 0
    }
}
