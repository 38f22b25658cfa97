import Testing
import TruckrollCore
import TruckrollDomain
import TruckrollStoreMemory
import TruckrollSync

@Suite("The device's store in memory")
struct MemoryDeviceStoreTests {
    @Test("keeps every promise of a device store", arguments: DevicePromise.all)
    func promises(promise: DevicePromise) throws {
        try promise.check(try MemoryDeviceStore(schema: TestSchemas.load()))
    }

    @Test("killed before any write or before the commit it is as before; killed after the commit it is as after, yet the write throws")
    func killed() throws {
        let store = MemoryDeviceStore(schema: try ServerPicture.schema)
        try store.write { try day($0, 1) }
        let before = try store.read { try DevicePicture($0) }
        var calls: [StoreCall] = []
        let rehearsal = store.copy()
        rehearsal.fault = { calls.append($0) }
        try rehearsal.write { try day($0, 2) }
        let after = try rehearsal.read { try DevicePicture($0) }
        #expect(before != after)
        #expect(calls.suffix(2) == [.beginCommit, .afterCommit])
        for (index, call) in calls.enumerated() {
            let killed = store.copy()
            var count = 0
            killed.fault = { _ in
                count += 1
                if count == index + 1 { throw Interruption() }
            }
            #expect(throws: Interruption()) { try killed.write { try day($0, 2) } }
            #expect(count == index + 1, "nothing is written after the death at \(call)")
            killed.fault = nil
            try #expect(killed.read { try DevicePicture($0) } == (call == .afterCommit ? after : before), "\(index) \(call)")
        }
    }

    @Test("a store takes the content of another and stays independent of it")
    func copies() throws {
        let store = MemoryDeviceStore(schema: try ServerPicture.schema)
        try store.write { try day($0, 1) }
        let clone = store.copy()
        let then = try store.read { try DevicePicture($0) }
        try store.write { try day($0, 2) }
        try #expect(clone.read { try DevicePicture($0) } == then)
        store.restore(from: clone)
        try #expect(store.read { try DevicePicture($0) } == then)
    }

    @Test("reopened with a newer schema it has the new columns, filled with what is visible")
    func reopened() throws {
        let older = try Schema(entities: [TestSchemas.entity("thing", type: 1, properties: TestSchemas.order)])
        let thing = try ServerPicture.schema.entity("thing")
        let store = MemoryDeviceStore(schema: older)
        try store.write { transaction in
            for number: UInt64 in 1...2 {
                let record = try Make.record(thing, number, ["count": .integer(4)])
                try transaction.save(ConfirmedRecord(record: record, hash: RecordHash(record), scopes: []))
            }
            try transaction.save(overlay: Make.record(thing, 2, ["count": .integer(5)]))
        }
        store.reopen(with: try ServerPicture.schema)
        try #expect(store.read { try $0.ids(thing, where: "count", equals: .integer(4)) } == [Make.id(1)])
        try #expect(store.read { try $0.ids(thing, where: "count", equals: .integer(5)) } == [Make.id(2)])
    }

    @Test("damage changes a confirmed record behind the hash, or takes its row away")
    func damage() throws {
        let store = MemoryDeviceStore(schema: try ServerPicture.schema)
        let record = Make.record(Make.key(1))
        try store.write { try $0.save(ConfirmedRecord(record: record, hash: RecordHash(record), scopes: [Scope("office")])) }
        #expect(store.corrupt(record.key))
        let altered = try #require(try store.read { try $0.confirmed(record.key) })
        #expect(altered.hash == RecordHash(record))
        #expect(RecordHash(altered.record) != altered.hash)
        #expect(store.corrupt(record.key, by: .lostRow))
        try #expect(store.read { try $0.confirmed(record.key) } == nil)
        #expect(!store.corrupt(record.key))
    }

    @Test("an unreadable record or overlay is as if it were not there, is named, and is readable again when it is saved or undone")
    func unreadable() throws {
        let store = MemoryDeviceStore(schema: try ServerPicture.schema)
        let record = Make.record(Make.key(1))
        let confirmed = ConfirmedRecord(record: record, hash: RecordHash(record), scopes: [Scope("office")])
        try store.write { transaction in
            try transaction.save(confirmed)
            try transaction.save(overlay: record)
        }
        #expect(store.corrupt(record.key, by: .unreadable) && store.corrupt(overlay: record.key))
        try store.read { transaction in
            try #expect(transaction.confirmed(record.key) == nil && transaction.overlay(record.key) == nil)
            try #expect(transaction.keys(in: Scope("office")) == [record.key])
            #expect(transaction.unreadable == [.record(record.key), .overlay(record.key)])
        }
        #expect(throws: Interruption()) {
            try store.write { transaction in
                try transaction.deleteUnreadable()
                try transaction.deleteDerived()
                throw Interruption()
            }
        }
        try store.read { transaction in
            try #expect(transaction.confirmed(record.key) == nil && transaction.keys(in: Scope("office")) == [record.key])
            #expect(transaction.unreadable == [.record(record.key)])
        }
        try store.write { try $0.save(confirmed) }
        try #expect(store.read { try $0.confirmed(record.key) } == confirmed)
        try store.write { try $0.deleteDerived() }
        try #expect(store.read { try $0.overlayKeys() } == [])
    }

    /// One of each write.
    private func day(_ transaction: any DeviceTransaction, _ number: UInt64) throws {
        let thing = try ServerPicture.schema.entity("thing")
        try transaction.save(
            DeviceIdentity(
                tenant: TenantID(high: 1, low: 2), tenantName: "\(number)", tenantKey: [1], device: Make.device(4), user: Make.id(2),
                replica: 7, algorithm: .p256, privateKey: [0, 1], series: "ACME-2026-D07", enrolment: [], serverURL: ""))
        var state = DeviceState()
        state.lastSequence = number
        try transaction.save(state)
        try transaction.append(Make.own(Make.write(2, number)))
        try transaction.update(Make.own(Make.write(2, 1), answered: number == 1 ? .applied : .setAside))
        for (key, scopes) in [(Make.key(1), ["office"]), (Make.key(2), ["office", "order:\(number)"])] {
            let record = Make.record(key, "\(number)")
            try transaction.save(ConfirmedRecord(record: record, hash: RecordHash(record), scopes: scopes.map { Scope($0) }))
        }
        try transaction.deleteConfirmed(Make.key(number))
        for name in ["office", "order:1", "order:2"] { try transaction.save(ScopeDigest(count: number, sum: 1), of: Scope(name)) }
        try transaction.deleteScope(Scope("order:\(number)"))
        for key in [Make.key(1), Make.key(2)] { try transaction.save(overlay: Make.record(key, "\(number)")) }
        try transaction.deleteOverlay(Make.key(number))
        try transaction.saveColumns(Make.key(number, type: 1), entity: thing, columns: ["count": .integer(Int64(number))])
        try transaction.save(
            LocalAttachment(sha256: [UInt8](repeating: 1, count: 32), mediaType: "image/png", size: 4, isStored: number == 2))
    }
}
