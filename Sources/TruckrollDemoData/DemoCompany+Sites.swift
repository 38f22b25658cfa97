import TruckrollCore
import TruckrollDomain

extension DemoCompany {
    /// The first sites belong to one customer each, so that every customer has one; the others are spread.
    func customer(ofSite site: Int) -> Int {
        if site < size.customers { return site }
        var random = SeededRandom(seed: seed, .site, site, purpose: 2)
        return random.number(below: size.customers)
    }

    func kind(ofCustomer customer: Int) -> SiteKind { SiteKind(rawValue: customer % SiteKind.allCases.count) ?? .chemicalPlant }
    func kind(ofSite site: Int) -> SiteKind { kind(ofCustomer: customer(ofSite: site)) }

    /// Some customers set their systems up by the American standard.
    func usesNFPA(_ customer: Int) -> Bool { customer % 7 == 5 }
    /// Some pay nothing without a purchase order.
    func demandsPurchaseOrder(_ customer: Int) -> Bool { customer % 3 == 1 }

    /// Towns are drawn for customers; their further sites lie anywhere.
    private func town(ofSite site: Int) -> Town {
        var random = SeededRandom(seed: seed, .site, site, purpose: 3)
        // The story's sites are near its depot.
        return site < 3 ? Town.all[0] : random.pick(Town.all)
    }

    func customerName(_ customer: Int) -> String {
        let (stems, count) = (Names.stems, Names.stems.count)
        let stem = stems[customer % count]
        let second = customer < count ? "" : "-\(stems[(customer / count + customer) % count])"
        let number = customer < count * count ? "" : " \(customer / (count * count) + 1)"
        let trade = kind(ofCustomer: customer).blueprint.trade.name(in: town(ofSite: customer).country)
        return "\(stem)\(second) \(trade.word)\(number) \(trade.form)"
    }

    func customer(_ index: Int) -> RecordDraft {
        var random = random(.customer, index)
        let town = town(ofSite: index)
        let contact = Names.person(using: &random)
        return RecordDraft(
            "customer", id: id(.customer, index),
            [
                "number": .text("K\(padded(20_001 + index, 6))"), "name": .text(customerName(index)),
                "street": .text("\(random.pick(Names.streets)) \(random.number(in: 1...180))"), "postal_code": .text(town.postalCode),
                "city": .text(town.name), "country": .text(town.country), "contact_name": .text(contact),
                "phone": .text(town.phone(using: &random)), "email": .text("technik@kunde-\(20_001 + index).example"),
                "credit_hold": .boolean(index > 2 && random.chance(3)),
                "payment_days": .integer(Int64([14, 30, 30, 45, 60][random.number(below: 5)])),
            ])
    }

    /// The site, its hazardous areas and what stands there.
    func site(_ index: Int) -> [RecordDraft] {
        var random = random(.site, index)
        let (town, blueprint) = (town(ofSite: index), kind(ofSite: index).blueprint)
        let contacts = ["shift leader", "safety officer", "maintenance"].prefix(random.number(in: 1...3)).map { role in
            "\(Names.person(using: &random)), \(role), \(town.phone(using: &random))"
        }
        var requirements = blueprint.requirements
        let order = "Purchase order number on every document"
        if demandsPurchaseOrder(customer(ofSite: index)) && !requirements.contains(order) { requirements.append(order) }
        let site = RecordDraft(
            "site", id: id(.site, index),
            [
                "customer": reference(.customer, customer(ofSite: index)),
                "name": .text("\(random.pick(blueprint.siteNames)) \(town.name) \(random.number(in: 1...9))"),
                "street": .text("\(random.pick(Names.streets)) \(random.number(in: 1...180))"), "postal_code": .text(town.postalCode),
                "city": .text(town.name), "country": .text(town.country), "place": place(near: town, using: &random),
                "contacts": .texts(contacts), "access_windows": .texts(accessWindows(of: index)), "requirements": .texts(requirements),
            ])
        let areas = blueprint.areas.enumerated().map { area($0.element, $0.offset, at: index) }
        return [site] + areas + assetNumbers(at: index).flatMap { asset($0, at: index) }
    }

    /// All are open while technicians work; a tunnel also when there is little traffic.
    private func accessWindows(of site: Int) -> [String] {
        let workdays = "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR"
        switch kind(ofSite: site) {
        case .refinery, .chemicalPlant, .coldStore: return ["FREQ=DAILY 06:00-20:00"]
        case .tunnel: return ["\(workdays) 07:00-17:00", "FREQ=WEEKLY;BYDAY=TU,WE 22:00-05:00"]
        case .laboratory, .paintShop: return ["\(workdays) 07:00-17:00"]
        default: return ["\(workdays) 07:00-18:00", "FREQ=MONTHLY;BYDAY=1SA 08:00-12:00"]
        }
    }

    private func area(_ area: AreaBlueprint, _ number: Int, at site: Int) -> RecordDraft {
        RecordDraft(
            "hazardous_area", id: areaID(number, at: site),
            [
                "site": reference(.site, site), "name": .text(area.name), "gas_zone": .text(area.gasZone),
                "dust_zone": .text(area.dustZone),
                "mine": .text("no"), "gas_group": .text(area.gasGroup), "dust_group": .text(area.dustGroup),
                "temperature_class": .text(area.temperatureClass), "ambient_min": .integer(Int64(area.ambient.lowerBound)),
                "ambient_max": .integer(Int64(area.ambient.upperBound)), "gases": .texts(area.gases),
                "drawing": .text("EX-\(padded(site + 1, 5))-\(padded(number + 1, 2))"),
            ])
    }

    func areaID(_ number: Int, at site: Int) -> RecordID { id(.area, site * 8 + number) }
}
