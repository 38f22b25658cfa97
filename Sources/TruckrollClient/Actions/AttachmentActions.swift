import Foundation
import TruckrollCore
import TruckrollDomain
import TruckrollProtocol
import TruckrollSync

/// A file's bytes with what they are.
public struct LocalFile: Sendable, Hashable {
    public let bytes: [UInt8]
    public let mediaType: String
    public let caption: String?
    public let sha256: [UInt8]

    public init(bytes: [UInt8], mediaType: String, caption: String? = nil) {
        self.bytes = bytes
        self.mediaType = mediaType
        self.caption = caption
        sha256 = ContentDigest.sha256(bytes)
    }

    /// Reads a file; what it is follows from its first bytes, then from its name.
    public init(path: String, caption: String? = nil) throws {
        let attributes = try? FileManager.default.attributesOfItem(atPath: path)
        guard let size = (attributes?[.size] as? NSNumber)?.intValue else {
            throw DeviceProblem("file-unreadable", "There is no file \(path).", next: "Check the path.")
        }
        guard attributes?[.type] as? FileAttributeType != .typeDirectory else {
            throw DeviceProblem("file-unreadable", "\(path) is a folder.", next: "Name a file in it.")
        }
        guard size > 0, size <= Limits.attachmentBytes else {
            throw DeviceProblem(
                "file-size", "\(path) has \(size) bytes; an attachment has 1 to \(Limits.attachmentBytes).",
                next: size == 0 ? "Name a file with something in it." : "Attach a smaller copy.")
        }
        guard let data = FileManager.default.contents(atPath: path) else {
            throw DeviceProblem("file-unreadable", "\(path) cannot be read.", next: "Check its permissions.")
        }
        let bytes = Array(data)
        self.init(bytes: bytes, mediaType: Self.mediaType(bytes, name: path.lowercased()), caption: caption)
    }

    private static func mediaType(_ bytes: [UInt8], name: String) -> String {
        let magic: [([UInt8], String)] = [
            ([0xFF, 0xD8, 0xFF], "image/jpeg"), ([0x89, 0x50, 0x4E, 0x47], "image/png"), (Array("%PDF-".utf8), "application/pdf"),
            (Array("GIF8".utf8), "image/gif"), ([0x50, 0x4B, 0x03, 0x04], "application/zip"),
        ]
        if let known = magic.first(where: { bytes.starts(with: $0.0) }) { return known.1 }
        let endings = [
            ".txt": "text/plain", ".csv": "text/csv", ".json": "application/json", ".xml": "application/xml", ".svg": "image/svg+xml",
            ".heic": "image/heic",
        ]
        return endings.first { name.hasSuffix($0.key) }?.value ?? "application/octet-stream"
    }
}

extension DeviceClient {
    /// Attaches a file to an order: its bytes are on the disk under their hash before the fact that names them is recorded.
    public func attach(_ file: LocalFile, to order: RecordID, asset: RecordID? = nil) throws -> Recorded {
        _ = try read { try $0.require("service_order", order) }
        try keep(file)
        return try act("attach") { editor in (try editor.attach(file, order: order, asset: asset), []) }
    }

    /// Stores the bytes and notes that they have to be uploaded, also when they were before: the server's may be damaged.
    func keep(_ file: LocalFile) throws {
        try attachments.store(file.bytes)
        try engine.store.write { transaction in
            try transaction.save(LocalAttachment(sha256: file.sha256, mediaType: file.mediaType, size: file.bytes.count, isStored: false))
        }
    }
}

extension LocalEditor {
    @discardableResult
    func attach(_ file: LocalFile, order: RecordID, asset: RecordID?) throws -> RecordID {
        try create(
            "attachment",
            [
                "sha256": .bytes(file.sha256), "media_type": .text(file.mediaType), "size": .integer(Int64(file.bytes.count)),
                "order": .reference(order),
                "asset": .optional(asset), "caption": .optional(file.caption), "taken_at": .time(now), "by": .reference(user),
            ])
    }
}
