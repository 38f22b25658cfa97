import TruckrollProtocol
import TruckrollSync

extension DeviceClient {
    /// Goes on with the company's server at another address. The device signs in there first: where it is not let in nothing is
    /// changed, and what it holds stays in any case.
    ///
    /// - Parameter server: scheme and host, such as `https://truckroll.example`.
    /// - Returns: the address it had before.
    /// - Throws: ``DeviceProblem`` `not-enrolled`; ``TransportProblem`` when nobody answers there or the device is not let in.
    @discardableResult
    public func move(to server: String) async throws -> String {
        let identity = try enrolledIdentity()
        var moved = identity
        moved.serverURL = server
        // Neither brings nor asks for anything.
        _ = try await connect(server, moved).sync(PBSyncRequest())
        try engine.store.write { transaction in
            guard var present = try transaction.identity() else { return }
            present.serverURL = server
            try transaction.save(present)
        }
        return identity.serverURL
    }
}
