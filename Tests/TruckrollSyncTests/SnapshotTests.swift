import Dispatch
import Foundation
import Testing
import TruckrollCompression
import TruckrollCore
import TruckrollDomain
import TruckrollProtocol
import TruckrollStoreMemory
import TruckrollSync

@Suite("Snapshots of shared scopes")
struct SnapshotTests {
    @Test("the catalogue comes in segments that are made once for all devices, and everything is right")
    func madeOnce() throws {
        let shop = try Shop()
        let world = shop.company.world
        let first = try world.device("first", user: shop.company.annaUser)
        let (made, fetched) = (shop.segments.puts, world.segmentsFetched)
        #expect(made > 3 && fetched == made)
        let second = try world.device("second", user: shop.company.benUser)
        #expect(shop.segments.puts == made)
        #expect(world.segmentsFetched == 2 * fetched)
        for device in [first, second] {
            #expect(try world.audit(device).isEmpty)
            #expect(try device.engine.filling() == nil)
        }
    }

    @Test("a device that does not say that it takes snapshots gets parts as ever")
    func olderClient() throws {
        let shop = try Shop()
        let world = shop.company.world
        world.takesSnapshots = false
        let device = try world.fresh("older", user: shop.company.annaUser)
        while try device.engine.filling() != nil {
            let reply = try world.exchange(device)
            #expect(!reply.filling.hasSnapshot)
            #expect(reply.part.allSatisfy { $0.records.allSatisfy { !$0.join } })
        }
        #expect(shop.segments.puts == 0)
        #expect(try world.audit(device).isEmpty)
    }

    @Test("what is edited, deleted and made while the log advances is as if it had come in parts", arguments: [0, 20, 1000], [2, 7])
    func movingHead(tailPercent: Int, records: Int) throws {
        let shop = try Shop(tailPercent: tailPercent, partRecords: records)
        let world = shop.company.world
        // The snapshot is older than the transfer, so that its tail begins before it.
        _ = try world.device("before", user: shop.company.benUser)
        try shop.edit(3, delete: 4)
        let device = try world.fresh("new", user: shop.company.annaUser)
        var rounds = 0
        while try device.engine.filling() != nil, rounds < 400 {
            try shop.step(device)
            rounds += 1
            guard rounds % 3 == 0, rounds < 60 else { continue }
            try shop.edit(rounds, delete: rounds % 2 == 0 ? rounds / 2 : nil)
        }
        #expect(try device.engine.read { try $0.state().visible } == .third)
        #expect(try world.audit(device).isEmpty)
    }

    @Test("a record that lies in another scope of the view too is never put back to what the snapshot holds")
    func joins() throws {
        let shop = try Shop()
        let world = shop.company.world
        _ = try world.device("before", user: shop.company.benUser)
        let device = try world.fresh("new", user: shop.company.annaUser)
        // The part in the van is shown with the first class, before the catalogue is here.
        while try device.engine.read({ try $0.state().visible }) == nil { try shop.step(device) }
        try world.commit(world.importer) { try $0.patch("part", shop.company.part, ["name": .text("Newer")]) }
        try world.sync(world.importer)
        try world.sync(device)
        #expect(try world.value(device, "part", shop.company.part, "name").text == "Newer")
        #expect(try world.audit(device).isEmpty)
    }

    @Test("a little that changed comes as a tail, much of it as another snapshot", arguments: [(2, true), (20, false)])
    func tail(changes: Int, isSame: Bool) throws {
        let shop = try Shop(tailPercent: 20)
        let world = shop.company.world
        _ = try world.device("first", user: shop.company.benUser)
        let made = shop.segments.puts
        for number in 0..<changes { try shop.edit(number) }
        let device = try world.device("second", user: shop.company.annaUser)
        #expect((shop.segments.puts == made) == isSame)
        #expect(try world.audit(device).isEmpty)
    }

    @Test("a snapshot from below what the scope log remembers is not used, and a transfer on the way to it begins anew")
    func collected() throws {
        let shop = try Shop(tailPercent: 1000)
        let world = shop.company.world
        _ = try world.device("first", user: shop.company.benUser)
        let made = shop.segments.puts
        let device = try world.fresh("second", user: shop.company.annaUser)
        while try device.engine.nextSegment() == nil { try shop.step(device) }
        try shop.step(device)
        try shop.edit(1, delete: 2)
        world.milliseconds += 200 * 86_400_000
        try shop.edit(3)
        try world.server.collect(at: world.moment)
        try world.sync(device)
        #expect(shop.segments.puts > made)
        #expect(try world.audit(device).isEmpty)
    }

    @Test("a segment whose bytes the server lost is made again, before it is offered as while it is fetched", arguments: [false, true])
    func lostBytes(meanwhile: Bool) throws {
        let shop = try Shop()
        let world = shop.company.world
        _ = try world.device("first", user: shop.company.benUser)
        let made = shop.segments.puts
        let device = try world.fresh("second", user: shop.company.annaUser)
        if meanwhile { while try device.engine.nextSegment() == nil { try shop.step(device) } }
        for sha256 in try shop.segments.names() { try shop.segments.remove(sha256) }
        try world.sync(device)
        #expect(shop.segments.puts == 2 * made)
        #expect(try world.audit(device).isEmpty)
    }

    @Test("a segment that was damaged on its way is fetched once more; when that fails too, everything comes in parts")
    func damaged() throws {
        for isAlways in [false, true] {
            let shop = try Shop()
            let world = shop.company.world
            var failures = 0
            world.onSegment = { _, bytes in
                guard isAlways || failures == 0 else { return bytes }
                failures += 1
                return Array(bytes.dropLast()) + [bytes.last.map { $0 ^ 1 } ?? 0]
            }
            let device = try world.device("new", user: shop.company.annaUser)
            #expect(failures == (isAlways ? 2 : 1))
            #expect(world.segmentsFetched == (isAlways ? 2 : shop.segments.puts + 1))
            #expect(try device.engine.filling() == nil)
            #expect(try world.audit(device).isEmpty)
        }
    }

    @Test("a server that offers what it does not keep is asked for parts in the end")
    func neverThere() throws {
        let shop = try Shop()
        let world = shop.company.world
        world.onSegment = { _, _ in nil }
        let device = try world.device("new", user: shop.company.annaUser)
        #expect(world.segmentsFetched == 2)
        #expect(try world.audit(device).isEmpty)
    }

    @Test("a broken transfer goes on at the first segment that is not kept, and what was recorded meanwhile goes first")
    func resumed() throws {
        let shop = try Shop()
        let world = shop.company.world
        let device = try world.fresh("new", user: shop.company.annaUser)
        while try device.engine.nextSegment() == nil { try shop.step(device) }
        let kept = try #require(try device.engine.filling()).kept
        try shop.step(device)
        #expect(try #require(try device.engine.filling()).kept > kept)
        try world.commit(device) { try $0.patch("task", shop.company.mandatoryTask, ["state": .text("done")]) }
        // The work, not the next segment.
        #expect(try device.engine.nextSegment() == nil)
        let fetched = shop.stepsOfSegments
        world.segmentsFetched = 0
        let report = try world.sync(device)
        #expect(report.answered == 1)
        #expect(world.segmentsFetched + fetched == shop.segments.puts)
        #expect(try world.audit(device).isEmpty)
    }

    @Test("a segment is for those only whose view holds its scope")
    func rights() throws {
        let shop = try Shop(records: 1)
        let world = shop.company.world
        _ = try world.device("desk", user: shop.company.dora.user)
        let snapshots = try world.server.store.read { try $0.snapshots() }
        let office = try #require(snapshots.first { $0.scope == Scope("office") }).segments[0].sha256
        #expect(try !world.server.segment(office, from: 0, replica: shop.company.dora.replica).isEmpty)
        for (sha256, replica) in [(office, shop.company.anna.replica), ([UInt8](repeating: 7, count: 32), shop.company.dora.replica)] {
            #expect(throws: EngineProblem.snapshotGone) { try world.server.segment(sha256, from: 0, replica: replica) }
        }
    }

    @Test("a server put back to an older copy makes snapshots of its own history", arguments: [false, true])
    func putBack(isAnnounced: Bool) throws {
        let store = MemoryServerStore(schema: try Schema.load())
        let shop = try Shop(tailPercent: 0, partRecords: 2, store: store)
        let world = shop.company.world
        let device = try world.fresh("new", user: shop.company.annaUser)
        // The transfer begins in what is kept, and its snapshot is of what is lost.
        try shop.step(device)
        let copy = store.copy()
        try shop.edit(1, delete: 2)
        while try device.engine.nextSegment() == nil { try shop.step(device) }
        while try device.engine.nextSegment() != nil { try shop.step(device) }
        store.restore(from: copy)
        if isAnnounced { try world.server.checkInstance([9], newEpoch: Epoch(rawValue: 77), at: world.moment) }
        let made = shop.segments.puts
        #expect(try world.exchange(device).hasHistoryChanged)
        #expect(try world.sync(device).repaired == 0)
        #expect(shop.segments.puts > made)
        #expect(try device.engine.read { try $0.state().visible } == .third)
        #expect(try world.audit(device).isEmpty)
    }

    @Test("old snapshots go when newer ones are there, with the bytes that nobody names any more")
    func superseded() throws {
        let shop = try Shop(tailPercent: 0)
        let world = shop.company.world
        for number in 0..<6 {
            _ = try world.device("device \(number)", user: shop.company.annaUser)
            try shop.edit(number)
        }
        let kept = try world.server.store.read { try $0.snapshots(of: Scope("catalogue")) }
        #expect(kept.count == Limits.snapshotsOfScope)
        let named = try world.server.store.read { try Set($0.snapshots().flatMap { $0.segments.map(\.sha256) }) }
        #expect(try Set(shop.segments.names()) == named)
        world.milliseconds += Int64(Limits.supersededSnapshotSeconds) * 1000 + 1
        _ = try world.device("last", user: shop.company.annaUser)
        world.milliseconds += Int64(Limits.supersededSnapshotSeconds) * 1000 + 1
        try shop.edit(7)
        _ = try world.device("very last", user: shop.company.annaUser)
        #expect(try world.server.store.read { try $0.snapshots(of: Scope("catalogue")) }.count == 2)
    }

    @Test("a disk that takes no segment keeps nobody from filling a view")
    func fullDisk() throws {
        let shop = try Shop()
        shop.segments.isFull = true
        let device = try shop.company.world.device("new", user: shop.company.annaUser)
        #expect(shop.company.world.segmentsFetched == 0)
        #expect(try shop.company.world.audit(device).isEmpty)
    }

    @Test("a snapshot that is being made holds nobody up: whoever fills a view meanwhile gets the scope by its records")
    func beingMade() throws {
        let shop = try Shop()
        nonisolated(unsafe) let world = shop.company.world
        let benUser = shop.company.benUser
        nonisolated(unsafe) let other = try world.fresh("other", user: benUser)
        nonisolated(unsafe) var snapshots = 0
        shop.segments.onFirstPut = {
            let done = DispatchSemaphore(value: 0)
            Thread.detachNewThread {
                defer { done.signal() }
                while (try? other.engine.filling()) != nil, let reply = try? world.exchange(other) {
                    if reply.filling.hasSnapshot { snapshots += 1 }
                }
            }
            #expect(done.wait(timeout: .now() + 20) == .success)
        }
        let first = try world.device("first", user: shop.company.annaUser)
        #expect(snapshots == 0)
        for device in [first, other] {
            #expect(try device.engine.filling() == nil)
            #expect(try world.audit(device).isEmpty)
        }
        #expect(world.segmentsFetched > 0)
    }

    @Test("bytes that would inflate beyond the bound are not kept, whatever they are named")
    func bomb() throws {
        let shop = try Shop()
        let device = try shop.company.world.fresh("new", user: shop.company.annaUser)
        let bomb = try Zstd().compressed([UInt8](repeating: 0, count: Limits.segmentContentBytes + 1))
        var reply = PBSyncReply()
        var name = PBSegmentName()
        name.sha256 = data(ContentDigest.sha256(bomb))
        reply.filling.snapshot.segments = [name]
        _ = try device.engine.apply(reply, sentAt: 0, receivedAt: 0)
        #expect(try device.engine.nextSegment() != nil)
        #expect(try !device.engine.keep(segment: bomb))
        #expect(try device.engine.nextSegment() != nil)
    }
}

/// The small company with a catalogue that is worth a snapshot.
private final class Shop {
    let company: Company
    let segments = CountedSegments()
    private(set) var parts: [RecordID] = []
    private(set) var stepsOfSegments = 0

    init(records: Int = 20, tailPercent: Int = 10, partRecords: Int = 2_000, store: MemoryServerStore? = nil) throws {
        let keeping = SnapshotKeeping(
            segments: segments, compression: Zstd(), records: records, segmentBytes: 1_500, tailPercent: tailPercent)
        company = try Company(store: store.map { store in { _ in store } }, partSize: PartSize(records: partRecords), snapshots: keeping)
        let world = company.world
        for _ in 0..<40 { parts.append(world.id()) }
        try world.commit(world.importer) { editor in
            for (number, id) in self.parts.enumerated() {
                try editor.create("part", id: id, ["number": .text("P-\(100 + number)"), "name": .text("Part \(number)"), "unit": .text("pcs")])
            }
        }
        try world.sync(world.importer)
    }

    /// Edits a part, deletes one, and makes another.
    func edit(_ number: Int, delete: Int? = nil) throws {
        let world = company.world
        let edited = parts[number % parts.count]
        try world.commit(world.importer) { editor in
            if try editor.view("part", edited) != nil { try editor.patch("part", edited, ["name": .text("Edited \(number)")]) }
            guard let delete else { return }
            let gone = self.parts[delete % self.parts.count]
            if try editor.view("part", gone) != nil, gone != edited { try editor.delete("part", gone) }
            let id = world.id()
            self.parts.append(id)
            try editor.create("part", id: id, ["number": .text("N-\(id)"), "name": .text("New"), "unit": .text("pcs")])
        }
        try world.sync(world.importer)
    }

    /// One message and its answer.
    func step(_ device: World.Device) throws {
        guard let name = try device.engine.nextSegment() else {
            _ = try company.world.exchange(device)
            return
        }
        stepsOfSegments += 1
        let bytes = try company.world.server.segment(name.sha256, from: 0, replica: device.replica)
        #expect(bytes.count == name.bytes)
        #expect(try device.engine.keep(segment: bytes))
    }
}

/// Segments in memory that are counted.
private final class CountedSegments: SegmentStore, @unchecked Sendable {
    private let store = MemorySegmentStore()
    // One test, one thread.
    private(set) var puts = 0
    var isFull = false
    /// What happens while the first segment is being kept.
    var onFirstPut: (() -> Void)?

    struct Full: Error {}

    func put(_ bytes: [UInt8], sha256: [UInt8]) throws {
        guard !isFull else { throw Full() }
        if let action = onFirstPut {
            onFirstPut = nil
            action()
        }
        puts += 1
        try store.put(bytes, sha256: sha256)
    }
    func size(of sha256: [UInt8]) throws -> Int? { try store.size(of: sha256) }
    func read(_ sha256: [UInt8]) throws -> [UInt8]? { try store.read(sha256) }
    func remove(_ sha256: [UInt8]) throws { try store.remove(sha256) }
    func names() throws -> [[UInt8]] { try store.names() }
}
