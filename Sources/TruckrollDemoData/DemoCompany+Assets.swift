import TruckrollCore
import TruckrollDomain

extension DemoCompany {
    /// The numbers of the assets that stand at a site: sites have different counts, which add up to all assets.
    func assetNumbers(at site: Int) -> Range<Int> { firstAsset(at: site)..<firstAsset(at: site + 1) }

    private func firstAsset(at site: Int) -> Int {
        if site == 0 { return 0 }
        if site == size.sites { return size.assets }
        // Neighbouring borders move towards each other by less than their distance.
        let spread = size.assets / size.sites / 3
        var random = random(.block, site)
        return site * size.assets / size.sites + random.number(in: site <= 2 ? 0...spread : -spread...spread)
    }

    func installation(_ asset: Int, at site: Int) -> Installation {
        let installations = kind(ofSite: site).blueprint.installations
        let place = asset - assetNumbers(at: site).lowerBound
        if place < installations.count { return installations[place] }
        var random = SeededRandom(seed: seed, .asset, asset, purpose: 2)
        return random.pick(installations)
    }

    func tag(_ asset: Int, at site: Int) -> String {
        let letters: String
        switch installation(asset, at: site).model.model.kind {
        case "controller": letters = "GZ"
        case "portable_detector": letters = "PG"
        case "transmitter": letters = "GT"
        default: letters = "GD"
        }
        return "\(letters)-\(101 + asset - assetNumbers(at: site).lowerBound)"
    }

    /// The asset and its channels.
    func asset(_ index: Int, at site: Int) -> [RecordDraft] {
        var random = random(.asset, index)
        let installation = installation(index, at: site)
        let model = installation.model.model
        let age = random.number(in: 200...3200)
        let commissioned = calendar.day(-age)
        // The story's assets are plainly due, whatever the seed says of others.
        let isOfStory = site < 3 && index - assetNumbers(at: site).lowerBound < 4
        let due = isOfStory ? 5 : calibrationDue(every: model.intervalDays, using: &random)
        var fields: [String: Value] = [
            "model": reference(.model, installation.model.rawValue),
            "serial": .text("\(model.serialPrefix)\(padded(commissioned.year % 100, 2))-\(padded(index + 1, 6))"),
            "tag": .text(tag(index, at: site)), "site": reference(.site, site), "mounting": .text(installation.mounting),
            "firmware": .text("\(1 + random.number(below: 4)).\(random.number(below: 10)).\(random.number(below: 6))"),
            "fitness": .text(isOfStory ? "due" : fitness(dueIn: due, using: &random)), "commissioned_on": .date(commissioned),
            "criticality": .text(random.chance(20) ? "high" : random.chance(15) ? "low" : "normal"),
            "calibration_due": .date(calendar.day(due)),
        ]
        if let area = installation.area { fields["area"] = .reference(areaID(area, at: site)) }
        let channels = installation.channels.enumerated().map { channel($0.element, $0.offset, of: index, at: site) }
        return [RecordDraft("asset", id: id(.asset, index), fields)] + channels
    }

    private func calibrationDue(every interval: Int, using random: inout SeededRandom) -> Int {
        random.chance(6)
            ? -random.number(in: 1...40) : random.chance(20) ? random.number(in: 0...21) : random.number(in: 22...max(30, interval))
    }

    private func fitness(dueIn days: Int, using random: inout SeededRandom) -> String {
        let draw = random.number(below: 100)
        if draw < 2 { return "restricted" }
        if draw < 3 { return "quarantined" }
        return days < 0 ? "overdue" : days <= 21 ? "due" : "in_service"
    }

    func channelID(_ place: Int, of asset: Int) -> RecordID { id(.channel, asset * 8 + place) }

    private func channel(_ kind: ChannelKind, _ place: Int, of asset: Int, at site: Int) -> RecordDraft {
        let index = asset * 8 + place
        var random = random(.channel, index)
        var fields: [String: Value] = [
            "asset": reference(.asset, asset), "number": .integer(Int64(place + 1)), "cas": .text(kind.cas),
            "gas_name": .text(kind.gasName),
            "unit": .text(kind.unit), "range_low": .text("0"), "range_high": .text(kind.range), "resolution": .text(kind.resolution),
            "technology": .text(kind.technology), "sensor_serial": .text("S\(padded(index, 8))"),
            "sensor_expires": .date(
                calendar.day(index > 32 && random.chance(5) ? -random.number(in: 1...60) : random.number(in: 30...1400))),
            "alarm_1": .text(kind.alarms.first), "alarm_2": .text(kind.alarms.second),
            "tolerance_percent": .text(kind.tolerancePercent), "tolerance_minimum": .text(kind.toleranceMinimum),
        ]
        if kind.unit == "%LEL", let limit = lowerLimit(of: kind.cas, byNFPA: usesNFPA(customer(ofSite: site))) {
            fields["lfl_percent"] = .text(limit.percent)
            fields["lfl_source"] = .text(limit.source)
        }
        return RecordDraft("sensor_channel", id: id(.channel, index), fields)
    }
}
