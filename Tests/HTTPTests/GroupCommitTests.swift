import Dispatch
import Foundation
import Synchronization
import Testing
import TruckrollCore
import TruckrollDomain
import TruckrollStoreSQL
import TruckrollStoreSQLite
import TruckrollSync

@testable import TruckrollServer

@Suite("Writes that wait for each other")
struct GroupCommitTests {
    /// A store whose first transaction lasts until it is let go.
    private final class HeldStore: TenantStore {
        let store: SQLiteServerStore
        let transactions = Mutex(0)
        let hold = DispatchSemaphore(value: 0)
        let begun = DispatchSemaphore(value: 0)

        init() throws { store = try SQLiteServerStore(path: "", schema: try Schema.load(), inMemory: true) }

        func write<T>(_ body: (any ServerTransaction) throws -> T) throws -> T {
            let isFirst = transactions.withLock { count in
                count += 1
                return count == 1
            }
            if isFirst {
                begun.signal()
                hold.wait()
            }
            return try store.write(body)
        }

        func read<T>(_ body: (any ServerTransaction) throws -> T) throws -> T { try store.read(body) }
        func takeUp(_ check: (any ServerStore, [UInt8]) throws -> Void) throws {}
        func probe() throws {}
        func close() throws { try store.close() }
    }

    private static func replica(_ number: UInt32) -> ReplicaRow {
        ReplicaRow(
            replica: ReplicaID(rawValue: number), device: DeviceID(high: 1, low: UInt64(number)), user: RecordID(high: 1, low: 1), role: .technician,
            algorithm: .p256, publicKey: [4], name: "", series: "", enrolledAt: 0)
    }

    @Test("share one transaction, in the order they came; each gets its own answer")
    func share() throws {
        let held = try HeldStore()
        let group = GroupCommit(held)
        let outcomes = Mutex<[UInt32: String]>([:])
        let done = DispatchGroup()
        func start(_ number: UInt32) {
            done.enter()
            Thread {
                defer { done.leave() }
                let outcome: String
                do {
                    outcome = try group.write { transaction in
                        let before = try transaction.replicas().count
                        try transaction.save(Self.replica(number))
                        if number % 5 == 0 { throw EngineProblem("unfit", "", next: "") }
                        return "\(before)"
                    }
                } catch { outcome = (error as? EngineProblem)?.code ?? "\(error)" }
                outcomes.withLock { $0[number] = outcome }
            }.start()
        }
        start(3)
        held.begun.wait()
        for number in UInt32(4)...20 {
            start(number)
            while group.waitingCount < Int(number) - 3 { usleep(1_000) }
        }
        held.hold.signal()
        done.wait()
        #expect(held.transactions.withLock { $0 } == 2)
        var (expected, count): ([UInt32: String], Int) = ([:], 0)
        for number in UInt32(3)...20 {
            expected[number] = number % 5 == 0 ? "unfit" : "\(count)"
            if number % 5 != 0 { count += 1 }
        }
        #expect(outcomes.withLock { $0 } == expected)
        #expect(try held.store.read { try $0.replicas() }.map(\.replica.rawValue) == (3...20).filter { $0 % 5 != 0 })
    }

    @Test("begin at once where nobody is before them, and go on after one that failed")
    func alone() throws {
        let held = try HeldStore()
        held.hold.signal()
        let group = GroupCommit(held)
        #expect(throws: EngineProblem.self) { try group.write { _ in throw EngineProblem("unfit", "", next: "") } }
        for number in UInt32(3)...5 { try group.write { try $0.save(Self.replica(number)) } }
        #expect(try group.read { try $0.replicas() }.count == 3)
    }
}
