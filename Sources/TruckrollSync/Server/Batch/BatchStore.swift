import TruckrollCore
import TruckrollDomain
import TruckrollProtocol

/// A store whose transactions ask the one below for each row once, and give it each row once.
///
/// Several writes can be one transaction of the store below: then they share its commit. Each of them is undone alone where it fails.
public struct BatchStore: ServerStore {
    public let store: any ServerStore

    public init(over store: any ServerStore) { self.store = store }

    public func read<T>(_ body: (any ServerTransaction) throws -> T) throws -> T { try store.read(body) }

    public func write<T>(_ body: (any ServerTransaction) throws -> T) throws -> T { try write(reading: { ServerRowKeys() }, body) }

    public func write<T>(reading keys: () -> ServerRowKeys, _ body: (any ServerTransaction) throws -> T) throws -> T {
        try BatchedWrite.making(reading: keys, body) { write([$0]) }
    }

    /// Runs the writes in one transaction; where they cannot share one, each in its own.
    public func write(_ writes: [BatchedWrite]) {
        do {
            try store.write { transaction in
                let batch = BatchTransaction(over: transaction)
                try lookUp(writes, in: batch)
                do {
                    for write in writes { try write.run(on: batch, isAlone: writes.count == 1) }
                    try batch.save()
                } catch { throw batch.fault.map { Refused(reason: $0) } ?? error }
            }
        } catch let refused as Refused {
            let fault = refused.reason as? any FaultOfSet
            // Any of them may be the one that cannot be kept. Alone, and on the way on which everything is told at once, each meets its own.
            if fault?.befallsAll != true, writes.count > 1 || fault?.isFaultOfSet ?? false { return runAlone(writes) }
            for write in writes { write.end(with: refused.reason) }
        } catch {
            // Also who was refused was so for what may not be so any more.
            for write in writes { write.end(with: error) }
        }
    }

    private func runAlone(_ writes: [BatchedWrite]) {
        for (index, write) in writes.enumerated() {
            guard let failure = write.runAlone(in: store), (failure as? any FaultOfSet)?.befallsAll ?? false else { continue }
            for other in writes[(index + 1)...] { other.end(with: failure) }
            return
        }
    }

    /// Why a transaction that was shared is undone.
    struct Refused: Error {
        let reason: any Error
    }

    private func lookUp(_ writes: [BatchedWrite], in batch: BatchTransaction) throws {
        var keys = ServerRowKeys()
        for write in writes { keys.formUnion(write.keys) }
        try batch.lookUp(keys)
    }
}

/// A write that may share its transaction with others.
///
/// `@unchecked Sendable`: one thread at a time has it, whoever runs it or whoever waits for that.
public final class BatchedWrite: @unchecked Sendable {
    fileprivate let keys: ServerRowKeys
    /// Until it has been run for good.
    private var body: ((any ServerTransaction) throws -> Void)?
    private var failure: (any Error)?

    /// How many devices' sets it is likely to admit, at least one.
    public var weight: Int { max(1, keys.origins.count) }

    private init(reading keys: ServerRowKeys, _ body: @escaping (any ServerTransaction) throws -> Void) {
        self.keys = keys
        self.body = body
    }

    /// Makes a write for as long as `run` takes, and gives what came of it.
    ///
    /// - Parameter run: brings it to ``BatchStore/write(_:)``.
    public static func making<T>(
        reading keys: () -> ServerRowKeys, _ body: (any ServerTransaction) throws -> T, run: (BatchedWrite) throws -> Void
    ) throws -> T {
        var result: T?
        try withoutActuallyEscaping(body) { body in
            let write = BatchedWrite(reading: keys()) { result = try body($0) }
            // Whoever ran it may keep it for a moment longer.
            defer { write.body = nil }
            try run(write)
            if let failure = write.failure { throw failure }
        }
        guard let result else { throw EngineProblem("store-failed", "A write was not run.", next: "Report this as a fault of the program.") }
        return result
    }

    /// - Throws: when nothing that shares the transaction can be kept.
    fileprivate func run(on batch: BatchTransaction, isAlone: Bool) throws {
        guard !isAlone else { return try call(batch) }
        do { try batch.savepoint { try call(batch) } } catch {
            guard batch.fault == nil, Self.concernsOne(error) else { throw BatchStore.Refused(reason: error) }
            failure = error
        }
    }

    /// Whether the error is of the one write: a store that is gone, for one, is not.
    private static func concernsOne(_ error: any Error) -> Bool {
        switch error {
        case is EngineProblem, is WireProblem, is DecodingProblem, is SchemaProblem: true
        case let fault as any FaultOfSet where fault.isFaultOfSet: true
        case let damaged as any DamageOfStore: damaged.damage != nil
        default: false
        }
    }

    fileprivate func runAlone(in store: any ServerStore) -> (any Error)? {
        failure = nil
        do { try store.write { try call($0) } } catch { failure = error }
        return failure
    }

    private func call(_ transaction: any ServerTransaction) throws { try body?(transaction) }

    fileprivate func end(with error: any Error) { failure = error }
}
