import Testing
import TruckrollCore
import TruckrollDomain
import TruckrollSync

extension ServerPromise {
    static let waiting: [ServerPromise] = [
        ServerPromise("waiting sets come by write id, deferred ones by position, and by what they create") { store in
            let first = WaitingSet(writeID: Make.write(3, 4), position: 7, isDeferred: true, creates: [Make.key(1), Make.key(2)])
            let second = WaitingSet(writeID: Make.write(3, 5), position: 9, isDeferred: true, creates: [Make.key(2)])
            let aside = WaitingSet(writeID: Make.write(4, 1), position: 8, isDeferred: false, creates: [Make.key(2)])
            try store.write { transaction in for set in [second, aside, first] { try transaction.save(set) } }
            try store.read { transaction in
                try #expect(transaction.waiting(Make.write(3, 4)) == first)
                try #expect(transaction.waiting(Make.write(3, 6)) == nil)
                try #expect(transaction.deferred(after: .start, limit: 9) == [first, second])
                try #expect(transaction.deferred(after: 7, limit: 9) == [second])
                try #expect(transaction.deferred(after: .start, limit: 1) == [first])
                try #expect(transaction.waiting(of: 3, creating: Make.key(2)) == first)
                try #expect(transaction.waiting(of: 4, creating: Make.key(2)) == aside)
                try #expect(transaction.waiting(of: 4, creating: Make.key(1)) == nil)
            }
            try store.write { transaction in
                try transaction.deleteWaiting(first.writeID)
                try transaction.save(WaitingSet(writeID: second.writeID, position: 9, isDeferred: false, creates: [Make.key(3)]))
            }
            try store.read { transaction in
                try #expect(transaction.deferred(after: .start, limit: 9) == [])
                try #expect(transaction.waiting(of: 3, creating: Make.key(2)) == nil)
                try #expect(transaction.waiting(of: 3, creating: Make.key(3))?.writeID == second.writeID)
            }
        },
        ServerPromise("rows of what left are deleted up to a position, live ones and later ones stay") { store in
            let rows = [
                Make.log("office", 1, at: 3, live: false), Make.log("office", 2, at: 4, live: false), Make.log("office", 3, at: 4),
                Make.log("order:1", 1, at: 5, live: false), Make.log("order:1", 2, at: 9, live: false),
            ]
            try store.write { transaction in for row in rows { try transaction.save(row) } }
            try #expect(store.write { try $0.deleteLeftRows(through: 5, limit: 2) } == 2)
            try #expect(store.write { try $0.deleteLeftRows(through: 5, limit: 2) } == 1)
            try #expect(store.write { try $0.deleteLeftRows(through: 5, limit: 2) } == 0)
            try store.read { transaction in
                try #expect(transaction.scopeRow(Scope("office"), Make.key(1)) == nil)
                try #expect(transaction.scopeRow(Scope("office"), Make.key(3)) == rows[2])
                try #expect(transaction.scopeRow(Scope("order:1"), Make.key(2)) == rows[4])
            }
        },
        ServerPromise("the last set before a time is found by the server's clock, not by position alone") { store in
            try store.write { transaction in
                for (position, time) in [(1, 100), (2, 300), (3, 200)] as [(UInt64, Int64)] {
                    var set = Make.admitted(position, Make.write(2, position))
                    set.admittedAt = time
                    try transaction.insert(set)
                }
            }
            try store.read { transaction in
                try #expect(transaction.lastPosition(admittedBefore: 100) == nil)
                try #expect(transaction.lastPosition(admittedBefore: 101) == 1)
                try #expect(transaction.lastPosition(admittedBefore: 250) == 3)
                try #expect(transaction.lastPosition(admittedBefore: 1000) == 2)
            }
        },
    ]
}
