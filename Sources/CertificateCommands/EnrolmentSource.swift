import Foundation
import TruckrollClient
import TruckrollCore
import TruckrollDomain
import TruckrollProtocol
import TruckrollSync

/// Where the company's signed statements about devices come from.
protocol EnrolmentSource: Sendable {
    /// Every statement about a device: one for each key it has had.
    func enrolments(of device: DeviceID) async throws -> [ProofFile.Enrolment]
}

extension EnrolmentSource {
    /// The statement whose key made a signature, so that a stranger can check it; `nil` when there is none.
    func enrolment(of device: [UInt8], whoseKeySigned message: [UInt8], _ signature: [UInt8]) async throws -> ProofFile.Enrolment? {
        guard let id = DeviceID(bytes: device) else { return nil }
        return try await enrolments(of: id).first { enrolment in
            guard let statement = try? EnrolmentStatement(decoding: enrolment.statement), statement.device == device else { return false }
            return Signatures.isValid(signature, of: message, algorithm: .p256, publicKey: statement.publicKey)
        }
    }
}

/// The statements this device holds as records, and its own.
struct DeviceEnrolments: EnrolmentSource {
    let client: DeviceClient

    func enrolments(of device: DeviceID) async throws -> [ProofFile.Enrolment] {
        let recorded = try client.read { reader in
            try reader.views("device", where: "device", equals: .bytes(device.bytes)).map { view in
                ProofFile.Enrolment(statement: view["statement"].bytes ?? [], signature: view["signature"].bytes ?? [])
            }
        }
        do {
            let newest = try await client.enrolment(of: device)
            return [ProofFile.Enrolment(statement: Array(newest.statement), signature: Array(newest.signature))] + recorded
        } catch let problem as DeviceProblem where problem.code == "device-unknown" {
            return recorded
        }
    }
}
