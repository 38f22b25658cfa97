import TruckrollProtocol

/// How many numbers a device gets: a few at once, then one each ten minutes (Protocol/08-enrolment.md, 8.19a).
///
/// A number costs records that stay for ever, so nobody mints them without end; and a device that was truly copied never waits
/// longer than ten minutes. Nothing is kept for it: the numbers given so far and their times are the tenant's own rows.
enum ReplicaBudget {
    /// - Parameters:
    ///   - given: when the device got its numbers, enrolments included, Unix milliseconds.
    /// - Returns: seconds until the next one; `nil` when it may be given now.
    static func wait(given times: [Int64], at now: Int64) -> Int? {
        let refill = Int64(Limits.replicaRefillSeconds) * 1000
        let most = Int64(Limits.replicasAtOnce) * refill
        // What is left, in milliseconds of refilling. Times that lie ahead were given by a clock that was wrong: were they
        // counted, a device would wait until they come.
        let past = times.filter { $0 <= now }.sorted()
        var (left, last) = (most, past.first ?? now)
        for time in past {
            left = max(0, min(most, left + (time - last)) - refill)
            last = time
        }
        left = min(most, left + (now - last))
        return left >= refill ? nil : Int((refill - left + 999) / 1000)
    }
}
