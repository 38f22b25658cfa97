import Testing
import TruckrollCore
import TruckrollDomain
import TruckrollProtocol
import TruckrollSync

/// Something every ``DeviceStore`` keeps, checked against a fresh one.
struct DevicePromise: Sendable, CustomTestStringConvertible {
    let name: String
    let check: @Sendable (any DeviceStore) throws -> Void

    init(_ name: String, _ check: @escaping @Sendable (any DeviceStore) throws -> Void) {
        self.name = name
        self.check = check
    }

    var testDescription: String { name }

    static let all = enrolment + ownSets + confirmed + visible

    private static let enrolment: [DevicePromise] = [
        DevicePromise("a thrown error rolls all of the transaction back") { store in
            #expect(throws: Interruption()) {
                try store.write { transaction in
                    try transaction.append(Make.own(Make.write(2, 1)))
                    try transaction.save(overlay: Make.record(Make.key(1)))
                    throw Interruption()
                }
            }
            try #expect(store.read { try $0.outbox() } == [])
            try #expect(store.read { try $0.overlayKeys() } == [])
        },
        DevicePromise("the identity is nil, then what was saved last") { store in
            try #expect(store.read { try $0.identity() } == nil)
            var identity = DeviceIdentity(
                tenant: TenantID(high: 1, low: 2), tenantName: "Gasdetectie Noord", tenantKey: [1], device: Make.device(4),
                user: Make.id(2),
                replica: 7, algorithm: .p256, privateKey: [0, 1], series: "ACME-2026-D07", enrolment: [], serverURL: "https://a.example")
            try store.write { try $0.save(identity) }
            try #expect(store.read { try $0.identity() } == identity)
            identity.replica = 8
            identity.algorithm = .ed25519
            identity.enrolment = [3]
            try store.write { try $0.save(identity) }
            try #expect(store.read { try $0.identity() } == identity)
        },
        DevicePromise("the state starts empty and is what was saved last, with and without its optional parts") { store in
            try #expect(store.read { try $0.state() } == DeviceState())
            var state = DeviceState()
            state.lastSequence = 4
            state.lastHash = Make.hash(5)
            state.lastStamp = Make.stamp(1)
            state.checkpoint = Checkpoint(epoch: Epoch(rawValue: .max), position: 0, historyPrefix: [], viewVersion: 3)
            state.clockOffset = -40
            state.lastDocument = 12
            state.lastSync = 0
            state.durable = 3
            state.isRecovering = true
            state.renewalPrivateKey = [7]
            state.renewalPublicKey = [8, 9]
            state.visible = .second
            state.filling = [1, 2]
            state.isDamaged = true
            try store.write { try $0.save(state) }
            try #expect(store.read { try $0.state() } == state)
            try store.write { try $0.save(DeviceState()) }
            try #expect(store.read { try $0.state() } == DeviceState())
        },
    ]

    private static let ownSets: [DevicePromise] = [
        DevicePromise("own sets wait in the outbox in order until they are answered") { store in
            let ids = [Make.write(2, 9), Make.write(2, 10), Make.write(3, 1)]
            try store.write { transaction in for id in ids.reversed() { try transaction.append(Make.own(id)) } }
            try #expect(store.read { try $0.outbox() } == ids.map { Make.own($0) })
            try store.write { try $0.update(Make.own(ids[1], answered: .merged)) }
            try #expect(store.read { try $0.outbox() }.map(\.set.writeID) == [ids[0], ids[2]])
            try #expect(store.read { try $0.own(ids[1]) } == Make.own(ids[1], answered: .merged))
            try #expect(store.read { try $0.own(Make.write(2, 11)) } == nil)
            try #expect(store.read { try $0.own(Make.write(2, .max)) } == nil)
        },
        DevicePromise("a write id is taken once, and only what is there can be updated") { store in
            try store.write { try $0.append(Make.own(Make.write(2, 1))) }
            #expect(throws: (any Error).self) { try store.write { try $0.append(Make.own(Make.write(2, 1))) } }
            #expect(throws: (any Error).self) { try store.write { try $0.update(Make.own(Make.write(2, 2))) } }
            try #expect(store.read { try $0.outbox() }.count == 1)
        },
        DevicePromise("a receipt of another set is refused") { store in
            var own = Make.own(Make.write(2, 1))
            own.receipt = Make.own(Make.write(2, 2), answered: .applied).receipt
            let mixed = own
            #expect(throws: (any Error).self) { try store.write { try $0.append(mixed) } }
        },
        DevicePromise("the journal is newest first, or ascending above a sequence of one replica") { store in
            try store.write { transaction in
                for id in [Make.write(2, 1), Make.write(2, 2), Make.write(3, 1)] {
                    try transaction.append(Make.own(id, answered: .applied))
                }
                try transaction.append(Make.own(Make.write(3, 2)))
            }
            try store.read { transaction in
                try #expect(transaction.newestAnswered(below: nil)?.set.writeID == Make.write(3, 1))
                try #expect(transaction.newestAnswered(below: 3)?.set.writeID == Make.write(2, 2))
                try #expect(transaction.newestAnswered(below: 2) == nil)
                try #expect(transaction.journal(limit: 2).map(\.set.writeID) == [Make.write(3, 1), Make.write(2, 2)])
                try #expect(transaction.journal(2, above: 0).map(\.set.writeID) == [Make.write(2, 1), Make.write(2, 2)])
                try #expect(transaction.journal(2, above: 1).map(\.set.writeID) == [Make.write(2, 2)])
                try #expect(transaction.journal(3, above: 1) == [])
            }
        },
        DevicePromise("unresolved are the sets set aside or quarantined that nobody dealt with") { store in
            try store.write { transaction in
                for (index, outcome) in Outcome.allCases.enumerated() {
                    try transaction.append(Make.own(Make.write(2, UInt64(index + 1)), answered: outcome))
                    try transaction.append(Make.own(Make.write(3, UInt64(index + 1)), answered: outcome, resolved: true))
                }
            }
            try #expect(store.read { try $0.unresolved() }.map(\.set.writeID) == [Make.write(2, 3), Make.write(2, 4)])
        },
    ]

    private static let confirmed: [DevicePromise] = [
        DevicePromise("a confirmed record keeps unknown fields, and lies in exactly the scopes it was saved with") { store in
            let record = Make.record(Make.key(1, type: 60_000))
            let save = { (scopes: [String]) in
                let confirmed = ConfirmedRecord(record: record, hash: RecordHash(record), scopes: scopes.map { Scope($0) })
                try store.write { try $0.save(confirmed) }
                try #expect(store.read { try $0.confirmed(record.key) } == confirmed)
            }
            try save(["a", "b"])
            try save(["b", "c"])
            try #expect(store.read { try $0.keys(in: Scope("a")) } == [])
            try #expect(store.read { try $0.keys(in: Scope("c")) } == [record.key])
            try save([])
            try #expect(store.read { try $0.keys(in: Scope("c")) } == [])
        },
        DevicePromise("a deleted confirmed record leaves its scopes too") { store in
            let record = Make.record(Make.key(1))
            try store.write { transaction in
                try transaction.save(ConfirmedRecord(record: record, hash: RecordHash(record), scopes: [Scope("a")]))
                try transaction.deleteConfirmed(record.key)
                try transaction.deleteConfirmed(record.key)
            }
            try #expect(store.read { try $0.confirmed(record.key) } == nil)
            try #expect(store.read { try $0.keys(in: Scope("a")) } == [])
        },
        DevicePromise("keys ascend: in a scope, and of all confirmed records after a key") { store in
            let keys = [Make.key(1, type: 2), Make.key(1, type: 2, .office), Make.key(2, type: 2), Make.key(1, type: 300)]
            try store.write { transaction in
                for key in keys.reversed() {
                    let record = Make.record(key)
                    try transaction.save(ConfirmedRecord(record: record, hash: RecordHash(record), scopes: [Scope("a")]))
                }
            }
            try #expect(store.read { try $0.keys(in: Scope("a")) } == keys)
            try #expect(store.read { try $0.confirmedKeys(after: nil, limit: 9) } == keys)
            try #expect(store.read { try $0.confirmedKeys(after: keys[0], limit: 2) } == Array(keys[1...2]))
        },
        DevicePromise("scopes are sorted by bytes, keep a digest, and let go of their records when deleted") { store in
            let record = Make.record(Make.key(1))
            try store.write { transaction in
                for name in ["order:1", "asset:1", "Zone"] { try transaction.save(ScopeDigest(), of: Scope(name)) }
                try transaction.save(ScopeDigest(count: 1, sum: .max), of: Scope("order:1"))
                try transaction.save(
                    ConfirmedRecord(record: record, hash: RecordHash(record), scopes: [Scope("asset:1"), Scope("order:1")]))
            }
            try #expect(store.read { try $0.scopes() } == ["Zone", "asset:1", "order:1"].map { Scope($0) })
            try #expect(store.read { try $0.digest(of: Scope("order:1")) } == ScopeDigest(count: 1, sum: .max))
            try store.write { try $0.deleteScope(Scope("order:1")) }
            try #expect(store.read { try $0.digest(of: Scope("order:1")) } == nil)
            try #expect(store.read { try $0.keys(in: Scope("order:1")) } == [])
            try #expect(store.read { try $0.confirmed(record.key) }?.scopes == [Scope("asset:1")])
        },
    ]

    private static func parts(_ transaction: any DeviceTransaction) throws -> [[UInt8]] {
        var parts: [[UInt8]] = []
        var number = 0
        while let part = try transaction.part(after: number) {
            #expect(part.number > number)
            parts.append(part.bytes)
            number = part.number
        }
        return parts
    }

    private static let visible: [DevicePromise] = [
        DevicePromise("parts are kept in the order in which they came, until all are deleted") { store in
            try store.write { try $0.append(part: [2]) }
            try store.write {
                try $0.append(part: [1])
                try $0.append(part: [])
            }
            try #expect(store.read { try DevicePromise.parts($0) } == [[2], [1], []])
            try store.write { try $0.deleteParts() }
            try #expect(store.read { try DevicePromise.parts($0) } == [])
            try store.write { try $0.append(part: [3]) }
            try #expect(store.read { try DevicePromise.parts($0) } == [[3]])
        },
        DevicePromise("entries of others' lost sets come first in, first out, and so many at a time") { store in
            try store.write { transaction in for byte in 1...3 as ClosedRange<UInt8> { try transaction.append(recovered: [byte]) } }
            try #expect(store.read { try $0.recovered(limit: 2) } == [[1], [2]])
            try store.write { try $0.deleteRecovered(first: 0) }
            try store.write { try $0.deleteRecovered(first: 2) }
            try store.write { try $0.append(recovered: [4]) }
            try #expect(store.read { try $0.recovered(limit: .max) } == [[3], [4]])
            try store.write { try $0.deleteRecovered(first: .max) }
            try #expect(store.read { try $0.recovered(limit: .max) } == [])
        },
        DevicePromise("overlays are replaced, listed and deleted by key") { store in
            try store.write { transaction in
                for record in [Make.record(Make.key(2)), Make.record(Make.key(1)), Make.record(Make.key(2), "new")] {
                    try transaction.save(overlay: record)
                }
            }
            try #expect(store.read { try $0.overlay(Make.key(2)) } == Make.record(Make.key(2), "new"))
            try #expect(store.read { try $0.overlayKeys() } == [Make.key(1), Make.key(2)])
            try store.write { try $0.deleteOverlay(Make.key(1)) }
            try #expect(store.read { try $0.overlay(Make.key(1)) } == nil)
        },
        DevicePromise("ids of visible records are found by typed columns until they are visible no more") { store in
            let order = try TestSchemas.load().entity("service_order")
            let key = { (number: UInt64) in RecordKey(type: order.type, id: Make.id(number)) }
            try store.write { transaction in
                for number: UInt64 in [2, 1] {
                    try transaction.saveColumns(key(number), entity: order, columns: ["state": .text("closed"), "number": .null])
                }
                try transaction.saveColumns(RecordKey(type: order.type, id: Make.id(1), facet: .office), entity: order, columns: nil)
            }
            try #expect(store.read { try $0.ids(order, where: "state", equals: .text("closed")) } == [Make.id(1), Make.id(2)])
            try store.write { _ = try $0.saveColumns(key(1), entity: order, columns: nil) }
            try #expect(store.read { try $0.ids(order, where: "state", equals: .text("closed")) } == [Make.id(2)])
            try #expect(store.read { try $0.ids(order) } == [Make.id(2)])
        },
        DevicePromise("saving typed columns says whether that changed anything, and what is derived goes as a whole") { store in
            let order = try TestSchemas.load().entity("service_order")
            let key = RecordKey(type: order.type, id: Make.id(1))
            try store.write { transaction in
                try #expect(!transaction.saveColumns(key, entity: order, columns: nil))
                try #expect(transaction.saveColumns(key, entity: order, columns: ["state": .text("closed")]))
                try #expect(!transaction.saveColumns(key, entity: order, columns: ["state": .text("closed")]))
                try #expect(transaction.saveColumns(key, entity: order, columns: ["state": .text("draft")]))
                try #expect(transaction.saveColumns(key, entity: order, columns: ["state": .null]))
                try #expect(transaction.saveColumns(key, entity: order, columns: nil))
                try transaction.saveColumns(key, entity: order, columns: ["state": .text("closed")])
                try transaction.save(overlay: Make.record(Make.key(1)))
                try transaction.save(ConfirmedRecord(record: Make.record(Make.key(2)), hash: RecordHash(Make.record(Make.key(2))), scopes: []))
            }
            try store.write { transaction in
                try transaction.deleteDerived()
                try transaction.deleteUnreadable()
            }
            try store.read { transaction in
                try #expect(transaction.ids(order) == [] && transaction.overlayKeys() == [])
                try #expect(transaction.ids(order, where: "state", equals: .text("closed")) == [])
                try #expect(transaction.confirmedKeys(after: nil, limit: 9) == [Make.key(2)])
                #expect(transaction.unreadable.isEmpty)
            }
        },
        DevicePromise("attachments are found by hash and by whether the server has them") { store in
            var one = LocalAttachment(sha256: [UInt8](repeating: 1, count: 32), mediaType: "image/jpeg", size: 0, isStored: false)
            let two = LocalAttachment(sha256: [UInt8](repeating: 2, count: 32), mediaType: "image/png", size: 1 << 40, isStored: false)
            try store.write { transaction in
                try transaction.save(two)
                try transaction.save(one)
            }
            try #expect(store.read { try $0.attachments(stored: false) } == [one, two])
            one.isStored = true
            try store.write { [one] in try $0.save(one) }
            try #expect(store.read { try $0.attachments(stored: true) } == [one])
            try #expect(store.read { try $0.attachment(two.sha256) } == two)
            try #expect(store.read { try $0.attachment([]) } == nil)
        },
    ]
}
