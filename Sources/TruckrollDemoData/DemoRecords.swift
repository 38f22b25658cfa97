import TruckrollDomain

/// The records of a company, made in small batches while they are read.
public struct DemoRecords: Sequence, Sendable {
    let company: DemoCompany

    public func makeIterator() -> Iterator { Iterator(company: company) }

    /// Holds one batch: at most what stands at one site or lies at one location.
    public struct Iterator: IteratorProtocol, Sendable {
        let company: DemoCompany
        private var section = 0
        private var index = 0
        private var batch: [RecordDraft] = []
        private var cursor = 0

        init(company: DemoCompany) { self.company = company }

        public mutating func next() -> RecordDraft? {
            while cursor == batch.count {
                guard section < Section.allCases.count else { return nil }
                let current = Section.allCases[section]
                if index < current.count(in: company.size) {
                    batch = current.batch(index, of: company)
                    cursor = 0
                    index += 1
                } else {
                    section += 1
                    index = 0
                }
            }
            cursor += 1
            return batch[cursor - 1]
        }
    }
}

/// The parts of a company, in an order in which each needs only those before it.
enum Section: CaseIterable {
    case tenant, gases, models, parts, depots, people, vans, stock, cylinders, customers, sites, orders

    func count(in size: DemoSize) -> Int {
        switch self {
        case .tenant: 1
        case .gases: Gases.all.count
        case .models: ModelCode.allCases.count
        case .parts: size.parts
        case .depots: size.depots
        case .people: size.people
        case .vans: size.technicians
        case .stock, .cylinders: size.locations
        case .customers: size.customers
        case .sites: size.sites
        case .orders: size.orders
        }
    }

    func batch(_ index: Int, of company: DemoCompany) -> [RecordDraft] {
        switch self {
        case .tenant: [company.tenant()]
        case .gases: company.gases(index)
        case .models: company.model(index)
        case .parts: company.part(index)
        case .depots: [company.depot(index)]
        case .people: company.person(index)
        case .vans: [company.van(index)]
        case .stock: company.stock(at: index)
        case .cylinders: company.cylinders(at: index)
        case .customers: [company.customer(index)]
        case .sites: company.site(index)
        case .orders: company.order(index)
        }
    }
}
