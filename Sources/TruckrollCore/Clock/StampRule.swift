/// How the server fixes the stamp of a set (Protocol/02-clocks.md).
public enum StampRule {
    /// A stamp may lie this far ahead of the server's clock, in milliseconds. Past it, it is clamped, never refused.
    public static let aheadMilliseconds: UInt64 = 5 * 60 * 1000

    /// The stamp of a set at admission: the claimed one, at most five minutes ahead of the server, then raised above
    /// this replica's last stamp and above every version the set had seen.
    ///
    /// - Parameters:
    ///   - claimed: what the device wrote into the set.
    ///   - last: the stamp of the replica's set before this one.
    ///   - bases: the stamps of the versions the set names, as the server knows them; of an unknown one, as claimed.
    ///   - nowMilliseconds: the server's clock.
    public static func fixed(claimed: Stamp, last: Stamp?, bases: [Stamp], nowMilliseconds: UInt64) -> Stamp {
        let limit = nowMilliseconds + aheadMilliseconds
        let replica = claimed.replica
        var stamp = claimed.milliseconds > limit ? Stamp(milliseconds: limit, counter: 0, replica: replica) : claimed
        if let floor = (bases + (last.map { [$0] } ?? [])).max(), !(floor < stamp) {
            stamp = Stamp.justAbove(floor, replica: replica)
        }
        return stamp
    }

    /// A base the server has no record of counts as it says, but not beyond the limit for stamps.
    public static func clampedBase(_ base: Stamp, nowMilliseconds: UInt64) -> Stamp {
        let limit = nowMilliseconds + aheadMilliseconds
        return base.milliseconds > limit ? Stamp(milliseconds: limit, counter: 0, replica: base.replica) : base
    }
}
