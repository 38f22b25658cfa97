import TruckrollCore
import TruckrollDomain

/// Which bytes have to be sent again (Protocol/10-attachments-stream-http.md).
extension DeviceEngine {
    /// Takes attachments on again whose bytes are here and of which no row says anything any more.
    func takeOnForgottenAttachments(_ transaction: any DeviceTransaction) throws {
        let reader = LocalReader(schema: schema, transaction: transaction, decoded: decoded)
        for record in try reader.views("attachment") {
            guard case .bytes(let sha256) = record["sha256"], try transaction.attachment(sha256) == nil, let size = attachmentSize(sha256)
            else { continue }
            try transaction.save(
                LocalAttachment(
                    sha256: sha256, mediaType: record.text("media_type") ?? "application/octet-stream", size: size,
                    isStored: record.boolean("stored")))
        }
    }

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
