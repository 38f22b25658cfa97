import Testing
import TruckrollCore
import TruckrollDemoData
import TruckrollDomain

@Suite("Records of a made-up company")
struct RecordTests {
    @Test("the same seed, size and day give the same bytes", arguments: Fixture.all)
    func deterministic(_ fixture: Fixture) throws {
        let (once, twice) = (try fixture.company(), try fixture.company())
        #expect(Array(once.records).map(\.canonical) == Array(twice.records).map(\.canonical))
        #expect(Array(once.plans) == Array(twice.plans))
        #expect(once.story == twice.story)
    }

    @Test("a seed means the same on every machine: the sum of the small company is known")
    func knownSum() throws {
        var sum: UInt64 = 0xCBF2_9CE4_8422_2325
        for draft in try Fixture.all[0].company(seed: 7).records {
            for byte in draft.canonical.encoded { sum = (sum ^ UInt64(byte)) &* 0x100_0000_01B3 }
        }
        #expect(sum == 7_760_508_009_799_427_289)
    }

    @Test("another seed gives other records")
    func seeded() throws {
        let (one, two) = (try Fixture.all[0].company(seed: 1), try Fixture.all[0].company(seed: 2))
        #expect(Set(one.records.map(\.id)).isDisjoint(with: two.records.map(\.id)))
    }

    @Test("every record fits its schema and leaves the server's fields alone", arguments: Fixture.all)
    func fitsSchema(_ fixture: Fixture) throws {
        let check = try SchemaCheck()
        let problems = try fixture.company().records.flatMap { check.problems(with: $0) }
        #expect(problems.prefix(5) == [])
    }

    @Test("every reference points to an earlier record of the right entity, and no id comes twice", arguments: Fixture.all)
    func pointsBackwards(_ fixture: Fixture) throws {
        let check = try SchemaCheck()
        var known: [RecordID: String] = [:]
        for draft in try fixture.company().records {
            for reference in check.references(of: draft) {
                #expect(known[reference.id] == reference.entity, "\(draft.entity).\(reference.field)")
            }
            #expect(known.updateValue(draft.entity, forKey: draft.id) == nil)
        }
    }

    @Test("what must be one of a kind is", arguments: Fixture.all)
    func unique(_ fixture: Fixture) throws {
        let records = Array(try fixture.company().records)
        let keys = [
            ("asset", "serial"), ("part", "number"), ("part", "gtin"), ("reference_gas", "cylinder"), ("sensor_channel", "sensor_serial"),
            ("stock_entry", "serial"), ("service_order", "number"), ("user", "number"), ("user", "name"), ("customer", "number"),
            ("customer", "name"),
        ]
        for (entity, field) in keys {
            let values = records.of(entity).compactMap { $0.text(field) }
            #expect(!values.isEmpty && Set(values).count == values.count, "\(entity).\(field)")
        }
    }

    @Test("check digits of GTINs are right")
    func gtins() throws {
        for part in try Fixture.all[0].company().records.of("part") {
            let digits = try #require(part.text("gtin")).utf8.map { Int($0) - 48 }
            let sum = digits.enumerated().reduce(0) { $0 + $1.element * ($1.offset % 2 == 0 ? 1 : 3) }
            #expect(digits.count == 13 && sum % 10 == 0)
        }
    }

    @Test("every %LEL channel says what its 100 % are, as the gas table has it; others say nothing", arguments: Fixture.all)
    func explosiveLimits(_ fixture: Fixture) throws {
        let records = Array(try fixture.company().records)
        let limits = Set(records.of("gas").map { [$0.text("cas"), $0.text("source"), $0.text("lfl_percent")] })
        var sources: Set<String?> = []
        for channel in records.of("sensor_channel") {
            guard channel.text("unit") == "%LEL" else {
                #expect(channel.text("lfl_percent") == nil && channel.text("lfl_source") == nil)
                continue
            }
            #expect(limits.contains([channel.text("cas"), channel.text("lfl_source"), channel.text("lfl_percent")]))
            sources.insert(channel.text("lfl_source"))
        }
        #expect(sources == ["IEC 60079-20-1:2010", "NFPA 497:2008"])
    }

    @Test("for every channel some depot has gas: half the explosive range in %vol, or its own unit", arguments: Fixture.all)
    func cylinders(_ fixture: Fixture) throws {
        let records = Array(try fixture.company().records)
        let gases = Set(records.of("reference_gas").map { [$0.text("cas"), $0.text("unit")] })
        for channel in records.of("sensor_channel") {
            let unit = channel.text("unit") == "%LEL" ? "%vol" : channel.text("unit")
            #expect(gases.contains([channel.text("cas"), unit]), "\(channel.text("gas_name") ?? "")")
        }
    }

    @Test("fixed detectors have one channel, everything else up to six")
    func channels() throws {
        let records = Array(try Fixture.all[0].company().records)
        let kinds = Dictionary(uniqueKeysWithValues: records.of("asset_model").map { ($0.id, $0.text("kind")) })
        let counts = Dictionary(grouping: records.of("sensor_channel")) { $0.reference("asset") }.mapValues(\.count)
        for asset in records.of("asset") {
            let (count, model) = (counts[asset.id] ?? 0, try #require(asset.reference("model")))
            #expect(kinds[model] == "fixed_detector" ? count == 1 : (1...6).contains(count))
        }
    }

    @Test("something is expired, ending, revoked, superseded, discontinued, down to its last piece", arguments: Fixture.all)
    func everydayTroubles(_ fixture: Fixture) throws {
        let company = try fixture.company()
        let records = Array(company.records)
        let (today, soon) = (fixture.startDay, CalendarDate(daysSince1970: company.startDay.daysSince1970 + 14).description)
        let cylinders = records.of("reference_gas").compactMap { $0.text("expires_on") }
        #expect(cylinders.contains { $0 < today } && cylinders.contains { today <= $0 && $0 <= soon } && cylinders.contains { $0 > soon })
        #expect(records.of("qualification").filter { $0.text("revoked") == "yes" }.count == 1)
        #expect(Set(records.of("part").map { $0.text("status") }) == ["active", "superseded", "discontinued"])
        #expect(records.of("stock_entry").contains { $0.text("quantity") == "1" && $0.text("serial") == nil })
        #expect(records.of("stock_entry").allSatisfy { $0.reference("from") == nil && $0.text("reason") == "receipt" })
    }

    @Test("a superseded part names one that can be ordered", arguments: Fixture.all)
    func replacements(_ fixture: Fixture) throws {
        let parts = try fixture.company().records.of("part")
        let status = Dictionary(uniqueKeysWithValues: parts.map { ($0.id, $0.text("status")) })
        for part in parts where part.text("status") == "superseded" {
            #expect(status[try #require(part.reference("replaced_by"))] == "active")
        }
    }
}

extension RecordDraft {
    /// One value for the whole record, fields by name.
    var canonical: Value {
        let fields = self.fields.sorted { $0.key < $1.key }.map { Value.list([.text($0.key), $0.value]) }
        return .list([.text(entity), .bytes(id.bytes), .list(fields)])
    }
}
