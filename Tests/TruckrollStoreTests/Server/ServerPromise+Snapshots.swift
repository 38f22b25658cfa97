import Testing
import TruckrollCore
import TruckrollDomain
import TruckrollSync

extension ServerPromise {
    static let snapshots: [ServerPromise] = [
        ServerPromise("snapshots come by scope, newest first, with their segments in order, and go with them") { store in
            let first = Make.snapshot("catalogue", at: 3, [1, 2])
            let second = Make.snapshot("catalogue", at: 7, [2, 3, 1])
            let other = Make.snapshot("office", at: 5, [3])
            try store.write { transaction in for row in [first, other, second] { try transaction.save(row) } }
            try store.read { transaction in
                try #expect(transaction.snapshots(of: Scope("catalogue")) == [second, first])
                try #expect(transaction.snapshots(of: Scope("rules")) == [])
                try #expect(transaction.snapshots() == [second, first, other])
                try #expect(transaction.scopes(withSegment: Make.segment(3).sha256) == [Scope("catalogue"), Scope("office")])
                try #expect(transaction.scopes(withSegment: Make.segment(1).sha256) == [Scope("catalogue")])
                try #expect(transaction.scopes(withSegment: Make.segment(4).sha256) == [])
            }
            try store.write { transaction in
                try transaction.deleteSnapshot(of: Scope("catalogue"), at: 7)
                try transaction.deleteSnapshot(of: Scope("catalogue"), at: 8)
                try transaction.save(Make.snapshot("office", at: 5, [4]))
            }
            try store.read { transaction in
                try #expect(transaction.snapshots(of: Scope("catalogue")) == [first])
                try #expect(transaction.snapshots(of: Scope("office")) == [Make.snapshot("office", at: 5, [4])])
                try #expect(transaction.scopes(withSegment: Make.segment(3).sha256) == [])
            }
        },
        ServerPromise("what changed in a scope since a position comes by key, live or not, and is counted up to a limit") { store in
            let rows = [
                Make.log("office", 1, at: 3), Make.log("office", 2, at: 5, live: false), Make.log("office", 3, at: 6),
                Make.log("office", 4, at: 4), Make.log("rules", 5, at: 9),
            ]
            try store.write { transaction in for row in rows.reversed() { try transaction.save(row) } }
            try store.read { transaction in
                let scope = Scope("office")
                try #expect(transaction.changedRows(in: scope, after: 3, key: nil, limit: 9) == [rows[1], rows[2], rows[3]])
                try #expect(transaction.changedRows(in: scope, after: 3, key: Make.key(2), limit: 1) == [rows[2]])
                try #expect(transaction.changedRows(in: scope, after: 6, key: nil, limit: 9) == [])
                try #expect(transaction.changedRowCount(in: scope, after: 3, limit: 9) == 3)
                try #expect(transaction.changedRowCount(in: scope, after: 3, limit: 2) == 2)
                try #expect(transaction.changedRowCount(in: Scope("catalogue"), after: 0, limit: 9) == 0)
            }
        },
    ]
}

extension Make {
    static func segment(_ number: UInt8) -> SegmentName {
        SegmentName(sha256: [UInt8](repeating: number, count: 32), bytes: Int(number) * 100, records: Int(number))
    }

    static func snapshot(_ scope: String, at position: Position, _ segments: [UInt8]) -> SnapshotRow {
        SnapshotRow(
            scope: Scope(scope),
            at: Checkpoint(epoch: Epoch(rawValue: 9), position: position, historyPrefix: [UInt8](repeating: 5, count: 8), viewVersion: 0),
            madeAt: 1000, segments: segments.map { segment($0) })
    }
}
