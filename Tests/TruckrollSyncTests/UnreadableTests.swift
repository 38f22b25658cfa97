import Foundation
import Testing
import TruckrollCore
import TruckrollDomain
import TruckrollProtocol
import TruckrollStoreMemory

@testable import TruckrollSync

@Suite("Rows that the disk has changed")
struct UnreadableTests {
    private let company: Company
    private var anna: World.Device { company.anna }
    private var world: World { company.world }

    /// Anna has accepted her order, and the server does not know yet.
    init() throws {
        company = try Company(devicesInFiles: true)
        try company.event(company.anna, .accept)
    }

    private func key(_ entity: String, _ id: RecordID) throws -> RecordKey { RecordKey(type: try world.schema.entity(entity).type, id: id) }

    private func strike(_ damage: DiskDamage) throws {
        try damage.strike(
            world.directory.appendingPathComponent("anna.sqlite"), site: key("site", company.site).encoded,
            order: key("service_order", company.order).encoded)
    }

    /// All that Anna's device shows.
    private func shown() throws -> [Record] {
        try anna.engine.read { reader in
            try world.schema.entities.flatMap { entity in try reader.views(entity.name).map(\.record) }
        }
    }

    private var outbox: [SignedSet] { get throws { try anna.engine.read { try $0.outbox() }.map(\.set) } }

    private func isDamaged() throws -> Bool { try anna.engine.read { try $0.state().isDamaged } }

    @Test("end no reading, are left out, and leave the outbox alone", arguments: DiskDamage.allCases)
    func reading(damage: DiskDamage) throws {
        let (before, sets) = (try shown(), try outbox)
        try strike(damage)
        let after = try shown()
        #expect(after.count >= before.count - 1)
        #expect(try outbox == sets)
        if [.recordBytes, .recordHash, .overlayBytes, .rowID].contains(damage) { #expect(try isDamaged()) }
    }

    @Test("are told by an audit, and mended by one that repairs, from the server and the outbox", arguments: DiskDamage.allCases)
    func audit(damage: DiskDamage) throws {
        let before = try shown()
        try strike(damage)
        let told = try anna.engine.localDamage().count + (anna.engine.derivedDamage().isEmpty ? 0 : 1)
        #expect(told > 0, "found before any visit")
        let found = try world.compare(anna, repairing: false)
        if !healedByVisit.contains(damage) { #expect(!found.isClean) }
        let mended = try world.compare(anna, repairing: true)
        #expect(mended.isClean == found.isClean)
        #expect(try world.compare(anna, repairing: false).isClean)
        #expect(try !isDamaged())
        #expect(try company.state() == "accepted")
        #expect(try outbox.isEmpty)
        #expect(try shown().count == before.count)
        #expect(try world.value(anna, "service_order", company.order, "state") == .text("accepted"))
        #expect(try world.value(anna, "site", company.site, "name") == .text("Works 1"))
        #expect(try ids(state: "accepted") == [company.order])
    }

    /// A visit makes overlays anew, and compares the scopes it touches.
    private let healedByVisit: Set<DiskDamage> = [
        .scopeSum, .overlayBytes, .overlayValue, .overlayGone, .overlaySurplus, .rowID, .rowValue, .rowsGone,
    ]

    private func ids(state: String) throws -> [RecordID] {
        try anna.engine.read { try $0.views("service_order", where: "state", equals: .text(state)).map(\.id) }
    }

    @Test("are mended without a server where they follow from what is here", arguments: DiskDamage.allCases.filter(\.isDerived))
    func derived(damage: DiskDamage) throws {
        try strike(damage)
        #expect(try !anna.engine.derivedDamage().isEmpty)
        #expect(try !anna.engine.derivedDamage().isEmpty, "comparing changes nothing")
        #expect(try anna.engine.localDamage().isEmpty)
    }

    @Test("are mended by the next sync once somebody has met them", arguments: DiskDamage.allCases.filter(\.isUnreadable))
    func sync(damage: DiskDamage) throws {
        let before = try shown()
        try strike(damage)
        _ = try shown()
        // Only who looks at scopes meets these.
        try anna.engine.read { reader in for scope in try reader.scopes() { _ = try reader.digest(of: scope) } }
        if damage == .recordKey || damage == .place { anna.engine.noteDamage() }
        #expect(try isDamaged())
        try world.mend(anna)
        #expect(try !isDamaged())
        #expect(try world.compare(anna, repairing: false).isClean)
        #expect(try company.state() == "accepted")
        #expect(try shown().count == before.count)
    }

    @Test(
        "that the outbox builds on come back with it: work that is not sent yet is shown again, whether or not somebody looked",
        arguments: [true, false])
    func pending(isNoticed: Bool) throws {
        try strike(.overlayBytes)
        if isNoticed {
            #expect(try ids(state: "dispatched").isEmpty)
            _ = try shown()
        }
        try company.event(anna, .travel)
        #expect(try world.value(anna, "service_order", company.order, "state") == .text("en_route"))
        #expect(try outbox.count == 2)
        try world.mend(anna)
        #expect(try company.state() == "en_route")
    }

    @Test("nothing differs where nothing is damaged, with work in the outbox and without")
    func sound() throws {
        #expect(try anna.engine.derivedDamage().isEmpty)
        try world.sync(anna)
        for device in [anna, company.ben, company.dora] {
            #expect(try device.engine.derivedDamage().isEmpty)
            #expect(try world.compare(device, repairing: false).isClean)
        }
    }
}

extension DiskDamage {
    /// Whether the row only repeats what others say.
    var isDerived: Bool {
        switch self {
        case .recordBytes, .recordHash, .recordKey, .place, .scopeSum: false
        default: true
        }
    }
}
