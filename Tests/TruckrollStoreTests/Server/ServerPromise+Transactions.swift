import Testing
import TruckrollCore
import TruckrollDomain
import TruckrollSync

extension ServerPromise {
    static let transactions: [ServerPromise] = [
        ServerPromise("a thrown error rolls all of the transaction back and comes out as it is") { store in
            #expect(throws: Interruption()) {
                try store.write { transaction in
                    try transaction.save(Make.tenant)
                    try transaction.save(Make.stored(Make.key(1)), entity: nil, columns: nil)
                    throw Interruption()
                }
            }
            try #expect(store.read { try $0.tenant() } == nil)
            try #expect(store.read { try $0.keys(after: nil, limit: 9) } == [])
        },
        ServerPromise("a savepoint that throws undoes its own writes and leaves the rest") { store in
            try store.write { transaction in
                try transaction.save(Make.stored(Make.key(1), "before"), entity: nil, columns: nil)
                #expect(throws: Interruption()) {
                    try transaction.savepoint {
                        try transaction.save(Make.stored(Make.key(1), "inside"), entity: nil, columns: nil)
                        try transaction.save(Make.stored(Make.key(2)), entity: nil, columns: nil)
                        throw Interruption()
                    }
                }
                try transaction.save(Make.stored(Make.key(3)), entity: nil, columns: nil)
            }
            try #expect(store.read { try $0.record(Make.key(1)) } == Make.stored(Make.key(1), "before"))
            try #expect(store.read { try $0.keys(after: nil, limit: 9) } == [Make.key(1), Make.key(3)])
        },
        ServerPromise("a savepoint gives its result, and one within another undoes only itself") { store in
            try store.write { transaction in
                let result: Int? = try transaction.savepoint {
                    try transaction.save(Make.stored(Make.key(1)), entity: nil, columns: nil)
                    try? transaction.savepoint {
                        try transaction.save(Make.stored(Make.key(2)), entity: nil, columns: nil)
                        throw Interruption()
                    }
                    return nil
                }
                #expect(result == nil)
            }
            try #expect(store.read { try $0.keys(after: nil, limit: 9) } == [Make.key(1)])
        },
        ServerPromise("a refused row within a savepoint leaves the transaction usable") { store in
            try store.write { transaction in
                try transaction.insert(Make.admitted(1, Make.write(2, 1)))
                #expect(throws: (any Error).self) {
                    try transaction.savepoint { try transaction.insert(Make.admitted(2, Make.write(2, 1))) }
                }
                try transaction.insert(Make.admitted(2, Make.write(2, 2)))
            }
            try #expect(store.read { try $0.admitted(after: .start, limit: 9) }.map(\.position) == [1, 2])
        },
        ServerPromise("writing inside a read is refused") { store in
            #expect(throws: (any Error).self) { try store.read { try $0.save(Make.tenant) } }
            try #expect(store.read { try $0.tenant() } == nil)
        },
    ]

    static let tenants: [ServerPromise] = [
        ServerPromise("the tenant's state is nil, then what was saved last") { store in
            try #expect(store.read { try $0.tenant() } == nil)
            try store.write { try $0.save(Make.tenant) }
            try #expect(store.read { try $0.tenant() } == Make.tenant)
            var next = Make.tenant
            next.epoch = Epoch(rawValue: 0)
            next.serverStamp = nil
            next.instance = []
            next.settlingUntil = .max
            try store.write { try $0.save(next) }
            try #expect(store.read { try $0.tenant() } == next)
        },
        ServerPromise("another tenant is refused") { store in
            try store.write { try $0.save(Make.tenant) }
            var other = Make.tenant
            other.tenant = TenantID(high: 5, low: 5)
            #expect(throws: (any Error).self) { try store.write { try $0.save(other) } }
            try #expect(store.read { try $0.tenant() } == Make.tenant)
        },
        ServerPromise("epochs come in the order of their insertion, and none twice") { store in
            let rows = [UInt64.max, 1, 1 << 63].enumerated().map { index, epoch in
                EpochRow(
                    epoch: Epoch(rawValue: epoch), start: 5, history: Make.history(UInt8(index)),
                    parent: index == 0 ? nil : Epoch(rawValue: .max), reason: "restored",
                    lost: (0..<index).map { Epoch(rawValue: UInt64.max - UInt64($0)) })
            }
            try store.write { transaction in for row in rows { try transaction.insert(row) } }
            #expect(throws: (any Error).self) { try store.write { try $0.insert(rows[1]) } }
            try #expect(store.read { try $0.epochs() } == rows)
        },
        ServerPromise("replicas are found by number and by device, ascending, and replaced by number") { store in
            var second = Make.replica(2, device: 9)
            try store.write { transaction in
                for row in [Make.replica(.max, device: 9), second, Make.replica(1)] { try transaction.save(row) }
            }
            second.revokedAt = 4
            second.lastStamp = Make.stamp(2)
            second.lastSequence = UInt64(Int64.max)
            second.publicKey = [UInt8](repeating: 0, count: 65)
            second.viewVersion = 8
            try store.write { try $0.save(second) }
            try store.read { transaction in
                try #expect(transaction.replica(2) == second)
                try #expect(transaction.replica(3) == nil)
                try #expect(transaction.replicas().map(\.replica) == [1, 2, 4_294_967_295])
                try #expect(transaction.replicas(of: Make.device(9)) == [second, Make.replica(.max, device: 9)])
                try #expect(transaction.replicas(of: Make.device(8)) == [])
            }
        },
        ServerPromise("whom a restored server waits for is kept once each, ascending, and forgotten; it need not be enrolled") { store in
            try store.write { transaction in for id in [9, 4_294_967_295, 2, 9] as [ReplicaID] { try transaction.setAwaited(id, true) } }
            try #expect(store.read { try $0.awaited() } == [2, 9, 4_294_967_295])
            try store.write { transaction in for id in [9, 3] as [ReplicaID] { try transaction.setAwaited(id, false) } }
            try #expect(store.read { try $0.awaited() } == [2, 4_294_967_295])
            struct Undone: Error {}
            try? store.write { transaction in
                try transaction.setAwaited(2, false)
                try transaction.setAwaited(5, true)
                throw Undone()
            }
            try #expect(store.read { try $0.awaited() } == [2, 4_294_967_295])
        },
        ServerPromise("an enrolment code is found by its hash and replaced") { store in
            var code = EnrolmentCodeRow(codeHash: [1, 2, 3], user: Make.id(1), expiresAt: 5)
            try store.write { try $0.save(code) }
            try #expect(store.read { try $0.enrolmentCode(hash: [1, 2, 3]) } == code)
            code.usedBy = Make.device(4)
            try store.write { try $0.save(code) }
            try #expect(store.read { try $0.enrolmentCode(hash: [1, 2, 3]) } == code)
            try #expect(store.read { try $0.enrolmentCode(hash: [1, 2]) } == nil)
        },
    ]
}
