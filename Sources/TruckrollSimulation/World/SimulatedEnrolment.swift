import TruckrollCore
import TruckrollDomain
import TruckrollProtocol
import TruckrollStoreMemory
import TruckrollSync

/// A device on its way in, as the app does it: with a code from the office and a proof of its key.
struct SimulatedEnrolment {
    let device: DeviceID
    let user: RecordID
    let name: String
    let key: SyncConversation.NewKey

    func ask(_ engine: ServerEngine, _ keys: KeyRing, at moment: ServerMoment) throws -> ReplicaRow {
        let code = device.description
        try engine.addEnrolmentCode(code, user: user, expiresAt: moment.milliseconds + 3_600_000)
        var request = PBEnrolRequest()
        request.code = code
        request.device = data(device.bytes)
        request.algorithm = UInt32(SignatureAlgorithm.p256.rawValue)
        request.publicKey = data(key.publicKey)
        request.deviceName = name
        request.proof = data(try keys.sign(EnrolmentProof.message(code: code, device: device, publicKey: key.publicKey), key))
        return try engine.enrol(request, at: moment)
    }

    /// A store that holds nothing yet but who the device is.
    func store(_ row: ReplicaRow, _ engine: ServerEngine, _ schema: Schema, at moment: ServerMoment) throws -> MemoryDeviceStore {
        let enrolment = try engine.enrolment(of: row, at: moment)
        let store = MemoryDeviceStore(schema: schema)
        let identity = DeviceIdentity(
            tenant: StartingWorld.tenant, tenantName: "Acme", tenantKey: Array(enrolment.tenantKey), device: device, user: user, replica: row.replica,
            algorithm: .p256, privateKey: key.privateKey, series: row.series, enrolment: try Wire.encode(enrolment), serverURL: "")
        try store.write { try $0.save(identity) }
        return store
    }
}
