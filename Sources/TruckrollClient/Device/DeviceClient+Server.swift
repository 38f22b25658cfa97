import TruckrollCore
import TruckrollProtocol
import TruckrollSync

extension DeviceClient {
    /// Goes on with the company's server at another address. The device signs in there first: where it is not let in nothing is
    /// changed, and what it holds stays in any case.
    ///
    /// - Returns: the address it had before.
    @discardableResult
    public func move(to server: String) async throws -> String {
        guard let identity = try read({ try $0.identity() }), identity.replica.rawValue != 0 else {
            throw DeviceProblem("not-enrolled", "This device is not enrolled.", next: "Enrol it with a code from the office.")
        }
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
