import ArgumentParser
import TruckrollDomain

// Words of the schema, and days, that both programs take.

extension OrderRelation: ExpressibleByArgument {}

extension PermitKind: ExpressibleByArgument {}

extension AssetEvent: ExpressibleByArgument {}

extension CalendarDate: ExpressibleByArgument {
    /// Such as 2027-05-31.
    public init?(argument: String) { self.init(argument) }
}
