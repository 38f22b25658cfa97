/// A store that is one transaction of another: what is asked of it is asked within that one.
///
/// `@unchecked Sendable`: it does not outlive the transaction, which one thread has.
public struct OneTransaction: ServerStore, @unchecked Sendable {
    private let transaction: any ServerTransaction

    public init(_ transaction: any ServerTransaction) { self.transaction = transaction }

    public func write<T>(_ body: (any ServerTransaction) throws -> T) throws -> T { try body(transaction) }
    public func read<T>(_ body: (any ServerTransaction) throws -> T) throws -> T { try body(transaction) }
}
