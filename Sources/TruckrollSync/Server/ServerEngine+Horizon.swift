import TruckrollCore
import TruckrollDomain
import TruckrollProtocol

/// What left a scope longer ago than the horizon is forgotten by the scope log; the deleted record itself stays (Protocol/07-sync.md).
extension ServerEngine {
    /// Forgets what the horizon has passed. Cheap when there is nothing to do.
    ///
    /// - Returns: how many rows went.
    @discardableResult
    public func collect(at moment: ServerMoment) throws -> Int {
        let horizon = moment.milliseconds - Int64(Limits.horizonSeconds) * 1000
        let isDue = try store.read { transaction in
            guard let tenant = try transaction.tenant(), let last = try transaction.lastPosition(admittedBefore: horizon) else { return false }
            return last > tenant.collected
        }
        guard isDue else { return 0 }
        // The mark first: from then on no device is pulled from below it, whatever is still there.
        let through = try store.write { transaction in
            guard var tenant = try transaction.tenant(), let last = try transaction.lastPosition(admittedBefore: horizon) else {
                return Position.start
            }
            tenant.collected = max(tenant.collected, last)
            try transaction.save(tenant)
            return tenant.collected
        }
        var collected = 0
        while true {
            let deleted = try store.write { try $0.deleteLeftRows(through: through, limit: 500) }
            collected += deleted
            if deleted < 500 { return collected }
        }
    }
}
