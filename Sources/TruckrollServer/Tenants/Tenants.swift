import Foundation
import Logging
import TruckrollCore
import TruckrollStoreSQL
import TruckrollSync

/// The tenants under a data directory, all opened.
public struct Tenants: TenantDirectory {
    public let tenants: [Tenant]
    private let storage: any Storage

    /// - Throws: what opening any of them throws.
    public init(directory: URL, in storage: any Storage, now: @escaping @Sendable () -> Int64, logger: Logger?) throws {
        self.storage = storage
        tenants = try TenantHome.all(in: directory).map {
            try Tenant(home: TenantHome(directory: directory, tenant: $0), in: storage, now: now, logger: logger)
        }
    }

    /// Closes their databases.
    public func close() throws {
        for tenant in tenants { try tenant.close() }
        storage.close()
    }

    public func service(of tenant: TenantID) -> (any TenantService)? { tenants.first { $0.tenant == tenant } }
    public var defaultTenant: (any TenantService)? { tenants.count == 1 ? tenants.first : nil }

    /// The disk that one tenant's work failed on is every tenant's; a file that fails for another reason is its tenant's alone.
    public func obstacle() -> ServiceProblem? {
        let obstacles = tenants.compactMap { $0.obstacle() }
        guard let problem = obstacles.first(where: \.isOfDisk) ?? (obstacles.count == tenants.count ? obstacles.first : nil) else { return nil }
        return ServiceProblem(problem)
    }

    /// What stands for an error in the log.
    private func code(of error: any Error) -> String {
        switch error {
        case let problem as EngineProblem: problem.code
        case let problem as StoreProblem: problem.code
        default: "\(type(of: error))"
        }
    }

    /// Runs what is due by the clock every 20 seconds until cancelled; the protocol asks for once a minute.
    public func runTimers(logger: Logger) async {
        while !Task.isCancelled {
            for tenant in tenants {
                do { try tenant.tick() } catch { logger.error("timers", metadata: ["tenant": "\(tenant.tenant)", "problem": "\(code(of: error))"]) }
            }
            try? await Task.sleep(for: .seconds(20))
        }
    }
}
