import TruckrollCore

/// The tenants of this server.
public protocol TenantDirectory: Sendable {
    /// The service of a tenant; `nil` when it is not here.
    func service(of tenant: TenantID) -> (any TenantService)?
    /// The tenant that the path word `default` means: the only one of a server that has one.
    var defaultTenant: (any TenantService)? { get }
    /// Why this server cannot do its work now; `nil` when it can.
    func obstacle() -> ServiceProblem?
}

extension TenantDirectory {
    public func obstacle() -> ServiceProblem? { nil }
}
