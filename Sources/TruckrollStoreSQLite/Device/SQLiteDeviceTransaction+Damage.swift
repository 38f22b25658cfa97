import TruckrollCore
import TruckrollStoreSQL
import TruckrollSync

extension SQLiteDeviceTransaction {
    func confirmedKeys(after key: RecordKey?, limit: Int) throws -> [RecordKey] {
        // So many rows, of which those that cannot be read are left out: a caller that goes on page by page is not at the end of them.
        var (keys, after) = ([RecordKey](), key?.encoded.bound)
        while keys.count < limit {
            let wanted = limit - keys.count
            let (sql, arguments) = after.map { (DeviceSQL.confirmedKeysAfter, [$0]) } ?? (DeviceSQL.confirmedKeys, [])
            var (read, last) = (0, SQLValue.null)
            keys += try session.rows(sql, arguments + [boundLimit(wanted)]) { row in
                read += 1
                var whole = row
                last = whole.raw()
                return try? row.recordKey()
            }.compactMap { key in
                if key == nil { noteNameless() }
                return key
            }
            guard read == wanted, !last.isNull else { break }
            after = last
        }
        return keys
    }

    func noteNameless() { unreadable.insert(.nameless) }

    func deleteUnreadable() throws {
        let records = try session.rows(DeviceSQL.allConfirmed) { row in
            try row.rawUnlessLegible { row in _ = (try row.record(try row.recordKey()), try row.recordHash()) }
        }
        for key in records.compactMap({ $0 }) { try session.run(DeviceSQL.deleteConfirmed, [key]) }
        let places = try session.rows(DeviceSQL.allPlaces) { row in
            try row.rawUnlessLegible { row in _ = (try row.recordKey(), try row.scope()) }
        }
        for key in places.compactMap({ $0 }) { try session.run(DeviceSQL.leaveAllOfKey, [key]) }
        // A sum that cannot be read is made anew from the records; a scope without a name has none.
        let scopes = try session.rows(DeviceSQL.scopes) { row in try row.rawUnlessLegible { row in _ = try row.scope() } }
        for name in scopes.compactMap({ $0 }) {
            try session.run(DeviceSQL.deleteNamedScope, [name])
            try session.run(DeviceSQL.leaveNamedScope, [name])
        }
        try session.run(DeviceSQL.deletePlacesOfNothing, [])
        let attachments = try session.rows(DeviceSQL.allAttachments) { row in
            try row.rawUnlessLegible { row in _ = try Self.localAttachment(&row) }
        }
        for hash in attachments.compactMap({ $0 }) { try session.run(DeviceSQL.deleteAttachment, [hash]) }
    }
}
