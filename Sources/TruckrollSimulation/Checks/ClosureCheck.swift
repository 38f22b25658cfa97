import TruckrollCore
import TruckrollDomain
import TruckrollProtocol
import TruckrollStoreMemory
import TruckrollSync

/// A view that is still being filled never dangles: what a required reference of a record names is there, unless the whole view
/// would not hold it either, or the reference is declared to be late.
struct ClosureCheck {
    let simulation: Simulation
    let device: SimulatedDevice
    let replica: ReplicaID

    init(_ simulation: Simulation, _ device: SimulatedDevice, _ replica: ReplicaID) {
        self.simulation = simulation
        self.device = device
        self.replica = replica
    }

    /// - Returns: whether there was a view in part to look at.
    func check() throws -> Bool {
        let schema = device.engine.schema
        return try device.store.read { local in
            let state = try local.state()
            guard let visible = state.visible, visible < .third, !state.isCheckpointLost else { return false }
            let here = Set(try local.confirmedKeys(after: nil, limit: .max).filter { try !(local.confirmed($0)?.scopes.isEmpty ?? true) })
            let whole = try simulation.server.store.read { try Set($0.viewScopes(replica).map(\.scope)) }
            for key in here.sorted() {
                guard let entity = schema[key.type], let confirmed = try local.confirmed(key) else { continue }
                let view = RecordView(confirmed.record, entity)
                for field in entity.fields where field.isRequired && !field.isLate {
                    guard let name = field.references, let type = schema[name]?.type, let id = view.reference(field.name) else { continue }
                    let target = RecordKey(type: type, id: id)
                    if here.contains(target) { continue }
                    let isInView = try simulation.server.store.read { try $0.record(target)?.scopes.contains { whole.contains($0) } ?? false }
                    if isInView { throw Violation("R10", "\(device.name) shows \(key), whose \(field.name) is not here yet") }
                }
            }
            return true
        }
    }
}
