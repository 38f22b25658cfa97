import Foundation
import Testing
import TruckrollCore
import TruckrollDomain
import TruckrollProtocol
import TruckrollStoreMemory
import TruckrollSync

/// A restored server lacks work whose device is gone; another device still shows it.
@Suite("Recovered state")
struct RecoveredTests {
    let company: Company
    let store: MemoryServerStore
    var world: World { company.world }

    init() throws {
        (company, store) = try Company.inMemory()
    }

    /// Dora renames the order after the copy was made, and Anna sees it; then the copy is put back.
    private func lose() throws {
        let copy = store.copy()
        try world.commit(company.dora, "rename") { try $0.patch("service_order", company.order, ["title": .text("Calibrate, and look at the fan")]) }
        try world.sync(company.dora)
        try world.sync(company.anna)
        try company.putBack(copy, in: store)
    }

    private func items() throws -> [RecordView] { try world.serverRecords("recovered_state") }

    private func cases() throws -> [RecordView] { try world.serverRecords("exception").filter { $0.text("kind") == "recovered_state" } }

    private func entries(_ item: RecordView) throws -> [PBRecoveredEntry] {
        try Wire.decode(PBRecoveredState.self, try #require(item["content"].bytes)).entries
    }

    @Test("what another device shows of lost work is kept for the office and takes no effect; when its author comes, the case closes itself")
    func offered() throws {
        try lose()
        try world.sync(company.anna)
        #expect(try world.value(company.anna, "service_order", company.order, "title") == .text("Calibrate"))
        let item = try #require(try items().first)
        #expect(try items().count == 1)
        #expect(item.integer("author_replica") == Int64(company.dora.replica.rawValue))
        let entry = try #require(try entries(item).first { Value(shown: $0) == .text("Calibrate, and look at the fan") })
        #expect(try RecordKey(decoding: Array(entry.key)).id == company.order)
        #expect(try cases().map { $0.text("state") } == ["open"])

        try world.sync(company.dora)
        #expect(try world.serverValue("service_order", company.order, "title") == .text("Calibrate, and look at the fan"))
        #expect(try items().map { $0.boolean("arrived") } == [true])
        #expect(try cases().map { $0.text("state") } == ["resolved"])
        for device in [company.anna, company.dora] { #expect(try world.audit(device).isEmpty) }
    }

    @Test("what its author has brought, nobody is asked about")
    func authorFirst() throws {
        try lose()
        try world.sync(company.dora)
        try world.sync(company.anna)
        #expect(try items().isEmpty)
        #expect(try cases().isEmpty)
    }

    @Test("the office closes it by its decision")
    func reviewed() throws {
        try lose()
        try world.sync(company.anna)
        let item = try #require(try items().first)
        let user = try #require(try company.dora.engine.read { try $0.identity()?.user })
        let office = try world.device("office", user: user)
        try world.commit(office, "review") { try $0.patch("recovered_state", item.id, ["review": .text("dismissed")]) }
        try world.sync(office)
        #expect(try cases().map { $0.text("state") } == ["resolved"])
    }

    @Test("a broken request offers again and keeps nothing twice; two devices that show the same make one item")
    func twice() throws {
        try lose()
        let ben = company.ben
        _ = try world.exchange(company.anna)
        var request = try company.anna.engine.nextRequest()
        #expect(!request.recovered.isEmpty)
        _ = try world.server.sync(request, replica: company.anna.replica, at: world.moment)
        let head = try store.read { try $0.tenant()?.head }
        request.recovered.reverse()
        _ = try world.server.sync(request, replica: ben.replica, at: world.moment)
        #expect(try items().count == 1)
        #expect(try store.read { try $0.tenant()?.head } == head)
        try world.sync(company.anna)
        #expect(try items().count == 1)
    }

    @Test("garbage, and what is of sets that are here or of the server's own, is no recovered state")
    func garbage() throws {
        let order = RecordKey(type: try world.schema.entity("service_order").type, id: company.order)
        func entry(_ replica: ReplicaID, _ sequence: UInt64) -> PBRecoveredEntry {
            var entry = PBRecoveredEntry()
            entry.key = data(order.encoded)
            entry.field = 5
            entry.version = data(Version(stamp: Stamp(milliseconds: 1, counter: 0, replica: replica), sequence: sequence).encoded)
            entry.value = data([1, 2, 3])
            return entry
        }
        let server = try #require(try store.read { try $0.tenant()?.serverReplica })
        var short = entry(company.dora.replica, 1000)
        short.version.removeLast()
        var keyless = entry(company.dora.replica, 1000)
        keyless.key = Data()
        try lose()
        _ = try world.exchange(company.anna)
        var request = try company.anna.engine.nextRequest()
        request.recovered = [
            entry(company.dora.replica, 1), entry(server, 1000), entry(ReplicaID(rawValue: 77), 1), entry(company.dora.replica, .max), short, keyless,
        ]
        let reply = try world.server.sync(request, replica: company.anna.replica, at: world.moment)
        #expect(reply.recovered == 6)
        #expect(try items().isEmpty)
        request.recovered = [entry(company.dora.replica, 1000)]
        _ = try world.server.sync(request, replica: company.anna.replica, at: world.moment)
        #expect(try items().count == 1)
    }

    @Test("a device is told of no replica and no number of sets but what its own view shows, and only when it lost something")
    func told() throws {
        let ben = company.ben
        try world.commit(ben, "own") { try $0.patch("stock_location", company.vanA, ["name": .text("Van of Ben's")]) }
        try world.sync(ben)
        try company.addFarOrder()
        try lose()
        let reply = try world.exchange(company.anna)
        #expect(reply.historyChanged.reason == "epoch-changed")
        let server = Set([1, try #require(try store.read { try $0.tenant()?.serverReplica.rawValue })])
        var shown: [UInt32: UInt64] = [:]
        try store.read { transaction in
            let scopes = try transaction.viewScopes(company.anna.replica).map(\.scope)
            for key in try transaction.keys(after: nil, limit: 10_000) {
                guard let stored = try transaction.record(key), !stored.isDeleted, stored.scopes.contains(where: { scopes.contains($0) }) else {
                    continue
                }
                for entry in stored.record.entries {
                    let id = entry.version.writeID
                    if !server.contains(id.replica.rawValue) { shown[id.replica.rawValue] = max(shown[id.replica.rawValue] ?? 0, id.sequence) }
                }
            }
        }
        let told = reply.historyChanged.known.filter { !server.contains($0.replica) }
        #expect(Dictionary(uniqueKeysWithValues: told.map { ($0.replica, $0.lastSequence) }) == shown)
        #expect(!told.contains { $0.replica == ben.replica.rawValue })

        // Ben's checkpoint is from before the copy.
        #expect(try world.exchange(ben).historyChanged.known.isEmpty)
    }

    @Test("a checkpoint that a device made up tells it nothing and writes nothing", arguments: [UInt64(11), 12, 99])
    func madeUp(epoch: UInt64) throws {
        try company.putBack(store.copy(), in: store)
        var request = try company.anna.engine.nextRequest()
        request.checkpoint.epoch = epoch
        request.checkpoint.history = data([UInt8](repeating: 7, count: 8))
        var writes = 0
        store.fault = { _ in writes += 1 }
        defer { store.fault = nil }
        let reply = try world.server.sync(request, replica: company.anna.replica, at: world.moment)
        #expect(reply.historyChanged.reason == (epoch == 12 ? "checkpoint-unknown" : "epoch-changed"))
        #expect(reply.historyChanged.known.isEmpty)
        #expect(writes == 0)
    }

    private func madeUp(_ sequence: UInt64) throws -> PBRecoveredEntry {
        var entry = PBRecoveredEntry()
        entry.key = data(RecordKey(type: try world.schema.entity("service_order").type, id: company.order).encoded)
        entry.field = 5
        entry.version = data(Version(stamp: Stamp(milliseconds: 1, counter: 0, replica: company.dora.replica), sequence: sequence).encoded)
        return entry
    }

    @Test("what a device makes up of lost work is bounded in each epoch, and more of it is passed over")
    func bounded() throws {
        try lose()
        _ = try world.exchange(company.anna)
        var request = try company.anna.engine.nextRequest()
        for number in 1...UInt64(Limits.recoveredRequests + 5) {
            request.recovered = [try madeUp(1000 + number)]
            #expect(try world.server.sync(request, replica: company.anna.replica, at: world.moment).recovered == 1)
        }
        #expect(try items().count == Limits.recoveredRequests)
    }

    @Test("a device that was not there when a history was lost leaves nothing, whatever it shows")
    func notThere() throws {
        try lose()
        _ = try world.exchange(company.anna)
        let proof = try company.anna.engine.nextRequest().former
        #expect(!proof.isEmpty)
        for former in [[], proof] {
            var request = try company.ben.engine.nextRequest()
            _ = try world.exchange(company.ben)
            request = try company.ben.engine.nextRequest()
            if !former.isEmpty { request.former = former }
            request.recovered = [try madeUp(1000)]
            #expect(try world.server.sync(request, replica: company.ben.replica, at: world.moment).recovered == 1)
        }
        #expect(try items().isEmpty)
    }

    @Test("what does not fit into one request is offered in the next ones, and the history it was lost with is shown with each")
    func many() throws {
        let copy = store.copy()
        let orders = (0..<40).map { _ in world.id() }
        for (index, order) in orders.enumerated() { try company.add(order, "SO-M\(index)", inHours: Int64(3 + 2 * index)) }
        try world.sync(company.anna)
        try company.putBack(copy, in: store)
        _ = try world.exchange(company.anna)
        #expect(try company.anna.engine.nextRequest().recovered.count == Limits.recoveredInRequest)
        try world.sync(company.anna)
        let lost = Set(try items().flatMap { try entries($0) }.compactMap { try? RecordKey(decoding: Array($0.key)).id })
        #expect(lost.isSuperset(of: orders))
        #expect(try company.anna.engine.nextRequest().recovered.isEmpty)
    }

    @Test("where no history was lost nothing is kept")
    func nothingLost() throws {
        var entry = PBRecoveredEntry()
        entry.key = data(RecordKey(type: try world.schema.entity("service_order").type, id: company.order).encoded)
        entry.field = 5
        entry.version = data(Version(stamp: Stamp(milliseconds: 1, counter: 0, replica: company.dora.replica), sequence: 1000).encoded)
        var request = PBSyncRequest()
        request.recovered = [entry]
        #expect(try world.server.sync(request, replica: company.anna.replica, at: world.moment).recovered == 1)
        #expect(try items().isEmpty)
    }
}

extension Value {
    /// What a value of the kind of a title shows.
    fileprivate init(shown entry: PBRecoveredEntry) {
        self = (try? FieldState(decoding: Array(entry.value), rule: .lastWriter))?.shown(rule: .lastWriter, lattice: []) ?? .null
    }
}
