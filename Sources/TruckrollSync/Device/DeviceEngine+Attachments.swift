import TruckrollCore
import TruckrollDomain

/// Which bytes have to be sent again (Protocol/10-attachments-stream-http.md).
extension DeviceEngine {
    /// After a history was lost: bytes that were sent, and of which a record says that the server does not have them, or no record
    /// says anything.
    func findUnstoredAttachments(_ transaction: any DeviceTransaction) throws {
        let reader = LocalReader(schema: schema, transaction: transaction, decoded: decoded)
        for var attachment in try transaction.attachments(stored: true) {
            let records = try reader.views("attachment", where: "sha256", equals: .bytes(attachment.sha256))
            if !records.isEmpty, records.allSatisfy({ $0.boolean("stored") }) { continue }
            attachment.isStored = false
            try transaction.save(attachment)
        }
    }
}
