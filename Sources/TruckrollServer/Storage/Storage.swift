import TruckrollDomain
import TruckrollSync

/// Where the tenants of a server have their databases.
public protocol Storage: Sendable {
    /// Opens the database of one tenant.
    ///
    /// - Parameter founding: whether it may be new; else one that is missing or empty was lost, and is not made anew.
    /// - Throws: `StoreProblem` when it cannot be used; ``EngineProblem`` `database-missing`, or `store-newer` when a program with a newer
    ///   schema wrote it.
    func open(_ home: TenantHome, schema: Schema, founding: Bool) throws -> any TenantStore
    /// Whether the tenant has, or ever had, a database here.
    func knows(_ home: TenantHome) throws -> Bool
    /// Takes a tenant's database away, if there is one. Its home stays.
    func clear(_ home: TenantHome) throws
    /// Lets go of what it holds for all tenants. Their stores are closed before.
    func close()
}

/// The database of one tenant, as the tenant's service uses it.
public protocol TenantStore: ServerStore {
    /// Calls `check` with the name of the place where the database stands, before anything else is done with it, and with a store to look
    /// into it. A database that names another place has been restored or copied, or its server has gone on elsewhere.
    func takeUp(_ check: (any ServerStore, _ instance: [UInt8]) throws -> Void) throws
    /// Commits a change that leaves nothing behind: fails with `StoreProblem` when nothing can be written now.
    func probe() throws
    func close() throws
    /// Tells the other processes that serve the tenant, soon, that something was committed.
    func announce()
    /// What is called when another process may have committed something.
    func onMove(_ wake: @escaping @Sendable () -> Void)
    /// What the processes that serve the tenant have in common to know their devices by; `nil` where one serves it alone.
    var sharing: (any SharedSessions)? { get }
}

extension TenantStore {
    public func announce() {}
    public func onMove(_ wake: @escaping @Sendable () -> Void) {}
    public var sharing: (any SharedSessions)? { nil }
}
