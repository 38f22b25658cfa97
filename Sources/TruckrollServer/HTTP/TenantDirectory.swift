import TruckrollCore

/// The tenants of this server.
public protocol TenantDirectory: Sendable {
    /// The service of a tenant; `nil` when it is not here.
    func service(of tenant: TenantID) -> (any TenantService)?
    /// The tenant that the path word `default` means: the only one of a server that has one.
    var defaultTenant: (any TenantService)? { get }
    /// Whether requests can be answered: stores open, migrations done.
    var isReady: Bool { get }
}

extension TenantDirectory {
    public var isReady: Bool { true }
}
