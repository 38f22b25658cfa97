import Testing
import TruckrollClient
import TruckrollCore
import TruckrollDomain
import TruckrollSync

@Suite("Parts")
struct StockTests {
    private func pieces(_ number: Int64) -> Quantity { Quantity(millionths: number * 1_000_000) }

    @Test("the van's balance is predicted from what was used and not answered, and a shortage is told, not refused")
    func predicted() throws {
        let bench = try Bench(state: .in_progress)
        var entry = PartEntry(part: bench.world.part, quantity: pieces(2))
        entry.asset = bench.world.asset
        #expect(try bench.client.usePart(entry, on: bench.world.order).notices == ["3 pcs left."])
        var line = try #require(try bench.client.vanStock().first { $0.part == bench.world.part })
        #expect(line.confirmed == pieces(5) && line.waiting == pieces(2) && line.predicted == pieces(3) && line.place == .onDevice)
        entry.quantity = pieces(4)
        #expect(try bench.client.usePart(entry, on: bench.world.order).notices == ["The book had 3; count the stock."])
        line = try #require(try bench.client.vanStock().first { $0.part == bench.world.part })
        #expect(line.predicted == Quantity(millionths: -1_000_000))
        entry.action = .removed
        _ = try bench.client.usePart(entry, on: bench.world.order)
        #expect(try bench.client.vanStock().first { $0.part == bench.world.part }?.predicted == line.predicted)
    }

    @Test("a serialised part needs its serial number, one tracked by lot its lot, a quantity more than nothing")
    func demands() throws {
        let bench = try Bench(state: .in_progress)
        func code(_ entry: PartEntry) -> String? {
            do { _ = try bench.client.usePart(entry, on: bench.world.order) } catch let problem as DeviceProblem { return problem.code } catch {
                return "\(error)"
            }
            return nil
        }
        var sensor = PartEntry(part: bench.world.serialised, quantity: pieces(1))
        #expect(code(sensor) == "serial-missing")
        sensor.serial = "S-1"
        sensor.quantity = pieces(2)
        #expect(code(sensor) == "serial-missing")
        sensor.quantity = pieces(1)
        #expect(code(sensor) == nil)
        var seal = PartEntry(part: bench.world.lotPart, quantity: pieces(1))
        #expect(code(seal) == "lot-missing")
        seal.lot = "L1"
        #expect(code(seal) == nil)
        #expect(code(PartEntry(part: bench.world.part, quantity: .zero)) == "value-unfit")
    }

    @Test("a piece that by the book is elsewhere is told and not refused, and one that is used leaves the van's list")
    func pieces() throws {
        let bench = try Bench(state: .in_progress)
        func serials() throws -> [String]? { try bench.client.vanStock().first { $0.part == bench.world.serialised }?.serials }
        #expect(try serials() == ["S-1", "S-2"])
        func notices(_ serial: String, _ action: PartAction = .fitted) throws -> String {
            var entry = PartEntry(part: bench.world.serialised, quantity: pieces(1))
            entry.serial = serial
            entry.action = action
            entry.asset = bench.world.asset
            return try bench.client.usePart(entry, on: bench.world.order).notices.joined(separator: " ")
        }
        #expect(try notices("S-1") == "1 pcs left.")
        #expect(try serials() == ["S-2"])
        #expect(try notices("S-1").contains("S-1 is recorded as used already, on 2026-0042"))
        #expect(try notices("S-8").contains("By the book S-8 is not there"))
        #expect(try notices("S-9").contains("By the book S-9 is not there"))
        #expect(try notices("X-1").contains("The book knows no piece X-1 there"))
        #expect(try notices("S-1", .removed).isEmpty)
    }

    @Test("what is counted in pieces is used, reserved and leased in whole ones; what is weighed need not be", arguments: ["0.5", "1.000001"])
    func wholePieces(amount: String) throws {
        let bench = try Bench(state: .in_progress)
        let world = bench.world
        let half = try #require(Quantity(amount))
        let before = try bench.client.read { try $0.outbox().count }
        for attempt in [
            { try bench.client.usePart(PartEntry(part: world.part, quantity: half), on: world.order) },
            { try bench.client.reserve(world.part, quantity: half, at: world.depot, for: world.order) },
            { try bench.client.requestLease(world.part, amount: half, at: world.depot) },
        ] as [() throws -> Recorded] {
            let problem = #expect(throws: DeviceProblem.self) { try attempt() }
            #expect(problem?.code == "value-unfit")
        }
        #expect(try bench.client.read { try $0.outbox().count } == before)
        var seal = PartEntry(part: world.lotPart, quantity: half)
        seal.lot = "L1"
        #expect(throws: Never.self) { try bench.client.usePart(seal, on: world.order) }
    }

    @Test("a reservation has the derived id of order, part and place; asking twice is refused with the answer")
    func reserves() throws {
        let bench = try Bench()
        let world = bench.world
        let recorded = try bench.client.reserve(world.part, quantity: pieces(1), at: world.depot, for: world.order)
        let type = try bench.client.schema.entity("reservation").type
        #expect(recorded.record == RecordID.derived(type: type, key: [world.order.bytes, world.part.bytes, world.depot.bytes]))
        let problem = #expect(throws: DeviceProblem.self) {
            try bench.client.reserve(world.part, quantity: pieces(1), at: world.depot, for: world.order)
        }
        #expect(problem?.code == "already-reserved")
        #expect(try bench.client.depotStock(part: world.part).map(\.free) == [pieces(2)])
    }

    @Test(
        "a lease is spent no further than granted, and not after it ran out",
        arguments: [("2026-11-24T08:00:00+01:00", "2", true), ("2026-11-23T07:00:00+01:00", "2", false), ("2026-11-24T08:00:00+01:00", "1", false)])
    func lease(expiry: String, granted: String, isUsable: Bool) throws {
        let lease = World.id(70)
        let bench = try Bench(state: .in_progress) { drafts, world in
            drafts.append(
                RecordDraft(
                    "lease", id: lease,
                    [
                        "kind": .text("depot_stock"), "user": .reference(world.ana), "location": .reference(world.depot),
                        "part": .reference(world.part), "amount": .text("2"),
                        "state": .text("granted"), "granted": .text(granted), "used": .text("0"), "soft_expiry": .text(expiry),
                    ]))
        }
        var entry = PartEntry(part: bench.world.part, quantity: pieces(2))
        entry.source = .lease(lease)
        if isUsable {
            _ = try bench.client.usePart(entry, on: bench.world.order)
            // The whole of it is spent now, although the server has not said so.
            entry.quantity = pieces(1)
        }
        let problem = #expect(throws: DeviceProblem.self) { try bench.client.usePart(entry, on: bench.world.order) }
        #expect(problem?.code == "lease-unusable")
    }

    @Test("a count says what was found beside what should be there by all this device knows, its own uses included")
    func counted() throws {
        let bench = try Bench(state: .in_progress)
        var use = PartEntry(part: bench.world.part, quantity: pieces(2))
        use.asset = bench.world.asset
        _ = try bench.client.usePart(use, on: bench.world.order)
        var entry = CountEntry(part: bench.world.part)
        entry.quantity = pieces(3)
        #expect(try bench.client.count(entry).notices.isEmpty)
        entry.quantity = pieces(1)
        let short = try bench.client.count(entry)
        #expect(short.notices == ["3 pcs should lie there; the office gets a question."])
        let record = try #require(try bench.client.read { try $0.view("stock_count", short.record ?? bench.world.part) })
        #expect(record.text("counted") == "1" && record.text("expected") == "3" && record["missing"] == .null)

        var sensors = CountEntry(part: bench.world.serialised)
        sensors.serials = ["S-2", "S-9"]
        let seen = try bench.client.count(sensors)
        #expect(seen.notices == ["Not seen: S-1.", "Not expected there: S-9."])
        let pieces = try #require(try bench.client.read { try $0.view("stock_count", seen.record ?? bench.world.part) })
        #expect(pieces["missing"] == .list([.text("S-1")]) && pieces["found"] == .list([.text("S-9")]))
        #expect(pieces.text("counted") == "2" && pieces.text("expected") == "2")
    }

    @Test("a count says a quantity, one that fits the unit and is not below nothing, and each number once")
    func countRefused() throws {
        let bench = try Bench(state: .in_progress)
        func code(_ part: RecordID, _ quantity: Quantity?, _ serials: [String] = []) -> String? {
            var entry = CountEntry(part: part)
            (entry.quantity, entry.serials) = (quantity, serials)
            do { _ = try bench.client.count(entry) } catch let problem as DeviceProblem { return problem.code } catch { return "\(error)" }
            return nil
        }
        #expect(code(bench.world.part, nil) == "value-unfit")
        #expect(code(bench.world.part, Quantity(millionths: -1)) == "value-unfit")
        #expect(code(bench.world.part, Quantity(millionths: 500_000)) == "value-unfit")
        #expect(code(bench.world.part, pieces(1), ["S-1"]) == "value-unfit")
        #expect(code(bench.world.serialised, nil, ["S-1", "S-1"]) == "serial-missing")
        #expect(code(bench.world.serialised, nil, [" "]) == "serial-missing")
        #expect(code(bench.world.serialised, nil) == nil && code(bench.world.part, .zero) == nil)
    }
}
