import Testing
import TruckrollClient
import TruckrollCore
import TruckrollDomain
import TruckrollProtocol
import TruckrollSync

@Suite("Finding by words")
struct FindTests {
    private func found(_ bench: Bench, _ text: String, _ kinds: [SearchKind] = []) throws -> [String] {
        try bench.client.search(text, kinds: kinds).lines.map { "\($0.kind) \($0.name)" }
    }

    @Test(
        "words, their beginnings, several of them, without accents and in any case",
        arguments: [
            ("koln", ["site Works 2", "customer C1"]), ("KÖLN plant", ["customer C1"]), ("pump", ["area Pump house"]),
            ("induction", ["site Works 2"]), ("meier", ["site Works 2"]), ("hydrogen", []), ("calibr det", ["order 2026-0042"]),
            ("ump house", ["area Pump house"]), ("repair later", ["order 2026-0043"]), ("haupt 5", ["customer C1"]),
        ])
    func words(text: String, expected: [String]) throws {
        #expect(try found(Bench(), text) == expected)
    }

    @Test("a whole number comes first, then the end of one")
    func numbers() throws {
        let bench = try Bench { drafts, world in
            drafts.append(
                .init(
                    "note", id: World.id(60),
                    [
                        "order": world.ref(world.secondOrder), "text": .text("As on 2026-0042, and GD-101"), "at": .text("2026-11-20T09:00:00+01:00"),
                        "by": world.ref(world.ben),
                    ]))
        }
        #expect(try found(bench, "2026-0042").first == "order 2026-0042")
        #expect(try found(bench, "20260042") == ["order 2026-0042"])
        #expect(try found(bench, "gd-101").first == "asset GD-101")
        #expect(try found(bench, "gd-101").contains("note …\(World.id(60).short)"))
        #expect(try found(bench, "4-000777") == ["asset GD-102"])
        #expect(try found(bench, "24000") == ["asset GD-102", "asset GD-101"])
        #expect(try bench.client.search("2026-0042", kinds: [.note]).lines.map(\.order) == ["2026-0043"])
        #expect(try found(bench, "2026-0042", [.asset, .site]) == [])
    }

    @Test("what was written offline is found before it is sent, and an older wording no more")
    func pending() throws {
        let bench = try Bench()
        _ = try bench.client.addNote("The ventilator of the Überdruck cabinet rattles", to: bench.world.order)
        let line = try #require(try bench.client.search("uberdruck rattles").lines.first)
        #expect(line.kind == .note && line.place == .onDevice && line.order == "2026-0042" && line.text.contains("Überdruck"))
        var edit = OrderEdit()
        edit.title = "Exchange of the catalyst"
        _ = try bench.client.edit(bench.world.order, edit)
        #expect(try found(bench, "catalyst") == ["order 2026-0042"])
        #expect(try found(bench, "calibration detector") == [])
        _ = try bench.client.reword(.problem, of: bench.world.order) { _ in "smells of solvent" }
        #expect(try found(bench, "solvent").count == 1)
        _ = try bench.client.reword(.problem, of: bench.world.order) { _ in "smells of ammonia" }
        #expect(try found(bench, "solvent") == [])
        #expect(try found(bench, "ammonia").count == 1)
    }

    @Test("what leaves the device's view is found no more, and comes back with it")
    func leaving() throws {
        let bench = try Bench()
        let order = RecordKey(type: try bench.client.schema.entity("service_order").type, id: bench.world.secondOrder)
        #expect(try found(bench, "later repair") == ["order 2026-0043"])
        try bench.withdraw(order)
        #expect(try found(bench, "later repair") == [])
        #expect(throws: DeviceProblem.self) { try bench.client.findJob("2026-0043") }
        #expect(try found(bench, "2026-0042").first == "order 2026-0042")
    }

    @Test("no more is shown than was asked for, and how many there are is told")
    func limits() throws {
        let bench = try Bench { drafts, world in
            for number: UInt64 in 100..<150 {
                drafts.append(.init("part", id: World.id(number), ["number": .text("X-\(number)"), "name": .text("Gasket"), "unit": .text("pcs")]))
            }
        }
        let result = try bench.client.search("gasket", limit: 10)
        #expect(result.lines.count == 10 && result.total == 50 && result.more == "40 more")
        #expect(try bench.client.search("gasket x-1", limit: 100).more == nil)
        #expect(try bench.client.search("gasket x-117").lines.map(\.name) == ["X-117"])
    }

    @Test("a text without a letter or digit is refused", arguments: ["", "  ", "?!", "·–"])
    func empty(text: String) throws {
        let bench = try Bench()
        let problem = #expect(throws: DeviceProblem.self) { try bench.client.search(text) }
        #expect(problem?.code == "no-words")
    }

    @Test("an audit finds words that are wrong, and a repair makes them right")
    func audit() throws {
        let bench = try Bench()
        #expect(try bench.client.engine.derivedDamage().isEmpty)
        let key = RecordKey(type: try bench.client.schema.entity("site").type, id: bench.world.site)
        try bench.client.engine.store.write { _ = try $0.save(RecordWords(names: "elsewhere", texts: ""), of: key) }
        #expect(try found(bench, "works 2") == [])
        #expect(try bench.client.engine.derivedDamage().rows == 1)
    }
}

extension Bench {
    /// Lets a record leave the view, as the server says when it lies in no scope of it any more.
    func withdraw(_ key: RecordKey) throws {
        let record = try #require(try client.read { try $0.record(key) })
        var change = PBRecordChange()
        change.key = data(key.encoded)
        var reply = PBSyncReply()
        var chunk = PBChunk()
        chunk.records = [change]
        reply.chunks = [chunk]
        reply.commit.checkpoint = PBCheckpoint(
            Checkpoint(epoch: Epoch(rawValue: 9), position: Position(rawValue: 1000), historyPrefix: Array(repeating: 0, count: 8), viewVersion: 1))
        reply.commit.viewDigest = data(ViewDigest.of(try client.read { try $0.scopes() }))
        reply.commit.touched = try client.read { reader in
            try reader.scopes(of: key).map { scope in
                var digest = try reader.digest(of: scope) ?? ScopeDigest()
                digest.remove(RecordHash(record))
                var state = PBScopeState()
                state.scope = scope.name
                state.count = digest.count
                state.sum = data(Array(digest.encoded.suffix(16)))
                return state
            }
        }
        let step = try client.engine.apply(reply, sentAt: Bench.morning, receivedAt: Bench.morning)
        guard case .applied = step else { throw DeviceProblem("seed", "The withdrawal does not apply: \(step).", next: "") }
    }
}
