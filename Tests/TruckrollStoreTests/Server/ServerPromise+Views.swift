import Testing
import TruckrollCore
import TruckrollDomain
import TruckrollSync

extension ServerPromise {
    static let edges: [ServerPromise] = [
        ServerPromise("edges are found from their parent and by their source, replaced and deleted by (parent, child, source)") { store in
            var first = Make.edge("user:a", "order:2", source: 1, from: 5, until: 9)
            let rest = [
                Make.edge("user:a", "order:1", source: 2), Make.edge("user:a", "order:2", source: 2),
                Make.edge("user:b", "order:1", source: 1),
            ]
            try store.write { transaction in for row in [first] + rest { try transaction.save(row) } }
            try #expect(store.read { try $0.edges(from: Scope("user:a")) } == [rest[0], first, rest[1]])
            try #expect(store.read { try $0.edges(source: Make.key(1)) } == [first, rest[2]])
            first = Make.edge("user:a", "order:2", source: 1, active: false)
            try store.write { try $0.save(first) }
            try #expect(store.read { try $0.edges(source: Make.key(1)) } == [first, rest[2]])
            try store.write { try $0.delete(first) }
            try #expect(store.read { try $0.edges(from: Scope("user:a")) } == [rest[0], rest[1]])
        },
        ServerPromise("due are inactive edges whose window holds and active ones whose window does not") { store in
            let windows: [(from: Int64?, until: Int64?, holdsAt10: Bool)] = [
                (nil, nil, true), (10, nil, true), (11, nil, false), (nil, 11, true), (nil, 10, false), (10, 11, true), (9, 10, false),
                (11, 12, false), (12, 9, false), (.min, .max, true),
            ]
            var due: [EdgeRow] = []
            try store.write { transaction in
                for (index, window) in windows.enumerated() {
                    for active in [false, true] {
                        let row = Make.edge("p\(index)", active ? "on" : "off", from: window.from, until: window.until, active: active)
                        try transaction.save(row)
                        if active != window.holdsAt10 { due.append(row) }
                    }
                }
            }
            due.sort { ($0.edge.parent, $0.edge.child, $0.source) < ($1.edge.parent, $1.edge.child, $1.source) }
            try #expect(store.read { try $0.edgesDue(at: 10, limit: 99) } == due)
            try #expect(store.read { try $0.edgesDue(at: 10, limit: 3) } == Array(due.prefix(3)))
        },
    ]

    static let views: [ServerPromise] = [
        ServerPromise("view rows are found by replica and by scope, the held ones and the dropped ones apart") { store in
            let rows = [
                Make.view(3, "office"), Make.view(2, "office", weight: 2), Make.view(2, "asset:1", added: 7),
                Make.view(2, "order:1", weight: 0, dropped: 5), Make.view(2, "order:0", weight: 0, dropped: 6),
                Make.view(4, "office", weight: 0, dropped: 5),
            ]
            try store.write { transaction in for row in rows { try transaction.save(row) } }
            try store.read { transaction in
                try #expect(transaction.views(holding: Scope("office")) == [rows[1], rows[0]])
                try #expect(transaction.viewScope(2, Scope("order:1")) == rows[3])
                try #expect(transaction.viewScope(9, Scope("order:1")) == nil)
                try #expect(transaction.viewScopes(2) == [rows[2], rows[1]])
            }
            #expect(throws: (any Error).self) { try store.write { try $0.save(Make.view(2, "order:1", weight: -1)) } }
        },
        ServerPromise("intervals tell where a scope was held, and which scopes were lost since, held again or not") { store in
            try store.write { transaction in
                try transaction.saveInterval(of: 2, Scope("order:1"), added: 3, dropped: 5)
                try transaction.saveInterval(of: 2, Scope("order:1"), added: 8, dropped: 9)
                try transaction.saveInterval(of: 2, Scope("order:0"), added: 4, dropped: 6)
                try transaction.saveInterval(of: 2, Scope("order:0"), added: 4, dropped: 7)
                try transaction.saveInterval(of: 2, Scope("order:9"), added: 1, dropped: 4)
                try transaction.deleteInterval(of: 2, Scope("order:9"), added: 1)
                try transaction.saveInterval(of: 3, Scope("office"), added: 1, dropped: 9)
            }
            try store.read { transaction in
                let held = try (2...9).map { try transaction.wasInView(2, Scope("order:1"), at: Position(rawValue: UInt64($0))) }
                #expect(held == [false, true, true, false, false, false, true, false])
                try #expect(transaction.droppedScopes(2, since: 4) == [Scope("order:0"), Scope("order:1")])
                try #expect(transaction.droppedScopes(2, since: 6) == [Scope("order:0")])
                try #expect(transaction.droppedScopes(2, since: 7) == [])
                try #expect(!transaction.wasInView(2, Scope("office"), at: 1))
            }
        },
        ServerPromise("changes are the log rows above the position in the scopes held, by key and scope") { store in
            try store.write { transaction in
                for row in [Make.view(2, "b"), Make.view(2, "a"), Make.view(2, "gone", weight: 0, dropped: 2), Make.view(3, "c")] {
                    try transaction.save(row)
                }
                for row in [
                    Make.log("a", 1, at: 5), Make.log("a", 2, at: 6), Make.log("b", 1, at: 6, live: false), Make.log("b", 3, at: 4),
                    Make.log("gone", 4, at: 9), Make.log("c", 5, at: 9),
                ] { try transaction.save(row) }
            }
            let changes = { (after: Position) in try store.read { try $0.changes(in: 2, after: after, through: .third, visible: .third) } }
            let all = [Make.log("a", 1, at: 5), Make.log("b", 1, at: 6, live: false), Make.log("a", 2, at: 6)]
            try #expect(changes(4) == all)
            try #expect(changes(5) == Array(all.dropFirst()))
            try #expect(changes(6) == [])
            try #expect(changes(Position(rawValue: .max)) == [])
        },
        ServerPromise("a scope that entered the view after the position gives all its live rows, each once") { store in
            try store.write { transaction in
                try transaction.save(Make.view(2, "new", added: 8))
                for row in [
                    Make.log("new", 1, at: 2), Make.log("new", 2, at: 9), Make.log("new", 3, at: 3, live: false),
                    Make.log("new", 4, at: 9, live: false),
                ] { try transaction.save(row) }
            }
            let late = [Make.log("new", 2, at: 9), Make.log("new", 4, at: 9, live: false)]
            try #expect(store.read { try $0.changes(in: 2, after: 7, through: .third, visible: .third) } == [Make.log("new", 1, at: 2)] + late)
            try #expect(store.read { try $0.changes(in: 2, after: 8, through: .third, visible: .third) } == late)
        },
        ServerPromise("changes of a view that is being filled are those of its classes; a scope that moved to an earlier class gives all its rows") {
            store in
            try store.write { transaction in
                try transaction.save(Make.view(2, "early", added: 1, scopeClass: .first, classed: 8))
                try transaction.save(Make.view(2, "late", added: 1, scopeClass: .second, classed: 1))
                for row in [Make.log("early", 1, at: 2), Make.log("early", 2, at: 9), Make.log("late", 3, at: 9)] { try transaction.save(row) }
            }
            let changes = { (through: ScopeClass, visible: ScopeClass?) in
                try store.read { try $0.changes(in: 2, after: 7, through: through, visible: visible) }
            }
            let early = [Make.log("early", 1, at: 2), Make.log("early", 2, at: 9)]
            try #expect(changes(.first, .first) == early)
            try #expect(changes(.second, nil) == early + [Make.log("late", 3, at: 9)])
            try #expect(changes(.third, .third) == [Make.log("early", 2, at: 9), Make.log("late", 3, at: 9)])
            try #expect(
                store.read { try $0.viewScope(2, Scope("early")) } == Make.view(2, "early", added: 1, scopeClass: .first, classed: 8))
        },
        ServerPromise("live rows are read on after a key, so many at a time") { store in
            try store.write { transaction in
                for row in [Make.log("a", 1, at: 2), Make.log("a", 2, at: 2, live: false), Make.log("a", 3, at: 2), Make.log("a", 4, at: 2)] {
                    try transaction.save(row)
                }
            }
            let rows = { (key: RecordKey?, limit: Int) in try store.read { try $0.liveRows(in: Scope("a"), after: key, limit: limit) } }
            try #expect(rows(nil, 2) == [Make.log("a", 1, at: 2), Make.log("a", 3, at: 2)])
            try #expect(rows(Make.key(1), 9) == [Make.log("a", 3, at: 2), Make.log("a", 4, at: 2)])
            try #expect(rows(Make.key(4), 9) == [])
        },
        ServerPromise("there is news exactly when a log row, an added or a dropped scope lies above the position") { store in
            try store.write { transaction in
                try transaction.save(Make.view(2, "a", added: 3))
                try transaction.save(Make.view(2, "gone", weight: 0, added: 2, dropped: 5))
                try transaction.saveInterval(of: 2, Scope("gone"), added: 2, dropped: 5)
                try transaction.save(Make.view(4, "a", added: 1))
                try transaction.save(Make.log("a", 1, at: 4))
                try transaction.save(Make.log("gone", 1, at: 99))
            }
            let hasChanges = { (view: ReplicaID, after: Position) in try store.read { try $0.hasChanges(in: view, after: after) } }
            try #expect(hasChanges(2, 4))
            try #expect(!hasChanges(2, 5))
            try #expect(hasChanges(4, 3))
            try #expect(!hasChanges(4, 4))
            try #expect(!hasChanges(7, 0))
            try store.write { try $0.save(Make.view(4, "empty", added: 6)) }
            try #expect(hasChanges(4, 5))
            try #expect(!hasChanges(4, 6))
        },
    ]
}
