import Foundation
import GRDB
import TruckrollDomain

/// Rows of a device's file that come back other than they were written, each in a way of its own.
enum DiskDamage: String, CaseIterable {
    case recordBytes, recordHash, recordKey, place, scopeSum
    case overlayBytes, overlayValue, overlayGone, overlaySurplus
    case rowsGone, rowID, rowValue, rowSurplus

    /// Whether nothing can be made of the row, so that whoever reads it notices.
    var isUnreadable: Bool {
        switch self {
        case .recordBytes, .recordHash, .recordKey, .place, .scopeSum, .overlayBytes, .rowID: true
        case .overlayValue, .overlayGone, .overlaySurplus, .rowsGone, .rowValue, .rowSurplus: false
        }
    }

    /// Damages a site's record, an order's overlay, or rows of orders.
    func strike(_ file: URL, site: [UInt8], order: [UInt8]) throws {
        let queue = try DatabaseQueue(path: file.path)
        try queue.writeWithoutTransaction { db in
            try db.execute(sql: "PRAGMA ignore_check_constraints = ON; PRAGMA foreign_keys = OFF")
            try db.execute(sql: sql, arguments: [Data(isAboutOverlayOrRow ? order : site)])
            guard db.changesCount > 0 else { throw Surprise("\(rawValue) found nothing to damage") }
        }
        try queue.close()
    }

    private var isAboutOverlayOrRow: Bool {
        switch self {
        case .recordBytes, .recordHash, .recordKey, .place, .scopeSum: false
        default: true
        }
    }

    /// `?1` is the 19 bytes of the key.
    private var sql: String {
        switch self {
        case .recordBytes: "UPDATE confirmed SET entries = x'FFFF' WHERE key = ?1"
        case .recordHash: "UPDATE confirmed SET hash = x'00' WHERE key = ?1"
        case .recordKey: "UPDATE confirmed SET key = CAST(substr(key, 1, 18) || x'FF' AS BLOB) WHERE key = ?1"
        case .place: "UPDATE membership SET key = CAST(substr(key, 1, 18) || x'FF' AS BLOB) WHERE key = ?1"
        case .scopeSum: "UPDATE scope SET total = x'01' WHERE scope IN (SELECT scope FROM membership WHERE key = ?1)"
        case .overlayBytes: "UPDATE overlay SET entries = x'FFFF' WHERE key = ?1"
        case .overlayValue: "UPDATE overlay SET entries = (SELECT entries FROM confirmed WHERE key = ?1) WHERE key = ?1"
        case .overlayGone: "DELETE FROM overlay WHERE key = ?1"
        case .overlaySurplus:
            "INSERT INTO overlay SELECT key, entries FROM confirmed WHERE key NOT IN (SELECT key FROM overlay) AND key <> ?1 LIMIT 1"
        case .rowsGone: "DELETE FROM entity_service_order WHERE ?1 IS NOT NULL"
        case .rowID: "UPDATE entity_service_order SET id = x'00' WHERE id = substr(?1, 3, 16)"
        case .rowValue: "UPDATE entity_service_order SET state = 'closed' WHERE id = substr(?1, 3, 16)"
        case .rowSurplus: "INSERT INTO entity_task (id) VALUES (substr(?1, 3, 16))"
        }
    }
}
