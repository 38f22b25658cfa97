import TruckrollCore
import TruckrollProtocol
import TruckrollSync

extension HTTPTransport {
    /// The way to a server for an enrolled device, or for one about to enrol when there is no identity.
    static func of(server: String, identity: DeviceIdentity?, environment: DeviceEnvironment, schemaVersion: UInt32) throws -> HTTPTransport {
        let now: @Sendable () -> UInt64 = { UInt64(max(0, environment.now())) }
        guard let identity else {
            return HTTPTransport(serverURL: server, tenant: nil, credentials: nil, now: now, random: environment.random)
        }
        guard let key = SigningKey(rawRepresentation: identity.privateKey) else {
            throw DeviceProblem("key-unreadable", "The device's key cannot be read.", next: "Enrol again; the outbox stays.")
        }
        let credentials = DeviceCredentials(
            device: identity.device, replica: identity.replica, enrolment: try Wire.decode(PBEnrolment.self, identity.enrolment),
            signer: { try key.signature(over: $0) })
        return HTTPTransport(
            serverURL: server, tenant: identity.tenant, credentials: credentials, now: now, random: environment.random,
            schemaVersion: schemaVersion)
    }
}
