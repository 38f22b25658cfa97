import ArgumentParser
import TruckrollDomain

// Words of the schema that both programs take.

extension OrderRelation: ExpressibleByArgument {}

extension PermitKind: ExpressibleByArgument {}
