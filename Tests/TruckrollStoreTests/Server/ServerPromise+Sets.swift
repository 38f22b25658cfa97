import Testing
import TruckrollCore
import TruckrollDomain
import TruckrollSync

extension ServerPromise {
    static let sets: [ServerPromise] = [
        ServerPromise("an admitted set comes back by write id, position, cause and origin") { store in
            let origin = Origin(writeID: Make.write(3, 4), hash: Make.hash(7))
            let full = Make.admitted(2, Make.write(5, 1), cause: "write:5/1", origin: origin, outcome: .deferred)
            let bare = Make.admitted(1, Make.write(4, 1))
            try store.write { transaction in
                try transaction.insert(full)
                try transaction.insert(bare)
            }
            try store.read { transaction in
                try #expect(transaction.admitted(Make.write(5, 1)) == full)
                try #expect(transaction.admitted(at: 1) == bare)
                try #expect(transaction.admitted(cause: "write:5/1") == full)
                try #expect(transaction.admitted(origin: #require(full.origin)) == full)
                try #expect(transaction.admitted(Make.write(5, 2)) == nil)
                try #expect(transaction.admitted(at: 3) == nil)
                try #expect(transaction.admitted(cause: "write:5/10") == nil)
                try #expect(transaction.admitted(origin: Origin(writeID: Make.write(3, 4), hash: Make.hash(99))) == nil)
            }
        },
        ServerPromise("a write id, a position and a cause are taken once; sets without a cause are many") { store in
            try store.write { transaction in
                try transaction.insert(Make.admitted(1, Make.write(5, 1), cause: "timer:a"))
                try transaction.insert(Make.admitted(2, Make.write(5, 2)))
                try transaction.insert(Make.admitted(3, Make.write(5, 3)))
            }
            let refused = [
                Make.admitted(4, Make.write(5, 1)), Make.admitted(1, Make.write(5, 4)),
                Make.admitted(4, Make.write(5, 4), cause: "timer:a"),
            ]
            for set in refused {
                // It is told as the set's own fault, so that the rest goes on without it.
                let error = #expect(throws: (any Error).self) { try store.write { try $0.insert(set) } }
                #expect((error as? any FaultOfSet)?.isFaultOfSet == true)
            }
            try #expect(store.read { try $0.admitted(after: .start, limit: 9) }.count == 3)
        },
        ServerPromise("an admitted set gets other bytes and another signature, and nothing else of it or of others changes") { store in
            let kept = Make.admitted(1, Make.write(5, 1))
            let other = Make.admitted(2, Make.write(5, 2))
            try store.write { for set in [kept, other] { try $0.insert(set) } }
            let signed = SignedSet(writeID: kept.set.writeID, body: [0xEE], algorithm: .ed25519, signature: [1, 2, 3])
            struct Undone: Error {}
            try store.write { transaction in
                try? transaction.savepoint {
                    try transaction.replace(signed)
                    throw Undone()
                }
                try #expect(transaction.admitted(at: 1) == kept)
                try transaction.replace(signed)
                try transaction.replace(SignedSet(writeID: Make.write(9, 9), body: [], algorithm: .p256, signature: []))
            }
            var expected = kept
            expected.set = signed
            try store.read { try #expect($0.admitted(after: .start, limit: 9) == [expected, other]) }
        },
        ServerPromise("sets come in ascending position, after a position, at most so many, by outcome") { store in
            let outcomes: [Outcome] = [.applied, .setAside, .deferred, .quarantined, .setAside]
            try store.write { transaction in
                for (index, outcome) in outcomes.enumerated().reversed() {
                    try transaction.insert(Make.admitted(UInt64(index + 1), Make.write(2, UInt64(9 - index)), outcome: outcome))
                }
            }
            try store.read { transaction in
                try #expect(transaction.admitted(after: 2, limit: 2).map(\.position) == [3, 4])
                try #expect(transaction.admitted(after: Position(rawValue: .max), limit: 2) == [])
                try #expect(transaction.admitted(after: .start, limit: 0) == [])
                try #expect(transaction.admitted(outcomes: [.setAside, .deferred], limit: 9).map(\.position) == [2, 3, 5])
                try #expect(transaction.admitted(outcomes: [.setAside, .deferred], limit: 2).map(\.position) == [2, 3])
                try #expect(transaction.admitted(outcomes: [], limit: 2) == [])
            }
        },
        ServerPromise("a number above 2^63-1 is nowhere to be found, and refused when it is to be stored") { store in
            let huge = Make.write(2, .max)
            try #expect(store.read { try $0.admitted(huge) } == nil)
            try #expect(store.read { try $0.admitted(origin: Origin(writeID: huge, hash: Make.hash(1))) } == nil)
            try #expect(store.read { try $0.admitted(at: Position(rawValue: .max)) } == nil)
            #expect(throws: (any Error).self) { try store.write { try $0.insert(Make.admitted(1, huge)) } }
        },
    ]

    static let records: [ServerPromise] = [
        ServerPromise("a record keeps unknown fields, positions, scopes and edges, and is replaced whole") { store in
            let edges = [
                Edge(parent: Scope("user:1"), child: Scope("order:1"), windowAround: -4),
                Edge(parent: Scope("user:1"), child: Scope("order:2"), windowAround: nil),
            ]
            let scopes = ["", "line\nfeed\\n", "office", "é", "e\u{301}"].map { Scope($0) }
            let first = Make.stored(Make.key(1, type: 60_000, .office), scopes: scopes, edges: edges)
            try store.write { try $0.save(first, entity: nil, columns: nil) }
            let back = try #require(try store.read { try $0.record(Make.key(1, type: 60_000, .office)) })
            #expect(back == first)
            #expect(back.scopes.map { Array($0.name.utf8) } == scopes.map { Array($0.name.utf8) })
            let empty = Record(key: first.record.key)
            let second = StoredRecord(record: empty, positions: [], scopes: [], edges: [], hash: RecordHash(empty), isDeleted: true)
            try store.write { try $0.save(second, entity: nil, columns: nil) }
            try #expect(store.read { try $0.record(first.record.key) } == second)
            try #expect(store.read { try $0.record(Make.key(1, type: 60_000)) } == nil)
        },
        ServerPromise("keys of all records ascend by their bytes, deleted ones included, after a key") { store in
            let keys = [Make.key(1, type: 2), Make.key(1, type: 2, .office), Make.key(2, type: 2), Make.key(1, type: 300)]
            try store.write { transaction in
                for key in keys.reversed() {
                    var record = Make.stored(key)
                    record.isDeleted = key == keys[1]
                    try transaction.save(record, entity: nil, columns: nil)
                }
            }
            try #expect(store.read { try $0.keys(after: nil, limit: 9) } == keys)
            try #expect(store.read { try $0.keys(after: keys[0], limit: 2) } == Array(keys[1...2]))
        },
        ServerPromise("ids are found by typed columns, whose row goes with the record") { store in
            let task = try TestSchemas.load().entity("task")
            let key = { (number: UInt64) in RecordKey(type: task.type, id: Make.id(number)) }
            try store.write { transaction in
                for number: UInt64 in [3, 1, 2] {
                    let order = Value.reference(Make.id(number == 2 ? 90 : 91))
                    try transaction.save(Make.stored(key(number)), entity: task, columns: ["order": order])
                }
                try transaction.save(Make.stored(key(4)), entity: task, columns: [:])
            }
            let find = { (value: Value) in try store.read { try $0.ids(task, where: "order", equals: value) } }
            try #expect(find(.reference(Make.id(91))) == [Make.id(1), Make.id(3)])
            try #expect(find(.null) == [Make.id(4)])
            try #expect(find(.text("91")) == [])
            try #expect(store.read { try $0.ids(task) } == [1, 2, 3, 4].map { Make.id($0) })
            try store.write { transaction in
                try transaction.save(Make.stored(key(1)), entity: task, columns: nil)
                try transaction.save(Make.stored(key(3)), entity: task, columns: ["order": .reference(Make.id(90))])
            }
            try #expect(find(.reference(Make.id(91))) == [])
            try #expect(find(.reference(Make.id(90))) == [Make.id(2), Make.id(3)])
        },
        ServerPromise("another facet of the record leaves its typed columns alone") { store in
            let task = try TestSchemas.load().entity("task")
            let common = RecordKey(type: task.type, id: Make.id(1))
            let office = RecordKey(type: task.type, id: Make.id(1), facet: .office)
            try store.write { transaction in
                try transaction.save(Make.stored(common), entity: task, columns: ["order": .reference(Make.id(9))])
                try transaction.save(Make.stored(office), entity: task, columns: nil)
            }
            try #expect(store.read { try $0.ids(task, where: "order", equals: .reference(Make.id(9))) } == [Make.id(1)])
        },
        ServerPromise("columns named like words of SQL work, and text is compared by bytes") { store in
            let schema = try TestSchemas.load()
            let entry = try schema.entity("stock_entry")
            let customer = try schema.entity("customer")
            let spellings = ["é", "e\u{301}"]
            try store.write { transaction in
                try transaction.save(
                    Make.stored(RecordKey(type: entry.type, id: Make.id(1))), entity: entry,
                    columns: ["from": .reference(Make.id(7)), "to": .reference(Make.id(8))])
                for (index, name) in spellings.enumerated() {
                    let key = RecordKey(type: customer.type, id: Make.id(UInt64(index)))
                    try transaction.save(Make.stored(key), entity: customer, columns: ["name": .text(name)])
                }
            }
            try #expect(store.read { try $0.ids(entry, where: "to", equals: .reference(Make.id(8))) } == [Make.id(1)])
            for (index, name) in spellings.enumerated() {
                try #expect(store.read { try $0.ids(customer, where: "name", equals: .text(name)) } == [Make.id(UInt64(index))])
            }
        },
        ServerPromise("a query by a field that is no column is refused") { store in
            let task = try TestSchemas.load().entity("task")
            #expect(throws: SchemaProblem.self) { try store.read { try $0.ids(task, where: "title", equals: .text("x")) } }
        },
        ServerPromise("scope rows come back by scope and key, the live ones of a scope by key") { store in
            let rows = [
                Make.log("office", 2, at: 4), Make.log("office", 1, at: 9, entered: 3), Make.log("office", 3, at: 5, live: false),
                Make.log("offic", 1, at: 4), Make.log("OFFICE", 1, at: 4),
            ]
            try store.write { transaction in for row in rows { try transaction.save(row) } }
            try #expect(store.read { try $0.scopeRow(Scope("office"), Make.key(3)) } == rows[2])
            try #expect(store.read { try $0.scopeRow(Scope("office"), Make.key(4)) } == nil)
            try #expect(store.read { try $0.liveRows(in: Scope("office")) } == [rows[1], rows[0]])
            let again = Make.log("office", 3, at: 6, entered: 6)
            try store.write { try $0.save(again) }
            try #expect(store.read { try $0.liveRows(in: Scope("office")) } == [rows[1], rows[0], again])
        },
        ServerPromise("a scope's digest is empty, then what was saved") { store in
            try #expect(store.read { try $0.digest(of: Scope("office")) } == ScopeDigest())
            for digest in [ScopeDigest(count: 3, sum: .max), ScopeDigest(count: 2, sum: 1 << 127)] {
                try store.write { try $0.save(digest, of: Scope("office")) }
                try #expect(store.read { try $0.digest(of: Scope("office")) } == digest)
            }
        },
    ]
}
