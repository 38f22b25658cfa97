import TruckrollCore
import TruckrollProtocol
import TruckrollStoreMemory
import TruckrollSync

extension Simulation {
    /// The server's log and what waits on the devices, for a person who looks into a failing run.
    public func picture() throws -> [String] {
        var lines = try AdmittedLog(server.store).sets.map { admitted in
            let remarks = try admitted.remarks.map(\.code).joined(separator: ", ")
            let origin = admitted.origin.map { " origin \($0.writeID)" } ?? ""
            return "\(admitted.position) \(admitted.set.writeID) \(admitted.intent) \(admitted.outcome)\(origin) \(admitted.cause ?? "") \(remarks)"
        }
        for device in devices {
            let (outbox, state, identity) = try device.store.read { (try $0.outbox(), try $0.state(), try $0.identity()) }
            lines.append(
                "\(device.name) replica \(identity.map { "\($0.replica)" } ?? "?") at \(state.checkpoint.map { "\($0.position)" } ?? "nothing")"
                    + ", waiting: \(outbox.map { "\($0.set.writeID) \($0.standing)" })")
        }
        return lines
    }
}
