import TruckrollClient
import TruckrollCore
import TruckrollSync

/// One command at work: the device, where it prints, and whether it may use the network.
public struct DeviceSession: Sendable {
    /// The device.
    public let client: DeviceClient
    /// Where the command prints.
    public let console: Console
    /// Whether the network is left alone.
    public let isOffline: Bool
    private let program: any DeviceProgram.Type

    /// A command of a program at work.
    public init(client: DeviceClient, console: Console, isOffline: Bool, program: any DeviceProgram.Type) {
        self.client = client
        self.console = console
        self.isOffline = isOffline
        self.program = program
    }

    /// Who this device is.
    ///
    /// - Throws: ``DeviceProblem`` `not-enrolled`, naming the command that enrols.
    public func identity() throws -> DeviceIdentity {
        guard let identity = try client.read({ try $0.identity() }), identity.replica.rawValue != 0 else {
            throw DeviceProblem(
                "not-enrolled", "This device is not enrolled.",
                next: "Ask the office for a code, then: \(program.command) enrol --server URL --code CODE")
        }
        return identity
    }

    /// Syncs if it can, and says on standard error when it could not.
    ///
    /// - Parameter basis: what the command goes on from when it could not, as a sentence.
    public func sync(otherwise basis: () throws -> String) async throws -> DispatchReach {
        _ = try identity()
        let reach = try await client.dispatchSync(offline: isOffline || client.isReadOnly)
        switch reach {
        case .reached: break
        case .offline(let problem): console.note("Not synced (\(console.words(problem))). \(try basis())")
        case .notTried: console.note("Not synced\(isOffline ? ", as asked" : ""). \(try basis())")
        }
        return reach
    }
}
