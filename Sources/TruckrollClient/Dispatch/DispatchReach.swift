import TruckrollCore
import TruckrollDomain
import TruckrollSync

/// Whether a dispatcher's device could speak with its server just now.
public enum DispatchReach: Sendable {
    /// It could, and this is what the sync did.
    case reached(SyncReport)
    /// It could not; everything local stays as it is.
    case offline(TransportProblem)
    /// It was told not to try.
    case notTried

    /// Whether the server answered.
    public var isReached: Bool { if case .reached = self { true } else { false } }
}

extension DeviceClient {
    /// Syncs when there is a way to the server. Being offline is no error; every other problem is.
    public func dispatchSync(offline: Bool = false) async throws -> DispatchReach {
        guard !offline else { return .notTried }
        do { return .reached(try await sync()) } catch let problem as TransportProblem { return .offline(problem) }
    }
}
